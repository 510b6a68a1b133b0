// The examples of a ridge regression as rows √w [z, 1]: z-scored, with a one for the intercept, and scaled by the root
// of their class's weight, so that weighted least squares is plain least squares. Rows are made when needed, a block at
// a time, and never all held in doubles.
import type { Algebra } from './algebra.ts';
import type { Matrix } from './matrix.ts';
import type { Standardization } from './standardize.ts';

/** What is held fixed between two fits: with it, adding and removing examples is exact. */
export interface RidgeFrame {
  readonly standardize: Standardization;
  /** Weight of an example, by its class; a class that came later weighs 1. */
  readonly classWeights: readonly number[];
  /** Added to the diagonal of the normal equations, but for the intercept; above 0. */
  readonly penalty: number;
}

export interface RidgeTable {
  readonly frame: RidgeFrame;
  /** d */
  readonly dim: number;
  /** n rows [d], as the trunk gave them */
  readonly features: Float32Array[];
  /** n class indices */
  readonly labels: number[];
  /** What computes the cubic steps; the numbers are the same. */
  readonly algebra: Algebra;
}

/** √w of example i. */
export function rootWeight({ frame, labels }: RidgeTable, i: number): number {
  return Math.sqrt(frame.classWeights[labels[i] ?? -1] ?? 1);
}

/** Writes √w [z, 1] of one example to `out` [d+1 or more]. */
export function writeRow(
  { frame, dim }: RidgeTable,
  features: Float32Array,
  scale: number,
  out: Float64Array,
): void {
  const { mean, deviation } = frame.standardize;
  for (let j = 0; j < dim; j++)
    out[j] = (scale * ((features[j] ?? 0) - (mean[j] ?? 0))) / (deviation[j] ?? 1);
  out[dim] = scale;
}

/** Fills row i of `out` with features [from, from + count) of example i, without the intercept; zeros after. */
export function fillExamples(out: Matrix, table: RidgeTable, from: number): void {
  const { mean, deviation } = table.frame.standardize;
  const count = Math.min(out.stride, table.dim - from);
  out.data.fill(0);
  table.features.forEach((row, i) => {
    const scale = rootWeight(table, i);
    for (let j = from, at = i * out.stride; j < from + count; j++, at++)
      out.data[at] = (scale * ((row[j] ?? 0) - (mean[j] ?? 0))) / (deviation[j] ?? 1);
  });
}

/** Fills column i of `out` with √w [z, 1] of example from + i; zeros after the last. */
export function fillFeatures(out: Matrix, table: RidgeTable, from: number): void {
  const row = new Float64Array(table.dim + 1);
  out.data.fill(0);
  const end = Math.min(from + out.stride, table.features.length);
  for (let i = from; i < end; i++) {
    const features = table.features[i];
    if (features === undefined) continue;
    writeRow(table, features, rootWeight(table, i), row);
    for (let j = 0, at = i - from; j <= table.dim; j++, at += out.stride) out.data[at] = row[j] ?? 0;
  }
}
