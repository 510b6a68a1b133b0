import { beforeEach, describe, expect, it } from 'vitest';
import type { Counts } from '../../../worker/observe/counts.ts';
import { createRecorder, FLUSH_MS, type Recorder } from '../../../worker/observe/recorder.ts';

const START = Date.UTC(2026, 0, 1, 12);
const ONE = { principal: 'key', code: null, predictionMs: 5 };

let now: number;
let waiting: (() => void)[];
let kept: Promise<unknown>[];
let saved: { readonly day: string; readonly isolate: string; readonly counts: Counts }[];
let failing: boolean;
let recorder: Recorder;

beforeEach(() => {
  [now, waiting, kept, saved, failing] = [START, [], [], [], false];
  recorder = createRecorder({
    store: {
      save: async (totals) => {
        if (failing) throw new Error('no database');
        saved.push(totals);
      },
      since: async () => [],
      population: async () => ({ owners: 0, devices: 0, keys: 0, heads: 0, publicHeads: 0 }),
    },
    isolate: 'a',
    now: () => now,
    wait: () => new Promise((resolve) => waiting.push(resolve)),
    keepAlive: (work) => kept.push(work),
  });
});

/** Lets the time pass until the timers end, and what they start be done. */
async function elapse(): Promise<void> {
  now += FLUSH_MS;
  for (const resolve of waiting.splice(0)) resolve();
  await Promise.all(kept.splice(0));
}

describe('createRecorder', () => {
  it('stores many requests in one write, and the same totals again as the same row', async () => {
    for (let i = 0; i < 1000; i++) recorder.record(ONE);
    expect(saved).toEqual([]);
    await elapse();
    expect(saved).toHaveLength(1);
    recorder.record(ONE);
    await elapse();
    expect(saved.map(({ isolate, day, counts }) => [isolate, day, counts.requests])).toEqual([
      ['a', '2026-01-01', 1000],
      ['a', '2026-01-01', 1001],
    ]);
  });

  it('stores what one failed write did not', async () => {
    failing = true;
    recorder.record(ONE);
    await elapse();
    failing = false;
    recorder.record(ONE);
    await elapse();
    expect(saved.map(({ counts }) => counts.requests)).toEqual([2]);
  });

  it('sets another timer when the request of the last one was cut off', async () => {
    recorder.record(ONE);
    waiting = [];
    kept = [];
    now += 2 * FLUSH_MS;
    recorder.record(ONE);
    await elapse();
    expect(saved.map(({ counts }) => counts.requests)).toEqual([2]);
  });

  it('keeps the days apart, and the isolate as a whole', async () => {
    now = Date.UTC(2026, 0, 1, 23, 59, 59);
    recorder.record(ONE);
    now += 2_000;
    recorder.record(ONE);
    recorder.record(ONE);
    await elapse();
    expect(saved.map(({ day, counts }) => [day, counts.requests])).toEqual([
      ['2026-01-01', 1],
      ['2026-01-02', 2],
    ]);
    expect(recorder.own).toMatchObject({ since: '2026-01-01T23:59:59.000Z', counts: { requests: 3 } });
  });

  it('writes nothing when nothing was counted', async () => {
    await recorder.flush();
    expect(saved).toEqual([]);
  });
});
