// Gradient descent on the layers of a softmax head: owns the variables and the optimizer. On the caller's backend.
import * as tf from '@tensorflow/tfjs-core';
import type { DenseLayer } from './head.ts';
import { type LayerTensors, lossAndGradients } from './softmax-layers.ts';

export interface DescentExample {
  /** [d] */
  readonly input: Float32Array;
  readonly label: number;
  /** In the loss. */
  readonly weight: number;
}

/** A descent under way; dispose it. */
export interface Descent {
  /** One update by a batch of b examples. */
  step(batch: readonly DescentExample[]): void;
  /**
   * The layers as they are, and what the batches since the last call said before their updates: loss in nats and right
   * predictions, each summed over the examples.
   */
  read(): Promise<{ readonly loss: number; readonly right: number; readonly layers: readonly DenseLayer[] }>;
  dispose(): void;
}

/** @param widths of the layers: d, hidden ones if any, k */
export function startDescent(
  widths: readonly number[],
  {
    kind,
    learningRate,
    l2,
    rng,
  }: {
    readonly kind: 'adam' | 'sgd';
    readonly learningRate: number;
    readonly l2: number;
    readonly rng: () => number;
  },
): Descent {
  const layers = widths.slice(1).map((outputs, i) => createLayer(widths[i] ?? 0, outputs, rng));
  const classes = widths.at(-1) ?? 0;
  const optimizer =
    kind === 'adam' ? tf.train.adam(learningRate, 0.9, 0.999, 1e-7) : tf.train.sgd(learningRate);
  const sums = tf.tidy(() => tf.variable(tf.zeros([2]), false)); // [loss, right]
  return {
    step(batch) {
      tf.tidy(() => {
        const b = batch.length;
        const x = tf.tensor2d(joined(batch), [b, widths[0] ?? 0]); // [b,d]
        const y = tf.tensor2d(oneHot(batch, classes), [b, classes]); // [b,k]
        const weights = tf.tensor2d(
          Float32Array.from(batch, ({ weight }) => weight),
          [b, 1],
        ); // [b,1]
        const { loss, right, gradients } = lossAndGradients(layers, { x, y, weights }, l2);
        optimizer.applyGradients(
          layers.flatMap(({ kernel, bias }, i) => {
            const gradient = gradients[i];
            if (gradient === undefined) return [];
            return [
              { name: kernel.name, tensor: gradient.kernel },
              { name: bias.name, tensor: gradient.bias },
            ];
          }),
        );
        sums.assign(tf.add(sums, tf.stack([tf.mul(loss, b), right]))); // [2]
      });
    },
    async read() {
      const [loss = Number.NaN, right = Number.NaN] = await sums.data();
      tf.tidy(() => sums.assign(tf.zeros([2])));
      const values = await Promise.all(
        layers.map(async ({ kernel, bias }, i) => ({
          kernel: Float32Array.from(await kernel.data()),
          bias: Float32Array.from(await bias.data()),
          activation: i === layers.length - 1 ? ('linear' as const) : ('relu' as const),
        })),
      );
      return { loss, right, layers: values };
    },
    dispose() {
      tf.dispose([sums, ...layers.flatMap(({ kernel, bias }) => [kernel, bias])]);
      optimizer.dispose();
    },
  };
}

/**
 * A layer of zero bias whose kernel keeps the variance of what goes in: uniform in ±sqrt(3 / inputs), Keras's
 * `variance_scaling` with its default gain of one.
 */
function createLayer(inputs: number, outputs: number, rng: () => number): LayerTensors<tf.Variable> {
  const limit = Math.sqrt(3 / inputs);
  const values = Float32Array.from({ length: inputs * outputs }, () => (2 * rng() - 1) * limit);
  return tf.tidy(() => ({
    kernel: tf.variable(tf.tensor2d(values, [inputs, outputs])), // [inputs,outputs]
    bias: tf.variable(tf.zeros([outputs])), // [outputs]
  }));
}

function joined(batch: readonly DescentExample[]): Float32Array {
  const d = batch[0]?.input.length ?? 0;
  const rows = new Float32Array(batch.length * d);
  batch.forEach(({ input }, i) => {
    rows.set(input, i * d);
  });
  return rows;
}

function oneHot(batch: readonly DescentExample[], classes: number): Float32Array {
  const rows = new Float32Array(batch.length * classes);
  batch.forEach(({ label }, i) => {
    rows[i * classes + label] = 1;
  });
  return rows;
}
