// Labelled feature vectors, the input of every trainer, and the checks at its door.
import { AppError } from '../contract/errors.ts';
import { MAX_HEAD_CLASSES } from '../contract/limits.ts';
import { checkFeatures } from './head.ts';

/** n labelled feature vectors. */
export interface Examples {
  /** [n,d], row-major, as the trunk gave them */
  readonly features: Float32Array;
  /** k class names; a class may be without examples */
  readonly classes: readonly string[];
  /** n indices into `classes` */
  readonly labels: ArrayLike<number>;
  /**
   * n ids of what was captured in one go: near-copies, which must be held out together to be judged honestly. null
   * for an example on its own; leave the list out when nothing is known.
   */
  readonly bursts?: readonly (string | null)[] | undefined;
}

/**
 * Checks examples.
 * @returns n, d and the number of examples of each class
 * @throws AppError `features_invalid`, `shape_mismatch` for labels or bursts that do not fit, `head_not_ready` when
 * fewer than two classes have examples
 */
export function checkExamples({ features, classes, labels, bursts }: Examples): {
  readonly n: number;
  readonly d: number;
  readonly counts: number[];
} {
  const n = labels.length;
  const counts = countClasses(labels, classes.length);
  if (counts.reduce((a, b) => a + b, 0) !== n)
    throw mismatch(`Every label must be a whole number from 0 to ${classes.length - 1}.`);
  if (classes.length > MAX_HEAD_CLASSES)
    throw mismatch(`A head has at most ${MAX_HEAD_CLASSES} classes, not ${classes.length}.`);
  if (new Set(classes).size !== classes.length) throw mismatch('Two classes have the same name.');
  if (bursts !== undefined && bursts.length !== n)
    throw mismatch(`${bursts.length} burst ids were given for ${n} examples.`);
  checkReady(classes, counts);
  const d = Math.max(1, Math.ceil(features.length / n));
  checkFeatures(features, n, d);
  return { n, d, counts };
}

/** @throws AppError `head_not_ready` when fewer than two classes have examples; says what to add */
export function checkReady(classes: readonly string[], counts: readonly number[]): void {
  const present = classes.filter((_, c) => (counts[c] ?? 0) > 0);
  if (present.length >= 2) return;
  throw new AppError('head_not_ready', {
    detail:
      present[0] === undefined
        ? 'There are no examples yet. Add some of at least two classes.'
        : `Only "${present[0]}" has examples. Add some of at least one other class.`,
  });
}

/** Examples of each of k classes; labels that are no class are not counted. */
export function countClasses(labels: ArrayLike<number>, k: number): number[] {
  const counts = new Array<number>(k).fill(0);
  for (let i = 0; i < labels.length; i++) {
    const count = counts[labels[i] ?? -1];
    if (count !== undefined) counts[labels[i] ?? -1] = count + 1;
  }
  return counts;
}

/** w_c = n / (k n_c): every class weighs the same however many examples it has, and the weights sum to n. */
export function balancedWeights(counts: readonly number[]): number[] {
  const n = counts.reduce((a, b) => a + b, 0);
  const k = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count > 0 ? n / (k * count) : 1));
}

/** The examples at the given indices, in that order. */
export function pickExamples(examples: Examples, indices: readonly number[]): Examples {
  const d = examples.features.length / examples.labels.length;
  const features = new Float32Array(indices.length * d);
  indices.forEach((i, row) => {
    features.set(examples.features.subarray(i * d, (i + 1) * d), row * d);
  });
  return {
    features,
    classes: examples.classes,
    labels: indices.map((i) => examples.labels[i] ?? -1),
    bursts: examples.bursts && indices.map((i) => examples.bursts?.[i] ?? null),
  };
}

/** Rows, or blocks of them, one after the other: n of [d] -> [n,d]. */
export function joinRows(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const row of rows) {
    all.set(row, at);
    at += row.length;
  }
  return all;
}

function mismatch(detail: string): AppError {
  return new AppError('shape_mismatch', { detail });
}
