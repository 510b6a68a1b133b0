// Gradient descent on the layers of a softmax head: owns the variables and the optimizer. On the caller's backend.
import * as tf from '@tensorflow/tfjs-core';
import { type Descent, type DescentExample, initialKernel, type StartDescent } from './descent.ts';
import { forward, type LayerTensors, lossAndGradients } from './softmax-layers.ts';

export const startDescent: StartDescent = (widths, { kind, learningRate, l2, rng }): Descent => {
  const layers = widths.slice(1).map((outputs, i) => createLayer(widths[i] ?? 0, outputs, rng));
  const classes = widths.at(-1) ?? 0;
  const optimizer =
    kind === 'adam' ? tf.train.adam(learningRate, 0.9, 0.999, 1e-7) : tf.train.sgd(learningRate);
  const sums = tf.tidy(() => tf.variable(tf.zeros([2]), false)); // [loss, right]
  return {
    step(batch) {
      tf.tidy(() => {
        const b = batch.length;
        const x = tensorOf(batch.map(({ input }) => input)); // [b,d]
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
    async logits(inputs) {
      if (inputs.length === 0) return new Float32Array();
      const logits = tf.tidy(() => forward(layers, tensorOf(inputs)).logits); // [m,k]
      try {
        return Float32Array.from(await logits.data());
      } finally {
        logits.dispose();
      }
    },
    dispose() {
      tf.dispose([sums, ...layers.flatMap(({ kernel, bias }) => [kernel, bias])]);
      optimizer.dispose();
    },
  };
};

function createLayer(inputs: number, outputs: number, rng: () => number): LayerTensors<tf.Variable> {
  return tf.tidy(() => ({
    kernel: tf.variable(tf.tensor2d(initialKernel(inputs, outputs, rng), [inputs, outputs])), // [inputs,outputs]
    bias: tf.variable(tf.zeros([outputs])), // [outputs]
  }));
}

function tensorOf(inputs: readonly Float32Array[]): tf.Tensor2D {
  const d = inputs[0]?.length ?? 0;
  const rows = new Float32Array(inputs.length * d);
  inputs.forEach((input, i) => {
    rows.set(input, i * d);
  });
  return tf.tensor2d(rows, [inputs.length, d]); // [b,d]
}

function oneHot(batch: readonly DescentExample[], classes: number): Float32Array {
  const rows = new Float32Array(batch.length * classes);
  batch.forEach(({ label }, i) => {
    rows[i * classes + label] = 1;
  });
  return rows;
}
