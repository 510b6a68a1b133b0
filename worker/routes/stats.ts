// GET /api/stats: what the endpoint does, for the operator. Counters are of all isolates, those of the last seconds
// only of the one that answers; how many heads and devices there are is counted at once.
import { Hono } from 'hono';
import * as v from 'valibot';
import type { Stats } from '../../src/contract/operations.ts';
import { requireOperator } from '../guard.ts';
import type { IdentityVariables } from '../identity.ts';
import { type Counts, percentile } from '../observe/counts.ts';
import { dayOf, FLUSH_MS, type Recorder, sumCounts } from '../observe/recorder.ts';
import { STATS_DAYS, type StatsStore } from '../store/stats-store.ts';
import { validate } from '../validate.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const Days = v.pipe(v.string(), v.toNumber(), v.integer(), v.minValue(1), v.maxValue(STATS_DAYS));
/** How many days to sum, today included. */
export const StatsQuery = v.object({ days: v.optional(Days, '7') });

export function statsRoutes({
  stats,
  recorder,
  now,
}: {
  readonly stats: StatsStore;
  readonly recorder: Recorder;
  readonly now: () => number;
}) {
  return new Hono<{ Variables: IdentityVariables }>().get('/', validate('query', StatsQuery), async (c) => {
    requireOperator(c.var.principal);
    const { days } = c.req.valid('query');
    const from = dayOf(now() - (days - 1) * DAY_MS);
    await recorder.flush();
    const [rows, population] = await Promise.all([stats.since(from), stats.population()]);
    const { since, counts } = recorder.own;
    const answer: Stats = {
      since: rows[0]?.day ?? dayOf(now()),
      until: new Date(now()).toISOString(),
      lagSeconds: FLUSH_MS / 1000,
      isolates: rows.length,
      ...reportOf(sumCounts(rows.map((row) => row.counts))),
      population,
      isolate: { since, ...reportOf(counts) },
    };
    return c.json(answer, 200, { 'Cache-Control': 'no-store' });
  });
}

function reportOf({ requests, predictions, principals, errors, durations }: Counts) {
  const at = (q: number) => {
    const ms = percentile(durations, q);
    return ms === null ? null : Math.round(ms * 10) / 10;
  };
  return {
    ...{ requests, predictions, principals, errors },
    predictionMs: { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) },
  };
}
