// Fine-tuning a small net on made pictures: what moves, what must not, and how it stops, resumes and fails. tfjs-layers
// is shown to break what is kept here.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import {
  type Checkpoint,
  type FineTuned,
  type FineTuneInput,
  type FineTuneOptions,
  type FineTuneProgress,
  fineTune,
} from '../../../src/head/fine-tune.ts';
import { applyHead } from '../../../src/head/head.ts';
import { TrainingDiverged } from '../../../src/head/softmax.ts';
import { readStatistics } from '../../../src/trunk/batch-norm.ts';
import { lowerInfer } from '../../../src/trunk/infer.ts';
import type { TrunkModel } from '../../../src/trunk/model-files.ts';
import { overlayWeights } from '../../../src/trunk/overlay.ts';
import { poolFeatures } from '../../../src/trunk/pool.ts';
import { lowerTrain } from '../../../src/trunk/train.ts';
import { chain, functional, type Net, netOf, randomOf } from '../../support/trunk-nets.ts';

const { layers } = tf;
const CLASSES = ['left', 'right', 'both'];
const N = 36;
const FROM = 'cut';
const TO = 'end';

let net: Net;
let maps: NdArray;
const labels = Array.from({ length: N }, (_, i) => i % 3);

beforeAll(async () => {
  await tf.setBackend('cpu');
  const random = randomOf(3);
  const positive = (count: number) => Array.from({ length: count }, () => 0.5 + random());
  net = await netOf(
    functional(
      (x) =>
        chain(
          x,
          layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', useBias: false, name: 'conv1' }),
          layers.batchNormalization({ name: 'bn1', momentum: 0.9 }),
          layers.reLU({ name: FROM }),
          layers.conv2d({ filters: 6, kernelSize: 1, useBias: false, name: 'conv2' }),
          layers.batchNormalization({ name: 'bn2', momentum: 0.9 }),
          layers.reLU({ maxValue: 6, name: 'relu2' }),
          layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false, name: 'depth' }),
          layers.batchNormalization({ name: 'bn3', momentum: 0.9 }),
          layers.reLU({ name: TO }),
        ),
      [6, 6],
    ),
    {
      weights: Object.fromEntries(
        [
          ['bn1', 4],
          ['bn2', 6],
          ['bn3', 6],
        ].flatMap(([name, c]) => [
          [`${name}/moving_variance`, positive(Number(c))],
          [`${name}/gamma`, positive(Number(c))],
        ]),
      ),
    },
  );
  maps = await activationsOf(net.model, picturesOf(labels));
});

/** Pictures that are bright on the left, on the right, or on both sides, with noise. */
function picturesOf(of: readonly number[]): NdArray {
  const random = randomOf(7);
  const data = new Float32Array(of.length * 6 * 6 * 3);
  of.forEach((label, i) => {
    for (let p = 0; p < 36; p++) {
      const left = p % 6 < 3;
      const bright = label === 2 || (label === 0) === left;
      for (let c = 0; c < 3; c++) data[(i * 36 + p) * 3 + c] = (bright ? 0.7 : 0.1) + 0.5 * random();
    }
  });
  return { data, shape: [of.length, 6, 6, 3] };
}

async function activationsOf(model: TrunkModel, images: NdArray): Promise<NdArray> {
  const lowering = lowerInfer(model, { cut: FROM });
  const result = await lowering.run(images);
  lowering.dispose();
  return result;
}

function rowsOf({ data, shape: [, ...map] }: NdArray, rows: readonly number[]): NdArray {
  const size = map.reduce((a, b) => a * b, 1);
  const picked = new Float32Array(rows.length * size);
  rows.forEach((row, i) => {
    picked.set(data.subarray(row * size, (row + 1) * size), i * size);
  });
  return { data: picked, shape: [rows.length, ...map] };
}

const input = (): FineTuneInput => ({
  classes: CLASSES,
  labels,
  variants: 1,
  activations: async (rows) => rowsOf(maps, rows),
});

interface Run {
  readonly result: FineTuned;
  readonly progress: readonly FineTuneProgress[];
  readonly checkpoints: readonly Checkpoint[];
}

const OPTIONS: FineTuneOptions = {
  epochs: 4,
  batchSize: 8,
  learningRate: 3e-3,
  patience: 0,
  validation: 0.3,
};

