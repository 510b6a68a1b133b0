import { describe, expect, it } from 'vitest';
import type { Prediction } from '../../../../../app/training/trainer.ts';
import { answerOf, ranked } from '../../../../../app/ui/use/answer.ts';
import { paint } from '../../../../../app/ui/use/heat-map.tsx';

const prediction = (scores: readonly number[], rejected = false): Prediction => ({
  scores: scores.map((score, i) => ({ class: null, label: 'abc'[i] ?? '', score })),
  ...{ rejected, ms: { preprocess: 0, trunk: 0, head: 0 }, evidence: null },
});

describe('answerOf', () => {
  it('is sure of the most probable class from the threshold on', () => {
    expect(answerOf(prediction([0.2, 0.5, 0.3]), 0.5)).toMatchObject({ kind: 'sure', best: { label: 'b' } });
  });
  it('is unsure below the threshold', () => {
    expect(answerOf(prediction([0.2, 0.49, 0.31]), 0.5)).toMatchObject({
      kind: 'unsure',
      best: { label: 'b' },
    });
  });
  it('is sure of nothing that is unlike everything seen, however probable', () => {
    expect(answerOf(prediction([0, 1], true), 0.5)).toMatchObject({ kind: 'unlike' });
  });
  it('says nothing without classes', () => expect(answerOf(prediction([]), 0)).toBeNull());
});

describe('ranked', () => {
  it('puts the most probable first, of equals the first label', () => {
    const labels = ranked(prediction([0.25, 0.5, 0.25]).scores).map(({ label }) => label);
    expect(labels).toEqual(['b', 'a', 'c']);
  });
});

describe('paint', () => {
  const pixels = (values: readonly number[]) => {
    const all = [...paint({ height: 1, width: values.length, values: Float32Array.from(values) })];
    return values.map((_, i) => all.slice(i * 4, i * 4 + 4));
  };
  it('is lightest where the evidence is most, whatever its scale', () => {
    const [none, some, most] = pixels([0, 0.5, 1]);
    expect(pixels([0, 50, 100])).toEqual([none, some, most]);
    const light = ([r = 0, g = 0, b = 0]: readonly number[] = []) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
    expect(light(none)).toBeLessThan(light(some));
    expect(light(some)).toBeLessThan(light(most));
  });
  it('paints what speaks against a class as what says nothing', () => {
    const [against, nothing] = pixels([-3, 0, 1]);
    expect(against).toEqual(nothing);
  });
  it('paints no NaN where nothing speaks for it', () => {
    const [first, second] = pixels([-1, -2]);
    expect(first).toEqual(second);
    expect(first?.[3]).toBeGreaterThan(0);
  });
});
