import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interleave, meanAndError, relativeError, speedup, summarise } from '../../../bench/measure.ts';

describe('interleave', () => {
  it('takes the contenders in turns, drops the warm-up and times each run alone', async () => {
    let now = 0;
    const order: string[] = [];
    const costs = (name: string, ms: number) => ({
      name,
      run: async () => {
        order.push(name);
        now += ms;
      },
    });
    const samples = await interleave([costs('a', 3), costs('b', 5)], { rounds: 2, warmup: 1 }, () => now);
    expect(order.join('')).toBe('ababab');
    expect(samples).toEqual([
      [3, 3],
      [5, 5],
    ]);
  });
});

describe('summarise', () => {
  it('interpolates between the two neighbours of a quantile', () => {
    // 0.9 * (4 - 1) = 2.7: between 30 and 40, 0.7 of the way
    const { n, median, p10, p90 } = summarise([40, 10, 30, 20]);
    expect({ n, median, p10, p90 }).toEqual({ n: 4, median: 25, p10: 13, p90: expect.closeTo(37) });
  });

  it('stays between the least and the greatest, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (samples) => {
        const { median, p10, p90, p95 } = summarise(samples);
        const steps = [Math.min(...samples), p10, median, p90, p95, Math.max(...samples)];
        steps.slice(1).forEach((value, i) => {
          expect(value).toBeGreaterThanOrEqual((steps[i] ?? 0) - 1e-6);
        });
      }),
    );
  });
});

describe('speedup', () => {
  it('pairs the rounds, so that a slow round of both changes nothing', () => {
    // ratios 10/5, 1000/500, 40/10 with the median 2; the medians of the two, 10 and 40, would say 4
    expect(speedup([5, 500, 10], [10, 1000, 40])).toBe(2);
  });
});

describe('meanAndError', () => {
  it('is the deviation over the root of the count', () => {
    // mean 3; squares 4 + 0 + 4 = 8; variance 8 / 2 = 4; error 2 / sqrt 3
    expect(meanAndError([1, 3, 5])).toEqual({ mean: 3, error: expect.closeTo(2 / Math.sqrt(3)) });
  });

  it('has no error for one value', () => {
    expect(meanAndError([7])).toEqual({ mean: 7, error: null });
  });
});

describe('relativeError', () => {
  it('is the greatest difference over the greatest value', () => {
    // differences 0.5 and 1, greatest value 4
    expect(relativeError([-4.5, 1], [-4, 2])).toBe(1 / 4);
  });

  it('is infinite for another length and for what is not a number', () => {
    expect(relativeError([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(relativeError([Number.NaN], [1])).toBe(Number.POSITIVE_INFINITY);
  });
});