async function run(options: FineTuneOptions = {}, given: FineTuneInput = input()): Promise<Run> {
  const top = lowerTrain(net.model, { from: FROM, to: TO });
  const training = fineTune(top, given, { ...OPTIONS, ...options });
  const progress: FineTuneProgress[] = [];
  const checkpoints: Checkpoint[] = [];
  try {
    for (;;) {
      const step = await training.next();
      if (step.done === true) return { result: step.value, progress, checkpoints };
      progress.push(step.value);
      checkpoints.push(await step.value.checkpoint());
    }
  } finally {
    top.dispose();
  }
}

describe('fineTune', () => {
  it('lowers the loss, and gives the weights that changed, those above the cut alone', async () => {
    const { result, progress } = await run({ epochs: 15 });
    const losses = progress.map(({ loss }) => loss).filter((loss) => loss !== null);
    expect(losses.at(-1)).toBeLessThan(losses[0] ?? 0);
    expect(result.bestEpoch).toBeGreaterThan(0);
    expect([...result.tuned.keys()].sort()).toEqual(
      [
        ...['bn2/beta', 'bn2/gamma', 'bn3/beta', 'bn3/gamma'],
        ...['conv2/kernel', 'depth/depthwise_kernel'],
      ].sort(),
    );
  });

  it('keeps every stored statistic by default, and says so with a digest', async () => {
    const { result } = await run();
    expect(result.proof.moved).toEqual([]);
    const again = await run({ learningRate: 1e-3 });
    expect(again.result.proof.frozenStatistics).toBe(result.proof.frozenStatistics);
  });

  it.each([
    [{ trainable: true, training: true }, ['bn2', 'bn3']],
    [{ trainable: true, training: false }, []],
    [{ trainable: false, training: true }, []],
    [{ trainable: false, training: false }, []],
  ] as const)('moves statistics only where both flags are set: %j', async (batchNorm, moved) => {
    // With nothing held out the last epoch is the best.
    const { result } = await run({ batchNorm, epochs: 2, validation: 0, learningRate: 1e-2 });
    expect(result.bestEpoch).toBe(2);
    expect(result.proof.moved).toEqual(moved);
    expect([...result.tuned.keys()].filter((name) => /gamma|beta/.test(name))).toHaveLength(
      batchNorm.trainable ? 4 : 0,
    );
  });

  it('takes the same steps with little memory, and never has more examples at once than fit', async () => {
    const top = lowerTrain(net.model, { from: FROM, to: TO });
    const one = top.stepBytes([6, 6, 4]);
    top.dispose();
    // Plain descent: Adam divides by the size of a gradient, however small, and would blow up a rounding.
    const options = { optimizer: 'sgd', momentum: 0, validation: 0, epochs: 2 } as const;
    const whole = (await run(options)).result;
    for (const rows of [1, 3, 5]) {
      const parted = (await run({ ...options, memory: rows * one })).result;
      expect([...parted.tuned.keys()]).toEqual([...whole.tuned.keys()]);
      for (const [name, { data }] of whole.tuned)
        data.forEach((value, i) => {
          expect(parted.tuned.get(name)?.data[i]).toBeCloseTo(value, 3);
        });
    }
    expect((await run({ ...options, memory: 8 * one })).result.tuned).toEqual(whole.tuned);
  });

  it('does not part a batch whose statistics normalise it', async () => {
    const options = { batchNorm: { trainable: true, training: true }, validation: 0, epochs: 1 } as const;
    const whole = (await run(options)).result;
    expect((await run({ ...options, memory: 1 })).result.tuned).toEqual(whole.tuned);
  });

  it('changes nothing at a learning rate of 0, and training loss equals evaluation loss', async () => {
    const { result, progress } = await run({ learningRate: 0, validation: 0 });
    expect(result.tuned.size).toBe(0);
    const losses = progress.slice(1).map(({ loss }) => loss ?? Number.NaN);
    for (const loss of losses) expect(loss).toBeCloseTo(losses[0] ?? 0, 5);
  });

  it('says of a picture what the stored weights say when they are folded for inference', async () => {
    const { result } = await run({ epochs: 8 });
    const tuned = lowerInfer(overlayWeights(net.model, result.tuned), { from: FROM, cut: TO });
    const features = poolFeatures(await tuned.run(maps), '1x1');
    tuned.dispose();
    const { logits } = applyHead(result.head, features.data, N);
    const k = CLASSES.length;
    result.heldOut.examples.forEach((example, row) => {
      for (let c = 0; c < k; c++)
        expect(logits[example * k + c]).toBeCloseTo(result.heldOut.logits[row * k + c] ?? Number.NaN, 3);
    });
  });

  it('resumes from a checkpoint as if it had not been interrupted', async () => {
    const whole = await run({ epochs: 4, patience: 0 });
    const resumed = await run({
      epochs: 4,
      patience: 0,
      resume: structuredClone(whole.checkpoints[2] ?? null),
    });
    expect(resumed.progress.map(({ epoch }) => epoch)).toEqual([3, 4]);
    expect(resumed.progress.map(({ loss }) => loss)).toEqual(whole.progress.slice(3).map(({ loss }) => loss));
    expect(resumed.result.bestEpoch).toBe(whole.result.bestEpoch);
    for (const [name, { data }] of whole.result.tuned)
      expect(resumed.result.tuned.get(name)?.data, name).toEqual(data);
  });

  it.each(['adam', 'sgd'] as const)(
    'frees every tensor, by %s, also when it is ended early',
    async (optimizer) => {
      const top = lowerTrain(net.model, { from: FROM, to: TO });
      const before = tf.memory().numTensors;
      const training = fineTune(top, input(), { ...OPTIONS, optimizer, weightDecay: 1e-3 });
      await training.next();
      await training.next();
      await training.return(undefined as never);
      expect(tf.memory().numTensors).toBe(before);
      top.dispose();
    },
  );

  it('stops when it is aborted', async () => {
    const abort = new AbortController();
    abort.abort('enough');
    await expect(run({ signal: abort.signal })).rejects.toMatchObject({ code: 'aborted' });
  });

  it('stops at a loss that is not a number, with the last good head', async () => {
    const poisoned: FineTuneInput = {
      ...input(),
      variants: 2,
      activations: async (rows, variant) => {
        const picked = rowsOf(maps, rows);
        return variant === 0 ? picked : { ...picked, data: picked.data.map(() => Number.NaN) };
      },
    };
    const error = await run({ epochs: 6, patience: 0 }, poisoned).then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(TrainingDiverged);
    expect(error instanceof TrainingDiverged && error.lastGood?.head.labels).toEqual(CLASSES);
  });

  it('names the layer when something frozen has moved', async () => {
    const top = lowerTrain(net.model, { from: FROM, to: TO });
    const meddled: FineTuneInput = {
      ...input(),
      activations: async (rows) => {
        top.assign(new Map([['bn3/moving_mean', new Float32Array(6).fill(9)]]));
        return rowsOf(maps, rows);
      },
    };
    const training = fineTune(top, meddled, { ...OPTIONS, epochs: 1, learningRate: 1 });
    const end = async () => {
      for (;;) if ((await training.next()).done === true) return;
    };
    // The snapshot of the best epoch holds the meddled statistic, and the proof finds it.
    await expect(end()).rejects.toMatchObject({
      code: 'digest_mismatch',
      detail: expect.stringContaining('bn3'),
    });
    top.dispose();
  });
});

