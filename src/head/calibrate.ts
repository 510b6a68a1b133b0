// From held-out logits to honest numbers: the temperature of the probabilities and the threshold of rejection.
// Deterministic: a fixed number of bisections, no random start.

/** Share of familiar images that the rejection lets pass. */
const PASS = 0.95;

/** Where a temperature may lie, and what it is when nothing is held out. */
export interface TemperatureRange {
  readonly lowest: number;
  readonly highest: number;
  readonly otherwise: number;
}

/**
 * The temperature T that minimises the mean cross-entropy of softmax(logits / T) with the true classes. As if there were
 * one more example of an unknown class, the target gives the true class (n + 1/k) / (n + 1): without that, a handful of
 * right answers would be called certain. Convex in 1/T: its derivative, the mean expected logit less the target's mean
 * logit, is bisected.
 * @param logits [n,k], row-major, of examples that the fit had not seen
 * @param labels n true classes
 * @see Platt, Probabilistic outputs for support vector machines (1999); Guo et al., arXiv 1706.04599
 */
export function fitTemperature(
  logits: Float64Array,
  labels: readonly number[],
  k: number,
  { lowest, highest, otherwise }: TemperatureRange,
): number {
  const n = labels.length;
  if (n === 0) return otherwise;
  const lead = logits.slice();
  let target = 0;
  labels.forEach((label, i) => {
    const row = lead.subarray(i * k, (i + 1) * k);
    const top = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    for (let c = 0; c < k; c++) {
      const value = (row[c] ?? 0) - top;
      row[c] = value;
      target += (value * ((c === label ? n : 0) + 1 / k)) / (n + 1);
    }
  });
  let low = lowest;
  let high = highest;
  for (let step = 0; step < 40; step++) {
    const middle = Math.sqrt(low * high);
    if (expectedLogits(lead, k, middle) < target) high = middle;
    else low = middle;
  }
  return Math.sqrt(low * high);
}

/**
 * The score that 95 per cent of familiar images stay at or below: the ceil(0.95 (n + 1))-th smallest held-out score,
 * which keeps that promise for any distribution; null below 19 scores, too few to promise it.
 * @see Lei et al., Distribution-free predictive inference for regression (2018), on split conformal prediction
 */
export function rejectionThreshold(scores: readonly number[]): number | null {
  const sorted = scores.toSorted((a, b) => a - b);
  return sorted[Math.ceil(PASS * (sorted.length + 1)) - 1] ?? null;
}

/** Sum over rows of the mean logit under softmax(row / T); each row's largest logit is 0. */
function expectedLogits(lead: Float64Array, k: number, temperature: number): number {
  let total = 0;
  for (let at = 0; at < lead.length; at += k) {
    let weights = 0;
    let weighted = 0;
    for (let c = at; c < at + k; c++) {
      const value = lead[c] ?? 0;
      const weight = Math.exp(value / temperature);
      weights += weight;
      weighted += weight * value;
    }
    total += weighted / weights;
  }
  return total;
}
