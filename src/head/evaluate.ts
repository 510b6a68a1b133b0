// Figures about predictions whose truth is known: held-out ones after a training, or those of a test set.
import { softmax } from './head.ts';

/** A share with its 95 per cent interval. */
export interface Share {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Of how many. */
  readonly n: number;
}

export interface Evaluation {
  /** Share of right predictions; null without predictions. */
  readonly accuracy: Share | null;
  /** [k,k], row-major: how often class row was called class column. */
  readonly confusion: Int32Array;
  /** Of each class, the share that was recognised; null when there was none of it. */
  readonly recall: readonly (number | null)[];
  /** Of what was called a class, the share that was it; null when nothing was. */
  readonly precision: readonly (number | null)[];
  /** Expected calibration error in [0,1]: by how much confidence and accuracy differ, over 15 bins of confidence. */
  readonly calibrationError: number | null;
  /** All rows by rising margin of the best over the second best probability: the most doubtful first. */
  readonly doubtful: readonly number[];
  /** Rows not called what they are labelled, by rising probability of that label: the likeliest mislabelled first. */
  readonly suspects: readonly number[];
}

/** Confidence bins of the calibration error. */
const BINS = 15;
/** Normal quantile of a two-sided 95 per cent interval. */
const Z95 = 1.959963984540054;

/**
 * Evaluates n predictions. The prediction is the class of the largest logit, the first of equal ones.
 * @param options.logits [n,k], row-major
 * @param options.labels n true classes
 * @param options.classes k
 */
export function evaluate({
  logits,
  labels,
  classes: k,
  temperature,
}: {
  readonly logits: Float64Array;
  readonly labels: readonly number[];
  readonly classes: number;
  readonly temperature: number;
}): Evaluation {
  const rows = labels.map((label, row) => {
    const f = logits.slice(row * k, (row + 1) * k);
    const p = softmax(f, temperature);
    const called = argMax(f);
    const confidence = p[called] ?? 0;
    const second = p.reduce((most, value, c) => (c === called ? most : Math.max(most, value)), 0);
    return { row, label, called, confidence, margin: confidence - second, own: p[label] ?? 0 };
  });
  const confusion = new Int32Array(k * k);
  const labelled = new Int32Array(k);
  const predicted = new Int32Array(k);
  const excess = new Float64Array(BINS);
  for (const { label, called, confidence } of rows) {
    count(confusion, label * k + called);
    count(labelled, label);
    count(predicted, called);
    const bin = Math.min(BINS - 1, Math.floor(confidence * BINS));
    excess[bin] = (excess[bin] ?? 0) + confidence - (called === label ? 1 : 0);
  }
  const wrong = rows.filter(({ label, called }) => called !== label);
  const shareOf = (totals: Int32Array) =>
    Array.from(totals, (total, c) => (total === 0 ? null : (confusion[c * k + c] ?? 0) / total));
  return {
    accuracy: rows.length === 0 ? null : wilson(rows.length - wrong.length, rows.length),
    confusion,
    recall: shareOf(labelled),
    precision: shareOf(predicted),
    calibrationError:
      rows.length === 0 ? null : excess.reduce((sum, value) => sum + Math.abs(value), 0) / rows.length,
    doubtful: rows.toSorted((a, b) => a.margin - b.margin).map(({ row }) => row),
    suspects: wrong.sort((a, b) => a.own - b.own).map(({ row }) => row),
  };
}

/**
 * A share of n with Wilson's score interval, which stays inside [0,1] and is honest for few.
 * @param n at least 1
 * @param z normal quantile of the interval; 95 per cent unless said
 * @see Wilson, Probable inference, the law of succession, and statistical inference (1927)
 */
export function wilson(right: number, n: number, z = Z95): Share {
  const p = right / n;
  const shrink = 1 + (z * z) / n;
  const centre = (p + (z * z) / (2 * n)) / shrink;
  const reach = (z / shrink) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { value: p, low: Math.max(0, centre - reach), high: Math.min(1, centre + reach), n };
}

/** Index of the first largest number. */
export function argMax(values: Float64Array): number {
  return values.reduce((best, value, i) => (value > (values[best] ?? 0) ? i : best), 0);
}

function count(counts: Int32Array, at: number): void {
  counts[at] = (counts[at] ?? 0) + 1;
}
