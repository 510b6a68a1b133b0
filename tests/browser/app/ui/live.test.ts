// The smoothing of live scores, and what is told of them.
import { describe, expect, it } from 'vitest';
import { announcement } from '../../../../app/ui/announce.ts';
import { follow, SMOOTH_MS, topScore } from '../../../../app/ui/live.ts';
import { createSeldomSpeaker } from '../../../../app/ui/speak-seldom.ts';
import { toPercent } from '../../../../app/ui/teach/percent.ts';

const scores = (...of: readonly number[]) => of.map((score, i) => ({ class: null, label: `c${i}`, score }));

describe('follow', () => {
  it('is 1 - 1/e of the way after its time constant', () => {
    const [first, second] = follow(scores(0, 1), scores(1, 0), SMOOTH_MS);
    expect(first?.score).toBeCloseTo(1 - 1 / Math.E, 12);
    expect(second?.score).toBeCloseTo(1 / Math.E, 12);
  });

  it('starts a class that is new where it is', () => {
    expect(follow(scores(0.5), scores(0.5, 0.25), 1)[1]?.score).toBe(0.25);
  });
});

describe('topScore', () => {
  it('is the highest, and none of nothing', () => {
    expect(topScore(scores(0.2, 0.7, 0.1))?.label).toBe('c1');
    expect(topScore([])).toBeUndefined();
  });
});

describe('toPercent', () => {
  it('does not round to certainty', () => {
    expect([0, 0.004, 0.5, 0.999, 1].map(toPercent)).toEqual([0, 0, 50, 99, 100]);
  });
});

describe('createSeldomSpeaker', () => {
  it('says the first at once, and of what follows the latest when the rest is over', async () => {
    const said: string[] = [];
    const stop = announcement.subscribe((words) => said.push(words));
    const speaker = createSeldomSpeaker(20);
    for (const words of ['a', 'b', 'c']) speaker.say(words);
    expect(said.at(-1)).toBe('a');
    await expect.poll(() => said.at(-1)).toBe('c');
    expect(said).not.toContain('b');
    speaker.stop();
    stop();
  });
});
