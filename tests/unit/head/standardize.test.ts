import { describe, expect, it } from 'vitest';
import { fitStandardization, meanSquare } from '../../../src/head/standardize.ts';

describe('fitStandardization', () => {
  it('adds three per cent of the average variance to each', () => {
    // Feature 0: 1 and 3, mean 2, variance 1. Feature 1: always 5, variance 0. Average variance 1/2.
    const { mean, deviation } = fitStandardization([Float32Array.of(1, 5), Float32Array.of(3, 5)]);
    expect([...mean]).toEqual([2, 5]);
    expect(deviation[0]).toBeCloseTo(Math.sqrt(1 + 0.03 / 2), 6);
    expect(deviation[1]).toBeCloseTo(Math.sqrt(0 + 0.03 / 2), 6);
  });

  it('has deviation 1 where nothing varies, or where floats end', () => {
    expect([...fitStandardization([Float32Array.of(4, 0)]).deviation]).toEqual([1, 1]);
    const extreme = fitStandardization([Float32Array.of(3.4e38), Float32Array.of(-3.4e38)]);
    expect(Number.isFinite(extreme.deviation[0])).toBe(true);
  });
});

describe('meanSquare', () => {
  it('averages squared z-scores', () => {
    const standardize = { mean: Float32Array.of(1, 0), deviation: Float32Array.of(2, 1) };
    expect(meanSquare(standardize, Float32Array.of(5, 3))).toBe((2 ** 2 + 3 ** 2) / 2);
  });
});