describe('tfjs-layers, on the same net', () => {
  it('moves the statistics of a frozen base in fit: the reason why this code exists', async () => {
    const { oracle, model } = net;
    for (const layer of oracle.layers) layer.trainable = false;
    const output = tf.layers
      .dense({ units: 3, activation: 'softmax' })
      .apply(tf.layers.globalAveragePooling2d({}).apply(oracle.outputs)) as tf.SymbolicTensor;
    const whole = tf.model({ inputs: oracle.inputs, outputs: output });
    whole.compile({ optimizer: tf.train.sgd(0.1), loss: 'categoricalCrossentropy' });
    const { data, shape } = picturesOf(labels);
    const x = tf.tensor(data, [...shape]);
    const y = tf.oneHot(tf.tensor1d(labels, 'int32'), 3);
    await whole.fit(x, y, { epochs: 1, batchSize: 12, verbose: 0 });
    tf.dispose([x, y]);
    const stored = new Map(readStatistics(model).map((statistics) => [statistics.layer, statistics]));
    const moved = ['bn1', 'bn2', 'bn3'].filter((name) => {
      const mean = stored.get(name)?.mean;
      return movingMeanOf(oracle, name).some((value, i) => value !== mean?.[i]);
    });
    expect(moved, 'tfjs keeps frozen statistics now: this project can say so').toEqual(['bn1', 'bn2', 'bn3']);
  });
});

/** By name, because the order of tfjs's weights changes with freezing. */
function movingMeanOf(model: tf.LayersModel, name: string): Float32Array {
  const weight = model
    .getLayer(name)
    .weights.find(({ originalName }) => originalName.endsWith('moving_mean'));
  return Float32Array.from(weight?.read().dataSync() ?? []);
}
