// A net of every layer that fine-tuning trains, small enough for a test in any runtime: its gradients, held against
// finite differences of its own loss, and one step of descent.
import * as tf from '@tensorflow/tfjs-core';
import { expect } from 'vitest';

const SHAPES = {
  first: [3, 3, 3, 20],
  depth: [3, 3, 20, 1],
  gamma: [20],
  point: [1, 1, 20, 9],
  wide: [3, 3, 9, 17],
  dense: [17, 4],
  bias: [4],
} as const;
type Name = keyof typeof SHAPES;
type Weights = Readonly<Record<Name, Float32Array>>;

const N = 5;
const SIDE = 9;
const NAMES = Object.keys(SHAPES) as Name[];
const sizeOf = (name: Name) => SHAPES[name].reduce<number>((a, b) => a * b, 1);

/** Numbers from -1 to 1 that look random and are the same every time. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

function lossOf(w: Readonly<Record<Name, tf.Tensor>>): tf.Scalar {
  const map = (name: Name) => w[name] as tf.Tensor4D;
  const x = tf.tensor4d(numbers(N * SIDE * SIDE * 3, 1), [N, SIDE, SIDE, 3]);
  const labels = tf.oneHot(tf.tensor1d([0, 1, 2, 3, 1], 'int32'), 4);
  let y: tf.Tensor4D = tf.conv2d(x, map('first'), 2, 'same'); // [5,5,5,20]
  y = tf.relu6(tf.mul(tf.depthwiseConv2d(y, map('depth'), 1, 'same'), w.gamma)); // [5,5,5,20]
  y = tf.conv2d(y, map('point'), 1, 'same'); // [5,5,5,9]
  y = tf.relu(tf.conv2d(y, map('wide'), 1, 'valid')); // [5,3,3,17]
  const logits = tf.add(tf.matMul(tf.mean<tf.Tensor2D>(y, [1, 2]), w.dense as tf.Tensor2D), w.bias); // [5,4]
  return tf.losses.softmaxCrossEntropy(labels, logits);
}

const tensors = (weights: Weights) =>
  Object.fromEntries(NAMES.map((name) => [name, tf.tensor(weights[name], [...SHAPES[name]])])) as Record<
    Name,
    tf.Tensor
  >;
const valueAt = (weights: Weights) => tf.tidy(() => lossOf(tensors(weights)).dataSync()[0] ?? Number.NaN);

/** Expects right gradients of every weight, a loss that falls as they say, and no tensor left. */
export function checkSmallNet(): void {
  const before = tf.memory().numTensors;
  const weights = Object.fromEntries(
    NAMES.map((name, i) => [name, numbers(sizeOf(name), i + 2).map((value) => value / 2)]),
  ) as Weights;
  const slopes = tf.tidy(() => {
    const all = tensors(weights);
    const gradients = tf.grads((...values: tf.Tensor[]) =>
      lossOf(Object.fromEntries(NAMES.map((name, i) => [name, values[i]])) as Record<Name, tf.Tensor>),
    )(NAMES.map((name) => all[name]));
    return gradients.map((gradient) => Float32Array.from(gradient.dataSync()));
  });
  const loss = valueAt(weights);
  let square = 0;
  NAMES.forEach((name, i) => {
    const slope = slopes[i] ?? new Float32Array();
    const norm = Math.hypot(...slope);
    expect(norm, name).toBeGreaterThan(1e-3);
    square += norm ** 2;
    // Along itself, and along a direction that has nothing to do with it.
    for (const direction of [slope.map((value) => value / norm), unit(numbers(slope.length, 40 + i))]) {
      // Small enough that few rectifiers turn on or off between the two losses.
      const step = 2 ** -10;
      const moved = (by: number) =>
        valueAt({ ...weights, [name]: weights[name].map((value, at) => value + by * (direction[at] ?? 0)) });
      const expected = (moved(step) - moved(-step)) / (2 * step);
      const found = slope.reduce((sum, value, at) => sum + value * (direction[at] ?? 0), 0);
      expect(Math.abs(found - expected), `${name}: ${found} against ${expected}`).toBeLessThan(0.01 * norm);
    }
  });
  const rate = 0.001;
  const after = Object.fromEntries(
    NAMES.map((name, i) => [name, weights[name].map((value, at) => value - rate * (slopes[i]?.[at] ?? 0))]),
  ) as Weights;
  // To first order, the loss falls by rate · |gradient|².
  expect((loss - valueAt(after)) / (rate * square)).toBeCloseTo(1, 1);
  expect(tf.memory().numTensors).toBe(before);
}

function unit(values: Float32Array): Float32Array {
  const norm = Math.hypot(...values);
  return values.map((value) => value / norm);
}
