// Where the isolates' counters meet, as an interface; d1-stats.ts implements it on D1.
import type { Counts } from '../observe/counts.ts';

/** Days that are kept. */
export const STATS_DAYS = 30;

/** How many there are now. */
export interface Population {
  readonly owners: number;
  readonly devices: number;
  readonly keys: number;
  readonly heads: number;
  readonly publicHeads: number;
}

export interface StatsStore {
  /** Puts an isolate's totals of a day in place of its former ones, and drops what is older than `STATS_DAYS` then. */
  save(totals: { readonly isolate: string; readonly day: string; readonly counts: Counts }): Promise<void>;
  /** Totals of every isolate from a day on, oldest day first. */
  since(day: string): Promise<readonly { readonly day: string; readonly counts: Counts }[]>;
  population(): Promise<Population>;
}
