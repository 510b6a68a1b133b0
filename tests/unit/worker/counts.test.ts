import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addCounts,
  bucketLimit,
  bucketOf,
  count,
  noCounts,
  percentile,
} from '../../../worker/observe/counts.ts';

const prediction = (predictionMs: number) => ({ principal: 'key', code: null, predictionMs });

describe('counts', () => {
  it('count requests, predictions, callers and errors', () => {
    const observed = [
      prediction(3),
      prediction(700),
      { principal: 'anonymous', code: 'image_invalid', predictionMs: null },
      { principal: 'anonymous', code: 'image_invalid', predictionMs: null },
    ];
    expect(observed.reduce(count, noCounts())).toEqual({
      requests: 4,
      predictions: 2,
      principals: { key: 2, anonymous: 2 },
      errors: { image_invalid: 2 },
      // ceil(4 log2 3) = ceil(6.34) and ceil(4 log2 700) = ceil(37.8)
      durations: { 7: 1, 38: 1 },
    });
  });

  it('add up in any grouping', () => {
    const observation = fc.record({
      principal: fc.constantFrom('key', 'device'),
      code: fc.constantFrom(null, 'internal', 'not_found'),
      predictionMs: fc.option(fc.double({ min: 0, max: 1e5, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(observation), fc.array(observation), (a, b) => {
        const sum = (each: typeof a) => each.reduce(count, noCounts());
        expect(addCounts(sum(a), sum(b))).toEqual(sum([...a, ...b]));
      }),
    );
  });
});

describe('bucketOf', () => {
  it('puts a duration where the limit is not below it, nor more than 2^(1/4) above', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (ms) => {
        const limit = bucketLimit(bucketOf(ms));
        expect(limit).toBeGreaterThanOrEqual(ms * (1 - 1e-12));
        expect(limit).toBeLessThanOrEqual(Math.max(1, ms * 2 ** 0.25) * (1 + 1e-12));
      }),
    );
  });
});

describe('percentile', () => {
  it('is null of nothing', () => {
    expect(percentile({}, 0.5)).toBeNull();
  });

  it('is the limit of the bucket where the share is reached', () => {
    // Of 100: 90 up to 1 ms, 9 up to 2^(8/4) = 4 ms, 1 up to 2^(40/4) = 1024 ms.
    const durations = { 40: 1, 0: 90, 8: 9 };
    expect([0.5, 0.9, 0.95, 0.99, 1].map((q) => percentile(durations, q))).toEqual([1, 1, 4, 4, 1024]);
  });
});
