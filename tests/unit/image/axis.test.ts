import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resizeAxis } from '../../../src/image/axis.ts';

function taps(length: number, size: number): { from: number; weights: number[] }[] {
  const { first, start, weights } = resizeAxis(length, size);
  return Array.from(first, (from, j) => ({ from, weights: [...weights.slice(start[j], start[j + 1])] }));
}

describe('resizeAxis', () => {
  it('weighs each input by the whole number of 1/size that it is covered by, when shrinking', () => {
    // 5 inputs of 2 halves each: outputs of 5 halves, so 2 + 2 + 1 and 1 + 2 + 2.
    expect(taps(5, 2)).toEqual([
      { from: 0, weights: [2, 2, 1] },
      { from: 2, weights: [1, 2, 2] },
    ]);
    expect(resizeAxis(5, 2).total).toBe(5);
  });

  it('takes every input once when the size stays', () => {
    expect(taps(3, 3)).toEqual([0, 1, 2].map((from) => ({ from, weights: [3] })));
  });

  it('is linear between sample centres and repeats the edge, when enlarging', () => {
    // Centres at (j + 1/2) * 2/4 - 1/2 = -1/4, 1/4, 3/4, 5/4; the total is 2 * 4 = 8.
    expect(taps(2, 4)).toEqual([
      { from: 0, weights: [8] },
      { from: 0, weights: [6, 2] },
      { from: 0, weights: [2, 6] },
      { from: 1, weights: [8] },
    ]);
    expect(resizeAxis(2, 4).total).toBe(8);
  });

  it('takes a single input everywhere', () => {
    expect(taps(1, 3)).toEqual([0, 1, 2].map(() => ({ from: 0, weights: [6] })));
  });

  it('has weights that sum to the total, lie inside the input, and treat both ends alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 1, max: 300 }), (length, size) => {
        const { total } = resizeAxis(length, size);
        const all = taps(length, size);
        for (const [j, { from, weights }] of all.entries()) {
          expect(weights.reduce((sum, weight) => sum + weight)).toBe(total);
          expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
          expect(from).toBeGreaterThanOrEqual(0);
          expect(from + weights.length).toBeLessThanOrEqual(length);
          const mirror = new Map(
            all[size - 1 - j]?.weights.map((w, i) => [(all[size - 1 - j]?.from ?? 0) + i, w]),
          );
          weights.forEach((weight, i) => {
            expect(mirror.get(length - 1 - from - i) ?? 0).toBe(weight);
          });
        }
      }),
      { numRuns: 60 },
    );
  });
});
