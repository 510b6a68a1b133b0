import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evaluate, wilson } from '../../../src/head/evaluate.ts';

/** Logits whose softmax at temperature 1 is the given probabilities. */
const logitsOf = (rows: number[][]) => Float64Array.from(rows.flat(), Math.log);

describe('evaluate', () => {
  const rows = [
    [0.7, 0.2, 0.1],
    [0.5, 0.4, 0.1],
    [0.1, 0.8, 0.1],
    [0.05, 0.9, 0.05],
  ];
  const result = evaluate({ logits: logitsOf(rows), labels: [0, 1, 1, 0], classes: 3, temperature: 1 });

  it('counts what was called what', () => {
    expect([...result.confusion]).toEqual([1, 1, 0, 1, 1, 0, 0, 0, 0]);
    expect(result.accuracy).toMatchObject({ value: 2 / 4, n: 4 });
    expect(result.recall).toEqual([1 / 2, 1 / 2, null]);
    expect(result.precision).toEqual([1 / 2, 1 / 2, null]);
  });

  it('measures how far confidence is from accuracy', () => {
    // Bins of 1/15: 0.7 and 0.5 alone, right and wrong; 0.8 (12th) alone, right; 0.9 (13th) alone, wrong.
    const gaps = [Math.abs(0.7 - 1), 0.5, Math.abs(0.8 - 1), 0.9];
    expect(result.calibrationError).toBeCloseTo(gaps.reduce((a, b) => a + b) / 4, 12);
  });

  it('ranks the doubtful by margin and the suspects by the probability of their label', () => {
    expect(result.doubtful).toEqual([1, 0, 2, 3]);
    expect(result.suspects).toEqual([3, 1]);
  });

  it('has no figures without predictions', () => {
    const none = evaluate({ logits: new Float64Array(0), labels: [], classes: 2, temperature: 1 });
    expect(none).toMatchObject({
      accuracy: null,
      calibrationError: null,
      recall: [null, null],
      doubtful: [],
    });
  });

  it('says nothing of temperature when it ranks', () => {
    const cooler = evaluate({ logits: logitsOf(rows), labels: [0, 1, 1, 0], classes: 3, temperature: 0.1 });
    expect(cooler.confusion).toEqual(result.confusion);
    expect(cooler.accuracy).toEqual(result.accuracy);
  });
});

describe('wilson', () => {
  it('gives the textbook interval', () => {
    // 8 of 10: centre (0.8 + 3.8415/20) / 1.38415, reach 1.95996/1.38415 · sqrt(0.16/10 + 3.8415/400)
    const { low, high } = wilson(8, 10);
    expect(low).toBeCloseTo(0.4901625, 6);
    expect(high).toBeCloseTo(0.9433178, 6);
  });

  it('holds the share and stays inside [0,1]', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9999 }), fc.nat(), (n, some) => {
        const { value, low, high } = wilson(some % (n + 1), n);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(value + 1e-12);
        expect(high).toBeGreaterThanOrEqual(value - 1e-12);
      }),
    );
  });
});
