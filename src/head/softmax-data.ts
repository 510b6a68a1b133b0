// What the softmax head is trained on and judged by, and how its layers become a head. No tensors here.

import { fitTemperature } from './calibrate.ts';
import { balancedWeights, checkExamples, countClasses, type Examples } from './examples.ts';
import { applyHead, type DenseLayer, type Head, softmax } from './head.ts';
import { splitExamples } from './split.ts';
import { fitStandardization, type Standardization } from './standardize.ts';
import { finishHead, TEMPERATURES, type TrainedHead } from './trainer.ts';

export interface SoftmaxExample {
  /** Index among the given examples. */
  readonly index: number;
  /** [d] */
  readonly features: Float32Array;
  /** Index of the head's labels. */
  readonly label: number;
  /** In the loss. */
  readonly weight: number;
}

export interface SoftmaxData {
  /** d */
  readonly dim: number;
  /** k names, of the classes that have examples */
  readonly labels: readonly string[];
  /** Given examples of each, held out or not. */
  readonly counts: readonly number[];
  readonly train: readonly SoftmaxExample[];
  readonly heldOut: readonly SoftmaxExample[];
  /** Of the examples trained on. */
  readonly standardize: Standardization;
}

/** Everything of a head but its calibration. */
export type Fitted = Omit<Head, 'calibration'>;

/**
 * Parts examples into those to train on and those held out, and drops classes without any.
 * @param options.validation share held out of each class
 * @throws AppError as `checkExamples`
 */
export function prepare(
  examples: Examples,
  {
    validation,
    balance,
    rng,
  }: { readonly validation: number; readonly balance: boolean; readonly rng: () => number },
): SoftmaxData {
  const { d, counts } = checkExamples(examples);
  const present = counts.flatMap((count, c) => (count > 0 ? [c] : []));
  const split = splitExamples(examples, { share: validation, rng });
  const labelOf = (i: number) => examples.labels[i] ?? -1;
  const weights = balancedWeights(countClasses(split.train.map(labelOf), counts.length));
  const pick = (index: number): SoftmaxExample => ({
    index,
    features: examples.features.subarray(index * d, (index + 1) * d),
    label: present.indexOf(labelOf(index)),
    weight: balance ? (weights[labelOf(index)] ?? 1) : 1,
  });
  const train = split.train.map(pick);
  return {
    dim: d,
    labels: present.map((c) => examples.classes[c] ?? ''),
    counts: present.map((c) => counts[c] ?? 0),
    train,
    heldOut: split.heldOut.map(pick),
    standardize: fitStandardization(train.map(({ features }) => features)),
  };
}

/** z = (x - mean) / deviation */
export function zScores({ mean, deviation }: Standardization, features: Float32Array): Float32Array {
  return features.map((x, j) => (x - (mean[j] ?? 0)) / (deviation[j] ?? 1));
}

/**
 * Layers as a head. Where they were trained on raw features, the z-score is folded into the first: x K + c is
 * z (s K) + (c + m K) for mean m and deviation s, so that every head reads z-scores.
 */
export function toHead(
  { standardize, labels }: SoftmaxData,
  layers: readonly DenseLayer[],
  onZScores: boolean,
): Fitted {
  const fitted = { kind: 'softmax', labels, standardize } as const;
  const [first, ...rest] = layers;
  if (onZScores || first === undefined) return { ...fitted, layers };
  const width = first.bias.length;
  const bias = Float64Array.from(first.bias);
  const kernel = first.kernel.map((weight, at) => {
    const j = Math.floor(at / width);
    const c = at % width;
    bias[c] = (bias[c] ?? 0) + weight * (standardize.mean[j] ?? 0);
    return weight * (standardize.deviation[j] ?? 1);
  });
  return { ...fitted, layers: [{ ...first, kernel, bias: Float32Array.from(bias) }, ...rest] };
}

/**
 * Cross-entropy in nats and accuracy on what was held out; null where nothing was.
 * @param logits [m,k] of the m held-out examples
 */
export function judge(
  { heldOut, labels }: Pick<SoftmaxData, 'heldOut' | 'labels'>,
  logits: Float64Array,
  temperature = 1,
): { readonly loss: number | null; readonly accuracy: number | null } {
  if (heldOut.length === 0) return { loss: null, accuracy: null };
  const k = labels.length;
  let loss = 0;
  let right = 0;
  heldOut.forEach(({ label }, i) => {
    const p = softmax(logits.slice(i * k, (i + 1) * k), temperature);
    loss -= Math.log(Math.max(p[label] ?? 0, Number.MIN_VALUE)) / heldOut.length;
    if (p.every((value, c) => c === label || value < (p[label] ?? 0))) right++;
  });
  return { loss, accuracy: right / heldOut.length };
}

/**
 * As `judge`, but the cross-entropy at the temperature that suits the head best, as it will be calibrated: over-confidence,
 * which a temperature mends, is not held against it.
 */
export function judgeCalibrated(
  data: Pick<SoftmaxData, 'heldOut' | 'labels'>,
  fitted: Fitted,
): { readonly loss: number | null; readonly accuracy: number | null } {
  const logits = logitsOf(fitted, data.heldOut);
  const truth = data.heldOut.map(({ label }) => label);
  return judge(data, logits, fitTemperature(logits, truth, data.labels.length, TEMPERATURES.softmax));
}

/** Calibrates on what was held out. */
export function finish({ heldOut, counts }: SoftmaxData, fitted: Fitted): TrainedHead {
  return finishHead(
    fitted,
    {
      method: heldOut.length === 0 ? 'none' : 'split',
      examples: heldOut.map(({ index }) => index),
      labels: heldOut.map(({ label }) => label),
      logits: logitsOf(fitted, heldOut),
    },
    { counts, features: heldOut.map(({ features }) => features), lambda: null },
  );
}

/** [n,k] */
function logitsOf(fitted: Fitted, examples: readonly SoftmaxExample[]): Float64Array {
  const dim = fitted.standardize.mean.length;
  const features = new Float32Array(examples.length * dim);
  examples.forEach((example, i) => {
    features.set(example.features, i * dim);
  });
  const uncalibrated = { ...fitted, calibration: { temperature: 1, rejectAbove: null } };
  return applyHead(uncalibrated, features, examples.length).logits;
}
