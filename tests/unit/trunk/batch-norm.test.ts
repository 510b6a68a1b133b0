// BatchNorm by Keras's rules on nets small enough for arithmetic.
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import {
  affineOf,
  batchNormMode,
  describeBatchNorm,
  digestStatistics,
  isBatchNorm,
  readStatistics,
  type Statistics,
} from '../../../src/trunk/batch-norm.ts';
import { nodeOf } from '../../../src/trunk/graph.ts';
import type { TrunkModel } from '../../../src/trunk/model-files.ts';
import { lowerTrain } from '../../../src/trunk/train.ts';
import { loadTrunk } from '../../support/trunk.ts';
import {
  asTensor,
  chain,
  evaluate,
  functional,
  netOf,
  randomImages,
  sequentialOf,
} from '../../support/trunk-nets.ts';

beforeAll(startBackend);

/** The four combinations of the flags. */
const FLAGS = [true, false].flatMap((trainable) =>
  [true, false].map((training) => ({ trainable, training })),
);

describe('batchNormMode', () => {
  it('is the table of Keras', () => {
    const table = FLAGS.map((flags) => [flags.trainable, flags.training, batchNormMode(flags)]);
    expect(table).toEqual([
      [true, true, { normalizeBy: 'batch', movesStatistics: true, learns: true }],
      [true, false, { normalizeBy: 'stored', movesStatistics: false, learns: true }],
      [false, true, { normalizeBy: 'stored', movesStatistics: false, learns: false }],
      [false, false, { normalizeBy: 'stored', movesStatistics: false, learns: false }],
    ]);
  });
});

/** Two images of 1 x 2 pixels: by channel 1 3 5 7, 0 0 2 2 and 2 2 2 2. */
const BATCH = { data: Float32Array.of(1, 0, 2, 3, 0, 2, 5, 2, 2, 7, 2, 2), shape: [2, 1, 2, 3] };
const BATCH_MOMENTS = {
  mean: [(1 + 3 + 5 + 7) / 4, (0 + 0 + 2 + 2) / 4, 2],
  variance: [(9 + 1 + 1 + 9) / 4, (1 + 1 + 1 + 1) / 4, 0],
};
const STORED = { mean: [0, 2, -2], variance: [12, 0, 5] };
const EPSILON = 4;
const MOMENTUM = 0.75;
const GAMMA = [2, -1, 0];
const BETA = [1, 0, 3];
/** The loss is the sum of each output times one of these, so that gradients differ from place to place. */
const LOSS = [1, 2, 3, -1, 5, 0.5, 2, -3, 1, 4, 1, 2];

async function normOnly(): Promise<TrunkModel> {
  return sequentialOf(
    [['BatchNormalization', { name: 'bn', epsilon: EPSILON, momentum: MOMENTUM }]],
    {
      'bn/gamma': [[3], GAMMA],
      'bn/beta': [[3], BETA],
      'bn/moving_mean': [[3], STORED.mean],
      'bn/moving_variance': [[3], STORED.variance],
    },
    [1, 2],
  );
}

/** What the batch is minus the mean, divided by the root of variance and epsilon. */
function standardised({ mean, variance }: typeof STORED): readonly number[] {
  return [...BATCH.data].map((x, i) => {
    const c = i % 3;
    return (x - (mean[c] ?? Number.NaN)) / Math.sqrt((variance[c] ?? Number.NaN) + EPSILON);
  });
}

function byChannel(values: readonly number[]): readonly number[] {
  return [0, 1, 2].map((c) => values.reduce((sum, value, i) => (i % 3 === c ? sum + value : sum), 0));
}

function expectClose(actual: Iterable<number>, expected: readonly number[]): void {
  const values = [...actual];
  expect(values).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(values[i], `value ${i}`).toBeCloseTo(value, 5);
  });
}

