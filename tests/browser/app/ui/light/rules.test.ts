import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goalsOf, withFrame } from '../../../../../app/ui/light/rules.ts';

const frames = (labels: string) => [...labels].map((label) => ({ label: label === '-' ? null : label }));

describe('what an adaptation needs', () => {
  it.each([
    ['nothing yet', '', 4, { frames: [0, 10, false], classes: [0, 3, false], met: false }],
    [
      'ten frames of three classes',
      'aaaaaaaabc',
      4,
      { frames: [10, 10, true], classes: [3, 3, true], met: true },
    ],
    ['too few frames', 'abcabcabc', 4, { frames: [9, 10, false], classes: [3, 3, true], met: false }],
    ['too few classes', 'aaaaabbbbb', 4, { frames: [10, 10, true], classes: [2, 3, false], met: false }],
    [
      'both classes where there are two',
      'aaaaabbbbb',
      2,
      { frames: [10, 10, true], classes: [2, 2, true], met: true },
    ],
    [
      'frames of which nothing is said',
      'aaaabbbb--',
      2,
      { frames: [10, 10, true], classes: [2, 2, true], met: true },
    ],
  ] as const)('%s', (_, labels, classes, wanted) => {
    const { frames: f, classes: c, met } = goalsOf(frames(labels), classes);
    expect({ frames: [f.n, f.least, f.met], classes: [c.n, c.least, c.met], met }).toEqual(wanted);
  });

  it('counts the frames of each class', () =>
    expect([...goalsOf(frames('abb-b'), 2).seen]).toEqual([
      ['a', 1],
      ['b', 3],
    ]));
});

describe('one frame more', () => {
  it('than may be kept drops the oldest of the class that was seen most', () => {
    const before = frames('abbb');
    const { kept, dropped } = withFrame(before, { label: 'c' }, 4);
    expect(dropped).toBe(before[1]);
    expect(kept.map(({ label }) => label)).toEqual(['a', 'b', 'b', 'c']);
  });

  it('never drops a class that is rarer than another', () => {
    const label = fc.constantFrom('a', 'b', 'c', null);
    fc.assert(
      fc.property(fc.array(fc.record({ label }), { minLength: 12, maxLength: 60 }), (all) => {
        let kept: readonly { readonly label: string | null }[] = [];
        for (const frame of all) kept = withFrame(kept, frame, 12).kept;
        expect(kept).toHaveLength(12);
        expect(new Set(kept.map((frame) => frame.label))).toEqual(new Set(all.map((frame) => frame.label)));
      }),
    );
  });
});
