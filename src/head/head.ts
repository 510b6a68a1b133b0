// A head as a value, and what it says of features. Plain arithmetic in doubles, in a fixed order, so that Node,
// workerd and every browser give the same logits to the last bit; only `Math.exp` and `Math.log`, which turn logits
// into probabilities and rejection scores, may differ there between engines. No training here.
import type { Predictions } from '../contract/api.ts';
import { AppError } from '../contract/errors.ts';
import type { Calibration } from '../contract/head.ts';

/** y = activation(x · kernel + bias) */
export interface DenseLayer {
  /** [inputs, outputs], row-major */
  readonly kernel: Float32Array;
  /** [outputs] */
  readonly bias: Float32Array;
  readonly activation: 'linear' | 'relu';
}

/** A classifier on trunk features: z-score, dense layers, calibrated softmax. */
export interface Head {
  readonly kind: 'ridge' | 'softmax';
  /** k class names, in the order of the last layer's outputs. */
  readonly labels: readonly string[];
  /** z = (x - mean) / deviation, each [d]; deviations above 0, made by `fitStandardization`. */
  readonly standardize: { readonly mean: Float32Array; readonly deviation: Float32Array };
  readonly layers: readonly DenseLayer[];
  readonly calibration: Calibration;
}

/** What a head says of n feature vectors. */
export interface HeadOutput {
  /** [n,k], row-major */
  readonly logits: Float64Array;
  /** [n,k], softmax(logits / temperature); each row sums to 1 */
  readonly probabilities: Float64Array;
  /** [n], higher is stranger; above `calibration.rejectAbove` the image is unlike everything seen */
  readonly rejection: Float64Array;
}

/** How many units of calibrated logit weigh as much as one e-fold of mean squared z-score in `rejectionScore`. */
const LOGITS_PER_EFOLD = 3;
/** Keeps the score of an image that is exactly average finite. */
const SMALLEST_SQUARE = 1e-12;

/**
 * Applies a head to features. A row's numbers do not depend on the other rows.
 * @param features [n,d], row-major, as the trunk gave them (not yet z-scored)
 * @throws AppError `features_invalid` for a wrong length, NaN or infinity; `head_invalid` for layers that do not chain
 */
export function applyHead(head: Head, features: Float32Array, n: number): HeadOutput {
  const d = head.standardize.mean.length;
  const k = head.labels.length;
  checkFeatures(features, n, d);
  checkChain(head);
  const { temperature } = head.calibration;
  const logits = new Float64Array(n * k);
  const probabilities = new Float64Array(n * k);
  const rejection = new Float64Array(n);
  const z = new Float64Array(d);
  for (let i = 0; i < n; i++) {
    const meanSquare = standardizeRow(head, features.subarray(i * d, (i + 1) * d), z);
    const row = head.layers.reduce(applyDense, z);
    logits.set(row, i * k);
    probabilities.set(softmax(row, temperature), i * k);
    rejection[i] = rejectionScore(meanSquare, row, temperature);
  }
  return { logits, probabilities, rejection };
}

/** p_c = exp(f_c / T) / sum_j exp(f_j / T), shifted by the largest logit so that nothing overflows. */
export function softmax(logits: Float64Array, temperature: number): Float64Array {
  const top = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = logits.map((logit) => Math.exp((logit - top) / temperature));
  const sum = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / sum);
}

/**
 * How unlike the training examples a feature vector is: ln q - (max(f) - mean(f)) / (3 T √q), with q the mean of its
 * squared z-scores, in nats. The first term is large for what the trunk answers in an unknown way (noise, a lens cap,
 * another kind of picture), the second small for what excites no class more than the others, given how strongly it
 * answers; it is bounded, so that nothing is too far away to be called strange. It needs nothing but the head itself.
 * docs/decisions.md has its figures.
 * @param meanSquare q
 * @param logits f [k]
 */
export function rejectionScore(meanSquare: number, logits: Float64Array, temperature: number): number {
  const q = Math.max(meanSquare, SMALLEST_SQUARE);
  let top = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const logit of logits) {
    top = Math.max(top, logit);
    sum += logit;
  }
  return Math.log(q) - (top - sum / logits.length) / (LOGITS_PER_EFOLD * temperature * Math.sqrt(q));
}

/**
 * The k most probable classes, most likely first; equal scores keep the order of the labels.
 * @param probabilities one row, [labels.length]
 * @param k at least 1; more than there are labels gives all
 */
export function topK(probabilities: ArrayLike<number>, labels: readonly string[], k: number): Predictions {
  return labels
    .map((label, c) => ({ label, score: probabilities[c] ?? 0 }))
    .sort((a, b) => b.score - a.score)
    .slice(0, Math.max(1, k));
}

/** @throws AppError `features_invalid` unless `features` is n rows of d finite numbers */
export function checkFeatures(features: Float32Array, n: number, d: number): void {
  if (features.length !== n * d)
    throw new AppError('features_invalid', {
      detail: `${features.length} numbers are not ${n} rows of ${d} features. Use the trunk and cut that the head was trained on.`,
    });
  const bad = features.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0)
    throw new AppError('features_invalid', {
      detail: `Feature ${bad % d} of row ${Math.floor(bad / d)} is not a finite number. Compute the features again.`,
    });
}

/** Writes the z-scores of `row` into `z`; gives the mean of their squares. */
export function standardizeRow(
  { standardize: { mean, deviation } }: Head,
  row: Float32Array,
  z: Float64Array,
): number {
  let sum = 0;
  for (let j = 0; j < z.length; j++) {
    const value = ((row[j] ?? 0) - (mean[j] ?? 0)) / (deviation[j] ?? 1);
    z[j] = value;
    sum += value * value;
  }
  return sum / z.length;
}

/** One layer on one vector. */
export function applyDense(x: Float64Array, { kernel, bias, activation }: DenseLayer): Float64Array {
  const outputs = bias.length;
  const y = Float64Array.from(bias);
  for (let j = 0, at = 0; j < x.length; j++) {
    const value = x[j] ?? 0;
    for (let c = 0; c < outputs; c++, at++) y[c] = (y[c] ?? 0) + value * (kernel[at] ?? 0);
  }
  return activation === 'relu' ? y.map((value) => Math.max(0, value)) : y;
}

/** @throws AppError `head_invalid` for layers that do not chain */
export function checkChain({ standardize: { mean, deviation }, layers, labels }: Head): void {
  let width = mean.length;
  let chained = deviation.length === width && layers.length > 0;
  for (const { kernel, bias } of layers) {
    chained &&= kernel.length === width * bias.length;
    width = bias.length;
  }
  if (!chained || width !== labels.length)
    throw new AppError('head_invalid', {
      detail: `The layers of the head do not lead from ${mean.length} features to ${labels.length} classes. Train it again.`,
    });
}