describe('a BatchNormalization layer', () => {
  it.each(FLAGS)('called with trainable $trainable and training $training', async (flags) => {
    const byBatch = flags.trainable && flags.training;
    const statistics = byBatch ? BATCH_MOMENTS : STORED;
    const top = lowerTrain(await normOnly(), { from: null, to: 'bn', trainable: flags.trainable });

    // What it is normalised by.
    const y = evaluate(() => top.call(asTensor(BATCH), { training: flags.training }));
    const unit = standardised(statistics);
    expectClose(
      y.data,
      unit.map((value, i) => value * (GAMMA[i % 3] ?? Number.NaN) + (BETA[i % 3] ?? Number.NaN)),
    );

    // Whether the stored statistics move: moving * momentum + batch * (1 - momentum), exactly.
    const moved = (stored: readonly number[], batch: readonly number[]) =>
      stored.map((value, c) =>
        byBatch ? value * MOMENTUM + (batch[c] ?? Number.NaN) * (1 - MOMENTUM) : value,
      );
    const [after] = top.statistics();
    expect([...(after?.mean ?? [])]).toEqual(moved(STORED.mean, BATCH_MOMENTS.mean));
    expect([...(after?.variance ?? [])]).toEqual(moved(STORED.variance, BATCH_MOMENTS.variance));

    // Whether gamma and beta learn.
    const variables = top.trainableVariables();
    expect(variables).toHaveLength(flags.trainable ? 2 : 0);
    const [gamma, beta] = variables;
    if (gamma !== undefined && beta !== undefined) {
      const { grads } = tf.variableGrads(
        () =>
          tf.sum(
            tf.mul(top.call(asTensor(BATCH), { training: flags.training }), tf.tensor(LOSS, BATCH.shape)),
          ),
        variables,
      );
      expectClose(
        grads[gamma.name]?.dataSync() ?? [],
        byChannel(unit.map((value, i) => value * (LOSS[i] ?? 0))),
      );
      expectClose(grads[beta.name]?.dataSync() ?? [], byChannel(LOSS));
    }
    top.dispose();
  });

  it('moves once per call, and never by gradients', async () => {
    const top = lowerTrain(await normOnly(), { from: null, to: 'bn', trainable: true });
    for (let i = 0; i < 3; i++) evaluate(() => top.call(asTensor(BATCH), { training: true }));
    const [after] = top.statistics();
    // batch + (stored - batch) * momentum^3
    expect([...(after?.mean ?? [])]).toEqual(
      STORED.mean.map(
        (m, c) => (BATCH_MOMENTS.mean[c] ?? 0) + (m - (BATCH_MOMENTS.mean[c] ?? 0)) * MOMENTUM ** 3,
      ),
    );
    top.dispose();
  });

  it('takes its flags by layer', async () => {
    const model = await sequentialOf(
      ['a', 'b'].map((name) => [
        'BatchNormalization',
        { name, momentum: MOMENTUM, scale: false, center: false },
      ]),
      {
        'a/moving_mean': [[3], STORED.mean],
        'a/moving_variance': [[3], STORED.variance],
        'b/moving_mean': [[3], STORED.mean],
        'b/moving_variance': [[3], STORED.variance],
      },
      [1, 2],
    );
    const movedBy = (trainable: (layer: string) => boolean, training: (layer: string) => boolean) => {
      const top = lowerTrain(model, { from: null, to: 'b', trainable });
      evaluate(() => top.call(asTensor(BATCH), { training }));
      const moved = top.statistics().filter(({ mean }) => mean.some((value, c) => value !== STORED.mean[c]));
      top.dispose();
      return moved.map(({ layer }) => layer);
    };
    const [all, none] = [() => true, () => false];
    expect(movedBy(all, all)).toEqual(['a', 'b']);
    expect(movedBy((layer) => layer === 'a', all)).toEqual(['a']);
    expect(movedBy(all, (layer) => layer === 'b')).toEqual(['b']);
    expect(
      movedBy(
        (layer) => layer === 'a',
        (layer) => layer === 'b',
      ),
    ).toEqual([]);
    expect(movedBy(none, all)).toEqual([]);
    expect(movedBy(all, none)).toEqual([]);
  });

  it('refuses a single value per channel in batch mode, before anything has moved', async () => {
    const { layers } = tf;
    const keras = functional((x) =>
      chain(
        x,
        layers.batchNormalization({ name: 'wide' }),
        layers.globalAveragePooling2d({}),
        layers.batchNormalization({ name: 'narrow' }),
      ),
    );
    const { model, oracle } = await netOf(keras);
    oracle.dispose();
    const one = randomImages([1, 9, 8, 3]);
    const top = lowerTrain(model, { from: null, to: 'narrow', trainable: true });
    expect(() => evaluate(() => top.call(asTensor(one), { training: true }))).toThrow(
      expect.objectContaining({ code: 'shape_mismatch', detail: expect.stringContaining('"narrow"') }),
    );
    expect(top.statistics()).toEqual(readStatistics(model));
    // Each of these is legal: stored statistics, a frozen layer, two images, or two pixels.
    evaluate(() => top.call(asTensor(one), { training: false }));
    evaluate(() => top.call(asTensor(one), { training: (layer) => layer === 'wide' }));
    evaluate(() => top.call(asTensor(randomImages([2, 9, 8, 3])), { training: true }));
    top.setTrainable('narrow', false);
    evaluate(() => top.call(asTensor(one), { training: true }));
    top.dispose();
  });
});

