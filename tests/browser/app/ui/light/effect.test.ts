import { describe, expect, it } from 'vitest';
import type { Adapted, LightAnswer } from '../../../../../app/training/deeper.ts';
import { effectOf, isChanged, shiftOf } from '../../../../../app/ui/light/effect.ts';
import { trainedOn } from '../../../support/open-project.ts';
import { aProject } from '../../../support/records.ts';

const trained = trainedOn(aProject(), []);
const says = (label: string, score = 0.8, rejected = false) => ({
  score: { class: null, label, score },
  rejected,
});
const stays: LightAnswer = { before: says('Oak'), after: says('Oak') };
const changes: LightAnswer = { before: says('Oak', 0.4, true), after: says('Elm', 0.9) };
const drift = (factor: number) =>
  ['a', 'b'].map((layer) => ({ layer, mean: 0.1 * factor, variance: 0.3 * factor }));
const share = (low: number, high: number) => ({ value: (low + high) / 2, low, high, n: 40 });

function adapted(change: Partial<Adapted> = {}): Adapted {
  return { trained, frames: Array(10).fill(stays), drift: drift(1), usual: drift(1), ...change };
}

describe('what an adaptation would do', () => {
  it('is nothing in the light that was taught in', () =>
    expect(effectOf(adapted(), null)).toMatchObject({ verdict: 'alike', changed: 0, of: 10, worse: false }));

  it('is worth it in another light', () =>
    expect(effectOf(adapted({ drift: drift(1.4) }), null).verdict).toBe('other'));

  it('is unclear where the statistics are alike and the answers are not', () => {
    const frames = [changes, changes, ...Array(8).fill(stays)];
    expect(effectOf(adapted({ frames }), null)).toMatchObject({ verdict: 'unclear', changed: 2 });
  });

  it('is counted by frame: mean confidence, and what is unlike anything seen', () => {
    const { before, after } = effectOf(adapted({ frames: [stays, changes] }), null);
    expect(before.confidence).toBeCloseTo((0.8 + 0.4) / 2);
    expect(after.confidence).toBeCloseTo((0.8 + 0.9) / 2);
    expect([before.unlike, after.unlike]).toEqual([1, 0]);
  });

  it('is worse when its held-out accuracy is below the live head’s by more than chance', () => {
    const withAccuracy = (low: number, high: number) =>
      adapted({ trained: { ...trained, report: { ...trained.report, accuracy: share(low, high) } } });
    expect(effectOf(withAccuracy(0.6, 0.7), share(0.8, 0.9)).worse).toBe(true);
    expect(effectOf(withAccuracy(0.6, 0.85), share(0.8, 0.9)).worse).toBe(false);
    expect(effectOf(withAccuracy(0.6, 0.7), null).worse).toBe(false);
  });

  it('changes an answer when the class changes, or whether it is like anything seen', () => {
    expect(isChanged(stays)).toBe(false);
    expect(isChanged({ before: says('Oak'), after: says('Elm') })).toBe(true);
    expect(isChanged({ before: says('Oak', 0.8, true), after: says('Oak') })).toBe(true);
  });
});

describe('the shift between two sets of images', () => {
  it('is 0 when they drift alike, and the same in both directions', () => {
    expect(shiftOf(drift(1), drift(1))).toBe(0);
    expect(shiftOf(drift(2), drift(1))).toBeCloseTo(Math.log(2));
    expect(shiftOf(drift(1), drift(2))).toBeCloseTo(Math.log(2));
  });

  it('sees a layer that drifts more among others that drift less', () => {
    const mixed = [
      { layer: 'a', mean: 0.2, variance: 0.3 },
      { layer: 'b', mean: 0.05, variance: 0.3 },
    ];
    expect(shiftOf(mixed, drift(1))).toBeCloseTo(Math.sqrt((2 * Math.log(2) ** 2) / 4));
  });

  it('is a number where a layer does not drift at all', () =>
    expect(shiftOf([{ layer: 'a', mean: 0, variance: 0 }], drift(1))).toBe(0));
});
