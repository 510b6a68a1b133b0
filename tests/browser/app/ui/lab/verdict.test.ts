import { describe, expect, it } from 'vitest';
import { followsTheRule, movedLayers, verdictOf } from '../../../../../app/ui/lab/verdict.ts';
import { finePercent } from '../../../../../app/ui/lab/words.ts';
import { answering, labModes } from '../../../support/lab.ts';

describe('the verdict on a pair of flags', () => {
  it('is that the answer is the same only when it is so to the bit', () => {
    const answers = [answering({ Oak: 0.9, Elm: 0.1 }), answering({ Oak: 0.9, Elm: 0.1 })];
    expect(verdictOf({ answers, same: true })).toMatchObject({ kind: 'same', answer: { label: 'Oak' } });
    expect(verdictOf({ answers, same: false }).kind).toBe('shifts');
  });

  it('names the two answers of a class that are the furthest apart', () => {
    const answers = [0.8, 0.95, 0.6].map((oak) => answering({ Oak: oak, Elm: 1 - oak }));
    expect(verdictOf({ answers, same: false })).toEqual({
      kind: 'shifts',
      from: expect.objectContaining({ label: 'Oak', score: 0.95 }),
      to: expect.objectContaining({ label: 'Oak', score: 0.6 }),
    });
  });

  it('names the surest of the other classes when the class changes', () => {
    const answers = [
      answering({ Oak: 0.9, Elm: 0.1 }),
      answering({ Oak: 0.4, Elm: 0.6 }),
      answering({ Oak: 0.2, Elm: 0.8 }),
    ];
    expect(verdictOf({ answers, same: false })).toEqual({
      kind: 'changes',
      from: expect.objectContaining({ label: 'Oak', score: 0.9 }),
      to: expect.objectContaining({ label: 'Elm', score: 0.8 }),
    });
  });

  it('says nothing of a head without classes', () =>
    expect(verdictOf({ answers: [[], []], same: false })).toEqual({ kind: 'same', answer: undefined }));
});

describe('a probability that shifts', () => {
  it.each([
    [0.9876, '98.8\u00a0%'],
    [0.99949, '99.9\u00a0%'],
    [0.99999, '> 99.9\u00a0%'],
    [1, '100\u00a0%'],
    [0.05, '5\u00a0%'],
  ])('%d is said as %s', (share, said) => expect(finePercent(share)).toBe(said));
});

describe('layers that moved', () => {
  it('are those whose mean or variance went anywhere at all', () => {
    const still = { layer: 'a', mean: 0, variance: 0 };
    const moved = [still, { ...still, mean: 1e-12 }, { ...still, variance: 1e-12 }];
    expect(movedLayers({ moved })).toBe(2);
  });
});

describe('Keras’s rule', () => {
  const modes = labModes(2);

  it('is followed when only the trainable layer in training depends on the batch', () =>
    expect(followsTheRule(modes)).toBe(true));

  it.each([
    ['a frozen layer that depends on the batch', { same: false }],
    ['a frozen layer whose statistics move', { moved: [{ layer: 'a', mean: 0.001, variance: 0 }] }],
  ] as const)('is broken by %s, as in stock tfjs', (_, change) => {
    const broken = modes.map((mode, i) => (i === 2 ? { ...mode, ...change } : mode));
    expect(followsTheRule(broken)).toBe(false);
  });
});