describe('readStatistics and describeBatchNorm', () => {
  it('read what the model stores, in the order of execution', async () => {
    const { model, manifest } = await loadTrunk();
    const statistics = readStatistics(model);
    expect(statistics).toHaveLength(52);
    expect(statistics[0]?.layer).toBe('bn_Conv1');
    expect(statistics.at(-1)?.layer).toBe('Conv_1_bn');
    expect(await digestStatistics(statistics)).toBe(manifest.statistics);
    expect(describeBatchNorm(model)).toEqual(manifest.batchNorm);
    expect(manifest.batchNorm.map(({ channels }) => channels)).toEqual(
      statistics.map(({ mean }) => mean.length),
    );
    for (const { epsilon, momentum } of statistics) expect([epsilon, momentum]).toEqual([0.001, 0.999]);
    for (const { mean, variance, layer } of statistics) {
      expect(mean).toEqual(model.weights.get(`${layer}/moving_mean`).data);
      expect(variance).toEqual(model.weights.get(`${layer}/moving_variance`).data);
    }
  });
});

describe('digestStatistics', () => {
  const layer = (name: string, mean: readonly number[], variance: readonly number[]): Statistics => ({
    layer: name,
    mean: Float32Array.from(mean),
    variance: Float32Array.from(variance),
    epsilon: 1e-3,
    momentum: 0.99,
  });
  const floats = fc.array(fc.float({ noNaN: true }), { minLength: 1, maxLength: 4 });
  const any = fc.uniqueArray(
    fc
      .record({ name: fc.string(), mean: floats, variance: floats })
      .map((l) => layer(l.name, l.mean, l.variance)),
    { selector: (l) => l.layer, minLength: 1, maxLength: 4 },
  );

  it('does not depend on the order of the layers, nor on what belongs to the topology', async () => {
    await fc.assert(
      fc.asyncProperty(any, async (layers) => {
        const digest = await digestStatistics(layers);
        expect(await digestStatistics([...layers].reverse())).toBe(digest);
        expect(await digestStatistics(layers.map((l) => ({ ...l, epsilon: 1, momentum: 0 })))).toBe(digest);
      }),
    );
  });

  it('depends on every value, every name and every place', async () => {
    await fc.assert(
      fc.asyncProperty(any, fc.nat(), fc.nat(), fc.boolean(), async (layers, which, where, ofMean) => {
        const digest = await digestStatistics(layers);
        const changed = layers.map((l, i) => {
          if (i !== which % layers.length) return l;
          const values = Float32Array.from(ofMean ? l.mean : l.variance);
          // The lowest bit of the fraction: the smallest change that there is.
          const words = new Uint32Array(values.buffer);
          words[where % words.length] = (words[where % words.length] ?? 0) ^ 1;
          return ofMean ? { ...l, mean: values } : { ...l, variance: values };
        });
        expect(await digestStatistics(changed)).not.toBe(digest);
        const renamed = layers.map((l, i) =>
          i === which % layers.length ? { ...l, layer: `${l.layer}x` } : l,
        );
        expect(await digestStatistics(renamed)).not.toBe(digest);
      }),
    );
    const [a, b] = [Float32Array.of(1), Float32Array.of(2)];
    const swapped = [{ ...layer('l', [], []), mean: b, variance: a }];
    expect(await digestStatistics(swapped)).not.toBe(
      await digestStatistics([{ ...layer('l', [], []), mean: a, variance: b }]),
    );
  });
});

describe('affineOf', () => {
  it('is scale = gamma / sqrt(variance + epsilon), shift = beta - mean * scale, in doubles', async () => {
    const model = await normOnly();
    const node = nodeOf(model.graph, 'bn');
    if (!isBatchNorm(node)) throw new Error('bn is no batchNorm');
    const scale = [2 / Math.sqrt(12 + 4), -1 / Math.sqrt(0 + 4), 0];
    expect(affineOf(node, model.weights)).toEqual({
      scale: Float64Array.from(scale),
      shift: Float64Array.of(1 - 0, 0 - 2 * -0.5, 3 - 0),
    });
  });
});
