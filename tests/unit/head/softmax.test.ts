import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DescentExample } from '../../../src/head/descent.ts';
import type { Examples } from '../../../src/head/examples.ts';
import { applyHead } from '../../../src/head/head.ts';
import { randomFrom } from '../../../src/head/random.ts';
import { TrainingDiverged, trainSoftmax as train } from '../../../src/head/softmax.ts';
import { toHead } from '../../../src/head/softmax-data.ts';
import { startDescent } from '../../../src/head/softmax-descent.ts';
import { type LayerTensors, lossAndGradients } from '../../../src/head/softmax-layers.ts';
import { type SoftmaxOptions, TEACHABLE_MACHINE } from '../../../src/head/softmax-options.ts';
import { finishTraining, type TrainingProgress } from '../../../src/head/trainer.ts';
import { plainLoss, randomExamples } from './support.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

let tensors = 0;
beforeEach(() => {
  tensors = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensors);
});

const B = 5;
const SHAPE = { d: 4, hidden: 6, k: 3 };

const trainSoftmax = (examples: Examples, options: SoftmaxOptions = {}) =>
  train(examples, { ...options, start: startDescent });

/** A batch and the values of two layers. */
function example(seed: number) {
  const rng = randomFrom(seed);
  const values = (n: number) => Float32Array.from({ length: n }, () => rng() * 2 - 1);
  const labels = Array.from({ length: B }, () => Math.floor(rng() * SHAPE.k));
  return {
    x: values(B * SHAPE.d),
    y: Float32Array.from({ length: B * SHAPE.k }, (_, at) =>
      at % SHAPE.k === labels[Math.floor(at / SHAPE.k)] ? 1 : 0,
    ),
    weights: Float32Array.from({ length: B }, () => 0.5 + rng()),
    parameters: [
      values(SHAPE.d * SHAPE.hidden),
      values(SHAPE.hidden),
      values(SHAPE.hidden * SHAPE.k),
      values(SHAPE.k),
    ],
  };
}

function batchOf({ x, y, weights }: ReturnType<typeof example>) {
  return {
    x: tf.tensor2d(x, [B, SHAPE.d]),
    y: tf.tensor2d(y, [B, SHAPE.k]),
    weights: tf.tensor2d(weights, [B, 1]),
  };
}

function rowsOf({ x, y, weights }: ReturnType<typeof example>): DescentExample[] {
  return Array.from(weights, (weight, i) => ({
    input: x.slice(i * SHAPE.d, (i + 1) * SHAPE.d),
    label: y.subarray(i * SHAPE.k, (i + 1) * SHAPE.k).indexOf(1),
    weight,
  }));
}

function layersOf([k1, b1, k2, b2]: readonly Float32Array[]): LayerTensors[] {
  return [
    { kernel: tf.tensor2d(k1 ?? [], [SHAPE.d, SHAPE.hidden]), bias: tf.tensor1d(b1 ?? []) },
    { kernel: tf.tensor2d(k2 ?? [], [SHAPE.hidden, SHAPE.k]), bias: tf.tensor1d(b2 ?? []) },
  ];
}

describe('lossAndGradients', () => {
  it('has the loss of the definition, and gradients that finite differences confirm', () => {
    for (const l2 of [0, 0.01]) {
      const case_ = example(3);
      const { loss, gradients } = tf.tidy(() => {
        const step = lossAndGradients(layersOf(case_.parameters), batchOf(case_), l2);
        return {
          loss: step.loss.dataSync()[0],
          gradients: step.gradients.flatMap(({ kernel, bias }) => [kernel.dataSync(), bias.dataSync()]),
        };
      });
      expect(loss).toBeCloseTo(plainLoss(rowsOf(case_), case_.parameters, l2), 6);
      case_.parameters.forEach((values, p) => {
        values.forEach((value, at) => {
          const moved = (by: number) =>
            plainLoss(
              rowsOf(case_),
              case_.parameters.map((other, q) => {
                const copy = Float64Array.from(other);
                if (q === p) copy[at] = value + by;
                return copy;
              }),
              l2,
            );
          expect(gradients[p]?.[at]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 5);
        });
      });
    }
  });

  it('agrees with the gradients that tfjs derives', () => {
    const case_ = example(4);
    tf.tidy(() => {
      const layers = layersOf(case_.parameters);
      const batch = batchOf(case_);
      const { gradients } = lossAndGradients(layers, batch, 0);
      const derived = tf.grads((...parameters: tf.Tensor[]) => {
        const [k1, b1, k2, b2] = parameters;
        const hidden = tf.relu(tf.add(tf.matMul(batch.x, k1 as tf.Tensor), b1 as tf.Tensor));
        const logits = tf.add(tf.matMul(hidden, k2 as tf.Tensor), b2 as tf.Tensor);
        return tf.losses
          .softmaxCrossEntropy(batch.y, logits, batch.weights.flatten(), 0, tf.Reduction.MEAN)
          .mul(batch.weights.sum().div(B));
      })(layers.flatMap(({ kernel, bias }) => [kernel, bias]));
      gradients
        .flatMap(({ kernel, bias }) => [kernel, bias])
        .forEach((gradient, i) => {
          const other = derived[i]?.dataSync();
          gradient.dataSync().forEach((value, at) => {
            expect(value).toBeCloseTo(other?.[at] ?? Number.NaN, 5);
          });
        });
    });
  });
});

