// The z-score frame of a head.

/** z = (x - mean) / deviation, each [d]. */
export interface Standardization {
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
}

/** Share of the average variance that is added to each feature's own. */
const VARIANCE_FLOOR = 0.03;

/**
 * Mean and deviation of each feature, with deviation_j = sqrt(variance_j + 0.03 average variance): a feature that
 * hardly varied among a few examples is not blown up at use. docs/decisions.md has what that brings. Features that all
 * never varied get deviation 1.
 * @param rows n feature vectors [d], n at least 1
 */
export function fitStandardization(rows: readonly Float32Array[]): Standardization {
  const d = rows[0]?.length ?? 0;
  const mean = new Float64Array(d);
  for (const row of rows) addRow(mean, row);
  for (let j = 0; j < d; j++) mean[j] = (mean[j] ?? 0) / rows.length;
  const variance = new Float64Array(d);
  for (const row of rows) addSquares(variance, row, mean);
  for (let j = 0; j < d; j++) variance[j] = (variance[j] ?? 0) / rows.length;
  const floor = (VARIANCE_FLOOR * variance.reduce((a, b) => a + b, 0)) / d;
  const deviation = Float32Array.from(variance, (value) => Math.sqrt(value + floor));
  return {
    mean: Float32Array.from(mean),
    deviation: deviation.map((value) => (value > 0 && Number.isFinite(value) ? value : 1)),
  };
}

/** Mean of the squared z-scores of one feature vector, in the order of `applyHead`. */
export function meanSquare({ mean, deviation }: Standardization, row: Float32Array): number {
  let sum = 0;
  for (let j = 0; j < row.length; j++) {
    const z = ((row[j] ?? 0) - (mean[j] ?? 0)) / (deviation[j] ?? 1);
    sum += z * z;
  }
  return sum / row.length;
}

function addRow(sums: Float64Array, row: Float32Array): void {
  for (let j = 0; j < row.length; j++) sums[j] = (sums[j] ?? 0) + (row[j] ?? 0);
}

function addSquares(sums: Float64Array, row: Float32Array, mean: Float64Array): void {
  for (let j = 0; j < row.length; j++) {
    const difference = (row[j] ?? 0) - (mean[j] ?? 0);
    sums[j] = (sums[j] ?? 0) + difference * difference;
  }
}
