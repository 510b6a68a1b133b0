// What the tests of src/head share: seeded random examples, ridge regression by brute force, a
// softmax head's loss by definition, the code of a refusal.
import { AppError, type ErrorCode } from '../../../src/contract/errors.ts';
import type { DescentExample } from '../../../src/head/descent.ts';
import type { Examples } from '../../../src/head/examples.ts';
import { randomFrom } from '../../../src/head/random.ts';
import type { RidgeFrame } from '../../../src/head/ridge-table.ts';

/** Runs what must be refused; gives the error's code. */
export function refusal(run: () => unknown): ErrorCode {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  throw new Error('It was not refused');
}

/** n examples of k classes in d features: a centre for each class, and noise of four times a uniform number. */
export function randomExamples(
  seed: number,
  { n, d, k, burstLength = 0 }: { n: number; d: number; k: number; burstLength?: number },
): Examples {
  const rng = randomFrom(seed);
  const centres = Float64Array.from({ length: k * d }, () => rng() * 4 - 2);
  const labels = Array.from({ length: n }, (_, i) => (i < k ? i : Math.floor(rng() * k)));
  const features = new Float32Array(n * d);
  labels.forEach((label, i) => {
    for (let j = 0; j < d; j++) features[i * d + j] = (centres[label * d + j] ?? 0) + rng() * 4 + j / d;
  });
  return {
    features,
    classes: Array.from({ length: k }, (_, c) => `class ${c}`),
    labels,
    bursts:
      burstLength === 0
        ? undefined
        : labels.map((label, i) => (i % 5 === 0 ? null : `${label}/${Math.floor(i / burstLength)}`)),
  };
}

/**
 * Loss of a batch in doubles, by definition and without tensors: mean of weighted cross-entropy, and l2.
 * @param parameters kernel and bias of each layer, relu between them
 */
export function plainLoss(
  batch: readonly DescentExample[],
  parameters: readonly ArrayLike<number>[],
  l2: number,
): number {
  let loss = 0;
  for (const { input, label, weight } of batch) {
    let values = Array.from(input);
    for (let p = 0; p < parameters.length; p += 2) {
      const [kernel = [], bias = []] = parameters.slice(p, p + 2);
      const open = p === 0 ? values : values.map((value) => Math.max(0, value));
      values = Array.from(bias, (value, c) =>
        open.reduce((sum, x, j) => sum + x * (kernel[j * bias.length + c] ?? 0), value),
      );
    }
    const logSum = Math.log(values.reduce((sum, value) => sum + Math.exp(value), 0));
    loss += (weight * (logSum - (values[label] ?? 0))) / batch.length;
  }
  parameters.forEach((values, p) => {
    if (p % 2 === 0) for (const value of Array.from(values)) loss += l2 * value * value;
  });
  return loss;
}

/**
 * Weighted ridge regression with an unpenalised intercept by the normal equations and Gaussian elimination with
 * pivoting: slow, plain, and independent of src/head.
 * @returns f [k] for a feature vector
 */
export function bruteForceRidge(
  rows: readonly Float32Array[],
  labels: readonly number[],
  k: number,
  { standardize: { mean, deviation }, classWeights, penalty }: RidgeFrame,
): (features: Float32Array) => number[] {
  const d = mean.length;
  const augmented = (x: Float32Array) => [
    ...Array.from(x, (value, j) => (value - (mean[j] ?? 0)) / (deviation[j] ?? 1)),
    1,
  ];
  const system = Array.from({ length: d + 1 }, (_, i) =>
    Array.from({ length: d + 1 + k }, (_, j) => (i === j && i < d ? penalty : 0)),
  );
  rows.forEach((x, i) => {
    const z = augmented(x);
    const weight = classWeights[labels[i] ?? -1] ?? 1;
    system.forEach((equation, a) => {
      z.forEach((value, b) => {
        equation[b] = (equation[b] ?? 0) + weight * (z[a] ?? 0) * value;
      });
      const column = d + 1 + (labels[i] ?? 0);
      equation[column] = (equation[column] ?? 0) + weight * (z[a] ?? 0);
    });
  });
  const solution = eliminate(system, d + 1);
  return (x) => {
    const z = augmented(x);
    return Array.from({ length: k }, (_, c) =>
      z.reduce((sum, value, j) => sum + value * (solution[j]?.[c] ?? 0), 0),
    );
  };
}

function eliminate(system: number[][], size: number): number[][] {
  for (let p = 0; p < size; p++) {
    let best = p;
    for (let i = p + 1; i < size; i++)
      if (Math.abs(system[i]?.[p] ?? 0) > Math.abs(system[best]?.[p] ?? 0)) best = i;
    const pivot = system[best] ?? [];
    system[best] = system[p] ?? [];
    system[p] = pivot;
    system.forEach((equation, i) => {
      if (i === p) return;
      const factor = (equation[p] ?? 0) / (pivot[p] ?? 1);
      for (let j = p; j < equation.length; j++) equation[j] = (equation[j] ?? 0) - factor * (pivot[j] ?? 0);
    });
  }
  return system.map((equation, i) => equation.slice(size).map((value) => value / (equation[i] ?? 1)));
}