describe('startDescent', () => {
  it.each(['sgd', 'adam'] as const)('takes the step that tfjs-layers takes: %s', async (kind) => {
    const rng = randomFrom(6);
    const widths = [SHAPE.d, SHAPE.hidden, SHAPE.k];
    const descent = startDescent(widths, { kind, learningRate: 0.05, l2: 0.01, rng });
    const before = await descent.read();
    const regularizer = () => tf.regularizers.l2({ l2: 0.01 });
    const model = tf.sequential({
      layers: [
        tf.layers.dense({
          inputShape: [SHAPE.d],
          units: SHAPE.hidden,
          activation: 'relu',
          kernelRegularizer: regularizer(),
        }),
        tf.layers.dense({ units: SHAPE.k, activation: 'softmax', kernelRegularizer: regularizer() }),
      ],
    });
    const given = before.layers.flatMap(({ kernel, bias }, i) => [
      tf.tensor2d(kernel, [widths[i] ?? 0, widths[i + 1] ?? 0]),
      tf.tensor1d(bias),
    ]);
    model.setWeights(given);
    const optimizer = kind === 'sgd' ? tf.train.sgd(0.05) : tf.train.adam(0.05, 0.9, 0.999, 1e-7);
    model.compile({ optimizer, loss: 'categoricalCrossentropy' });
    const { x, y } = example(7);
    const rows = rowsOf(example(7)).map((row) => ({ ...row, weight: 1 }));
    const xs = tf.tensor2d(x, [B, SHAPE.d]);
    const ys = tf.tensor2d(y, [B, SHAPE.k]);
    for (let step = 0; step < 3; step++) {
      descent.step(rows);
      await model.fit(xs, ys, { batchSize: B, epochs: 1, shuffle: false, verbose: 0 });
    }
    const after = await descent.read();
    const theirs = model.getWeights().map((weight) => weight.dataSync());
    after.layers
      .flatMap(({ kernel, bias }) => [kernel, bias])
      .forEach((values, i) => {
        values.forEach((value, at) => {
          expect(value).toBeCloseTo(theirs[i]?.[at] ?? Number.NaN, 5);
        });
      });
    tf.dispose([xs, ys, ...given]);
    model.dispose();
    optimizer.dispose();
    descent.dispose();
  });
});

describe('toHead', () => {
  it('says the same of features whether trained on raw ones or on z-scores', () => {
    const data = {
      dim: 2,
      labels: ['a', 'b'],
      counts: [1, 1],
      train: [],
      heldOut: [],
      standardize: { mean: Float32Array.of(1, -2), deviation: Float32Array.of(2, 0.5) },
    };
    const layer = {
      kernel: Float32Array.of(1, 2, 3, 4),
      bias: Float32Array.of(0.5, -0.5),
      activation: 'linear',
    } as const;
    const head = { ...toHead(data, [layer], false), calibration: { temperature: 1, rejectAbove: null } };
    const { logits } = applyHead(head, Float32Array.of(3, 5), 1);
    expect([...logits]).toEqual([3 * 1 + 5 * 3 + 0.5, 3 * 2 + 5 * 4 - 0.5]);
  });
});

