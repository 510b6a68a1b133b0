// What the operator's counters count, as plain values that add up, and percentiles read off a histogram.
// Pure: no clock, no storage.
import * as v from 'valibot';

const Count = v.pipe(v.number(), v.integer(), v.minValue(0));
const Tally = v.record(v.string(), Count);

/** Counts of some requests. */
export const Counts = v.object({
  /** All that the Worker answered; static assets are answered without it. */
  requests: Count,
  /** Those that asked for a prediction and got one; a batch is one. */
  predictions: Count,
  /** Requests by who asked: `anonymous`, `device`, `key`, `operator`. */
  principals: Tally,
  /** Errors by code, those of callers and our own. */
  errors: Tally,
  /** Predictions by duration: bucket b holds those of up to `bucketLimit(b)` ms. */
  durations: Tally,
});
export type Counts = v.InferOutput<typeof Counts>;

/** What is known of one answered request. */
export interface Observation {
  readonly principal: string;
  /** Null where it went well. */
  readonly code: string | null;
  /** How long a prediction took, ms; null for what was none. */
  readonly predictionMs: number | null;
}

/** Buckets of an octave: a percentile is told to within 2^(1/4), 19 per cent, and never too low. */
const STEPS = 4;

/** Nothing counted yet. */
export function noCounts(): Counts {
  return { requests: 0, predictions: 0, principals: {}, errors: {}, durations: {} };
}

/** The counts with one more request. */
export function count(counts: Counts, { principal, code, predictionMs }: Observation): Counts {
  return addCounts(counts, {
    requests: 1,
    predictions: predictionMs === null ? 0 : 1,
    principals: { [principal]: 1 },
    errors: code === null ? {} : { [code]: 1 },
    durations: predictionMs === null ? {} : { [bucketOf(predictionMs)]: 1 },
  });
}

/** The sum of two counts. */
export function addCounts(a: Counts, b: Counts): Counts {
  return {
    requests: a.requests + b.requests,
    predictions: a.predictions + b.predictions,
    principals: addTallies(a.principals, b.principals),
    errors: addTallies(a.errors, b.errors),
    durations: addTallies(a.durations, b.durations),
  };
}

/** The bucket of a duration in ms: 0 up to 1 ms, then `STEPS` to an octave. */
export function bucketOf(ms: number): number {
  return ms <= 1 ? 0 : Math.ceil(STEPS * Math.log2(ms));
}

/** The longest duration in a bucket, ms. */
export function bucketLimit(bucket: number): number {
  return 2 ** (bucket / STEPS);
}

/** The limit of the bucket in which the share `q` of the durations is reached, ms; null of none. */
export function percentile(durations: Counts['durations'], q: number): number | null {
  const buckets = Object.entries(durations).sort(([a], [b]) => Number(a) - Number(b));
  const total = buckets.reduce((sum, [, n]) => sum + n, 0);
  let seen = 0;
  for (const [bucket, n] of buckets) {
    seen += n;
    if (n > 0 && seen >= q * total) return bucketLimit(Number(bucket));
  }
  return null;
}

function addTallies(a: Counts['errors'], b: Counts['errors']): Counts['errors'] {
  const sum = { ...a };
  for (const [key, n] of Object.entries(b)) sum[key] = (sum[key] ?? 0) + n;
  return sum;
}
