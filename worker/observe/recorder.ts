// Counters of one isolate, and how they reach the others: it counts in memory, and some seconds after the first request
// that is not yet stored it writes the day's totals into a row of its own. So a prediction costs no write; a write costs
// no request its time; and a write that is repeated counts nothing twice. What an isolate had not written when it was
// evicted is lost.
import type { StatsStore } from '../store/stats-store.ts';
import { addCounts, type Counts, count, noCounts, type Observation } from './counts.ts';

/** Longest time from a request to its being stored, ms; what is kept alive after an answer is cut off at 30 s. */
export const FLUSH_MS = 15_000;

export interface Recorder {
  /** Counts one request, and sees to it that it gets stored. */
  record(observation: Observation): void;
  /** Stores what was counted. Failing is no harm: the next time stores it too. */
  flush(): Promise<void>;
  /** What this isolate has counted, and since when. */
  readonly own: { readonly since: string; readonly counts: Counts };
}

/**
 * @param options.isolate a name that no other isolate has
 * @param options.wait resolves after so many ms
 * @param options.keepAlive lets work go on after the answer; `waitUntil` in workerd
 */
export function createRecorder({
  store,
  isolate,
  now,
  wait,
  keepAlive,
}: {
  readonly store: StatsStore;
  readonly isolate: string;
  readonly now: () => number;
  readonly wait: (ms: number) => Promise<void>;
  readonly keepAlive: (work: Promise<unknown>) => void;
}): Recorder {
  let since: string | undefined;
  let all = noCounts();
  let today = { day: '', counts: noCounts() };
  /** ms since the epoch; the timer of a request that was cut off never comes. */
  let flushBy: number | null = null;

  async function save(): Promise<void> {
    const { day, counts } = today;
    if (counts.requests > 0) await store.save({ isolate, day, counts });
  }

  async function flush(): Promise<void> {
    flushBy = null;
    await save();
  }

  /** The last seconds of a day are stored with their own day. */
  function beginDay(day: string): void {
    if (flushBy !== null) keepAlive(save().catch(() => {}));
    today = { day, counts: noCounts() };
  }

  return {
    record(observation) {
      since ??= new Date(now()).toISOString();
      const day = dayOf(now());
      if (day !== today.day) beginDay(day);
      today = { day, counts: count(today.counts, observation) };
      all = count(all, observation);
      if (flushBy !== null && now() < flushBy) return;
      flushBy = now() + 2 * FLUSH_MS;
      keepAlive(
        wait(FLUSH_MS)
          .then(flush)
          .catch(() => {}),
      );
    },
    flush,
    get own() {
      return { since: since ?? new Date(now()).toISOString(), counts: all };
    },
  };
}

/** `2026-11-23`, in UTC. */
export function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** The sum of many. */
export function sumCounts(each: readonly Counts[]): Counts {
  return each.reduce(addCounts, noCounts());
}
