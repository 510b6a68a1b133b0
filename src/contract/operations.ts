// What the operator sees of a running endpoint: health, readiness and counters, as the HTTP contract shows them.
import * as v from 'valibot';
import { ModelName } from './ids.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const tally = v.record(v.string(), count);
const ms = v.nullable(v.pipe(v.number(), v.minValue(0)));

/** The Worker runs; nothing is said of what it stands on. */
export const Health = v.object({
  status: v.literal('ok'),
  version: v.string(),
  /** Models served; empty while the list of them cannot be read. */
  models: v.array(ModelName),
  /**
   * What the isolate that answers has ready to run: `<model>/<cut>`, and `<model>/<from>..<cut>` for each head that has
   * layers of its own between the two, or (nothing before the dots) from the image on.
   */
  loaded: v.array(v.string()),
});
export type Health = v.InferOutput<typeof Health>;

/** Whether a prediction could be answered now; status 503 where not. */
export const Readiness = v.object({
  ready: v.boolean(),
  /** Each thing that a prediction stands on. */
  checks: v.record(v.picklist(['database', 'heads', 'trunks']), v.picklist(['ok', 'failed'])),
});
export type Readiness = v.InferOutput<typeof Readiness>;

/** Counts of requests. */
const Report = v.object({
  requests: count,
  /** Requests for a prediction that got one; a batch is one. */
  predictions: count,
  /** Requests by who asked. */
  principals: tally,
  /** Errors by code. */
  errors: tally,
  /** Durations of predictions as the Worker's clock saw them, to within 19 per cent and never too low; null of none. */
  predictionMs: v.object({ p50: ms, p90: ms, p95: ms, p99: ms }),
});

/** The operator's counters: of all isolates, but for the last `lagSeconds` of others and what an evicted one lost. */
export const Stats = v.object({
  /** First day, in UTC, and the moment up to which is counted. */
  since: v.string(),
  until: v.string(),
  lagSeconds: count,
  /** Sums that were added: one for each isolate and day. */
  isolates: count,
  ...Report.entries,
  /** How many there are now; the operator is no owner here. */
  population: v.object({ owners: count, devices: count, keys: count, heads: count, publicHeads: count }),
  /** Of the isolate that answers alone, since it started. */
  isolate: v.object({ since: v.string(), ...Report.entries }),
});
export type Stats = v.InferOutput<typeof Stats>;
