import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readTrunk } from '../../../bench/read-trunk.ts';
import { casesOf, contest } from '../../../bench/trunk/contest.ts';
import { channelsFirst, type Engine } from '../../../bench/trunk/engine.ts';
import { DEFAULT_TRUNK, MODELS } from '../../../scripts/support/default-trunk.ts';
import { SAMPLE } from '../../../scripts/support/fashion.ts';

const trunk = await readTrunk(`${MODELS}/${DEFAULT_TRUNK}`);
const picture = new Uint8Array(readFileSync(SAMPLE));
const CASE = { cut: 'Conv1_relu', size: 32, batch: 2, rounds: 3 };

/** Gives these numbers, and counts. */
function engine(name: string, answer: Float32Array, options: Partial<Engine> = {}) {
  const counts = { runs: 0, open: 0 };
  const made: Engine & { readonly counts: typeof counts } = {
    ...{ name, counts, ...options },
    async prepare() {
      counts.open++;
      return {
        async run() {
          counts.runs++;
          return answer;
        },
        dispose() {
          counts.open--;
        },
      };
    },
  };
  return made;
}

/** [n 2, pixels 3, c 32] */
const ANSWER = Float32Array.from({ length: 192 }, (_, i) => i);

describe('channelsFirst', () => {
  it('moves the channels of each image before its pixels', () => {
    // [n 2, pixels 2, c 3], its value the digits "n p c"
    const given = Float32Array.of(0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112);
    expect([...channelsFirst(given, 3, 2)]).toEqual([0, 10, 1, 11, 2, 12, 100, 110, 101, 111, 102, 112]);
  });
});

describe('contest', () => {
  const run = (engines: readonly Engine[], cpuClock?: () => number) =>
    contest(engines, engines[0] ?? engine('none', ANSWER), trunk, [picture, picture], CASE, cpuClock);

  it('times engines that agree, whatever their layout, and lets go of them', async () => {
    const first = engine('a', ANSWER);
    const second = engine('b', channelsFirst(ANSWER, 32, 2), { channelsFirst: true });
    let cpu = 0;
    const { engines } = await run([first, second], () => cpu++);
    expect(engines.map(({ name, error, ms }) => [name, error, ms.n])).toEqual([
      ['a', 0, 3],
      ['b', 0, 3],
    ]);
    // The clock ticks once between the start and the end of each run.
    expect(engines.map((each) => [each.cpu?.ms.n, each.cpu?.ms.median, each.cpu?.speedup])).toEqual([
      [3, 1, 1],
      [3, 1, 1],
    ]);
    expect([first.counts.open, second.counts.open]).toEqual([0, 0]);
  });

  it('times nothing when one of them gives other numbers, and lets go of all', async () => {
    const first = engine('a', ANSWER);
    const wrong = engine(
      'b',
      ANSWER.map((value, i) => (i === 7 ? value + 1 : value)),
    );
    await expect(run([first, wrong])).rejects.toThrow(/^b differs by 0\.005.* from a/);
    expect([first.counts.runs, wrong.counts.runs]).toEqual([1, 1]);
    expect([first.counts.open, wrong.counts.open]).toEqual([0, 0]);
  });

  it('tells no CPU time where there is no clock for it', async () => {
    const { engines } = await run([engine('a', ANSWER)]);
    expect(engines.map(({ cpu }) => cpu)).toEqual([null]);
  });
});

describe('casesOf', () => {
  it('goes to the default cut and to the end, at three sizes, for one image and for eight', () => {
    const cases = casesOf(trunk.manifest, { quick: false });
    expect(cases).toHaveLength(12);
    expect(new Set(cases.map(({ cut }) => cut))).toEqual(new Set(['block_13_expand_relu', 'out_relu']));
    expect(new Set(cases.map(({ size, batch }) => `${size} ${batch}`)).size).toBe(6);
  });

  it('keeps to the smallest size when it is quick', () => {
    const cases = casesOf(trunk.manifest, { quick: true });
    expect(cases.map(({ size, batch }) => [size, batch])).toEqual([
      [96, 1],
      [96, 8],
      [96, 1],
      [96, 8],
    ]);
  });
});