describe('trainSoftmax', () => {
  const examples = randomExamples(31, { n: 60, d: 6, k: 3 });
  const quick: SoftmaxOptions = { epochs: 5, learningRate: 0.01 };

  it('learns, reports each epoch and calibrates on what it held out', async () => {
    const steps: TrainingProgress[] = [];
    const { head, report, heldOut } = await finishTraining(
      trainSoftmax(examples, { epochs: 30, learningRate: 0.02, hidden: 8 }),
      (step) => steps.push(step),
    );
    expect(steps.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    expect(steps.at(-1)?.loss).toBeLessThan(0.5 * (steps[0]?.loss ?? 0));
    expect(steps.at(-1)?.accuracy).toBeGreaterThan(0.9);
    expect(heldOut.examples.length).toBe(report.accuracy?.n);
    expect(report).toMatchObject({ heldOut: 'split', lambda: null });
    expect(report.examples.reduce((a, b) => a + b)).toBe(60);
    const { logits } = applyHead(head, examples.features, 60);
    heldOut.examples.forEach((example, row) => {
      expect(heldOut.logits.subarray(3 * row, 3 * row + 3)).toEqual(
        logits.subarray(3 * example, 3 * example + 3),
      );
    });
  });

  it('is the same from the same seed and another from another', async () => {
    const kernels = await Promise.all(
      [1, 1, 2].map(async (seed) => {
        const { head } = await finishTraining(trainSoftmax(examples, { ...quick, seed }));
        return head.layers[0]?.kernel;
      }),
    );
    expect(kernels[1]).toEqual(kernels[0]);
    expect(kernels[2]).not.toEqual(kernels[0]);
  });

  it('holds nothing out when told so, and trains on raw features', async () => {
    const { head, report } = await finishTraining(
      trainSoftmax(examples, { ...TEACHABLE_MACHINE, epochs: 2, validation: 0 }),
    );
    expect(report).toMatchObject({ heldOut: 'none', accuracy: null });
    expect(head.calibration).toEqual({ temperature: 1, rejectAbove: null });
    expect(head.layers.map(({ bias }) => bias.length)).toEqual([100, 3]);
  });

  it('goes back to the epoch of the lowest validation loss and stops', async () => {
    const steps: TrainingProgress[] = [];
    const rng = randomFrom(1);
    const noise = { ...examples, features: examples.features.map(() => rng()) };
    const { head } = await finishTraining(
      trainSoftmax(noise, { epochs: 200, learningRate: 0.05, hidden: 16, patience: 3 }),
      (step) => steps.push(step),
    );
    expect(steps.length).toBeLessThan(200);
    const losses = steps.map(({ validationLoss }) => validationLoss ?? 0);
    const lowest = losses.indexOf(Math.min(...losses));
    expect(steps).toHaveLength(lowest + 1 + 3);
    const same = await finishTraining(
      trainSoftmax(noise, { epochs: lowest + 1, learningRate: 0.05, hidden: 16 }),
    );
    expect(head.layers).toEqual(same.head.layers);
  });

  it('leaves classes without examples out of the head', async () => {
    const { head } = await finishTraining(
      trainSoftmax(
        {
          ...examples,
          classes: ['none', ...examples.classes],
          labels: Array.from(examples.labels, (c) => c + 1),
        },
        quick,
      ),
    );
    expect(head.labels).toEqual(examples.classes);
  });

  it('stops when cancelled, and frees its tensors', async () => {
    const controller = new AbortController();
    const training = trainSoftmax(examples, { ...quick, signal: controller.signal });
    await training.next();
    controller.abort();
    await expect(training.next()).rejects.toMatchObject({ code: 'aborted' });
  });

  it('frees its tensors when its caller loses interest', async () => {
    for await (const step of trainSoftmax(examples, quick)) if (step.epoch === 2) break;
  });

  it('stops at a loss that is not a number and keeps the last good head', async () => {
    let error: unknown;
    const steps: TrainingProgress[] = [];
    try {
      // A quarter of the float range in a logit after the first epoch, infinity after a later one.
      await finishTraining(
        trainSoftmax(examples, {
          optimizer: 'sgd',
          learningRate: 1e25,
          hidden: 4,
          epochs: 50,
          batchSize: 64,
        }),
        (step) => steps.push(step),
      );
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(TrainingDiverged);
    if (!(error instanceof TrainingDiverged)) return;
    expect(error.code).toBe('training_diverged');
    expect(steps.length).toBeGreaterThan(0);
    expect(error.lastGood?.head.layers.every(({ kernel }) => kernel.every(Number.isFinite))).toBe(true);
  });

  it('refuses what every trainer refuses', async () => {
    await expect(
      finishTraining(trainSoftmax({ features: Float32Array.of(1), classes: ['a', 'b'], labels: [0] })),
    ).rejects.toMatchObject({ code: 'head_not_ready' });
  });
});
