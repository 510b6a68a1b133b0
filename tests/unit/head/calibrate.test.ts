import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitTemperature, rejectionThreshold } from '../../../src/head/calibrate.ts';
import { softmax } from '../../../src/head/head.ts';
import { randomFrom } from '../../../src/head/random.ts';

const WIDE = { lowest: 0.01, highest: 100, otherwise: 0.7 };

/** Mean cross-entropy with the target of one example more, by definition. */
function loss(logits: Float64Array, labels: readonly number[], k: number, temperature: number): number {
  const n = labels.length;
  return (
    labels.reduce((sum, label, i) => {
      const p = softmax(logits.slice(i * k, (i + 1) * k), temperature);
      return (
        sum -
        p.reduce(
          (inner, value, c) => inner + (((c === label ? n : 0) + 1 / k) / (n + 1)) * Math.log(value),
          0,
        )
      );
    }, 0) / n
  );
}

describe('fitTemperature', () => {
  it('finds the worked example: three of four right with a logit of 1 against 0', () => {
    // The first class's share of the target: (3 · 4.5 + 0.5) / (4 · 5) = 0.7 = e^(1/T) / (e^(1/T) + 1)
    const logits = Float64Array.of(1, 0, 1, 0, 1, 0, 1, 0);
    expect(fitTemperature(logits, [0, 0, 0, 1], 2, WIDE)).toBeCloseTo(1 / Math.log(0.7 / 0.3), 9);
  });

  it('is the best temperature', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 2, max: 6 }), (seed, k) => {
        const rng = randomFrom(seed);
        const labels = Array.from({ length: 30 }, () => Math.floor(rng() * k));
        const logits = Float64Array.from(
          { length: 30 * k },
          (_, at) => rng() + (at % k === labels[Math.floor(at / k)] ? 0.4 : 0),
        );
        const best = fitTemperature(logits, labels, k, WIDE);
        for (const factor of [0.8, 0.98, 1.02, 1.25]) {
          const other = Math.min(100, Math.max(0.01, best * factor));
          expect(loss(logits, labels, k, best)).toBeLessThanOrEqual(loss(logits, labels, k, other) + 1e-12);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('grows with the scale of the logits', () => {
    const logits = Float64Array.of(1, 0, 0, 2, 1, 3, 5, 0);
    const labels = [0, 1, 0, 0];
    const once = fitTemperature(logits, labels, 2, WIDE);
    const thrice = fitTemperature(
      logits.map((value) => value * 3),
      labels,
      2,
      WIDE,
    );
    expect(thrice / once).toBeCloseTo(3, 6);
  });

  it('is not certain after a handful of right answers', () => {
    const temperature = fitTemperature(Float64Array.of(1, 0, 0, 1, 1, 0), [0, 1, 0], 2, WIDE);
    expect(softmax(Float64Array.of(1, 0), temperature)[0]).toBeCloseTo((3 + 1 / 2) / (3 + 1), 9);
  });

  it('stays within its bounds, and has a default', () => {
    expect(fitTemperature(Float64Array.of(1, 0, 0, 1), [1, 0], 2, WIDE)).toBeCloseTo(100, 3);
    expect(fitTemperature(Float64Array.of(1e-6, 0, 0, 1e-6), [0, 1], 2, WIDE)).toBeCloseTo(0.01, 6);
    expect(fitTemperature(new Float64Array(0), [], 3, WIDE)).toBe(0.7);
  });
});

describe('rejectionThreshold', () => {
  it('is the ceil(0.95 (n + 1))-th smallest score', () => {
    const scores = Array.from({ length: 99 }, (_, i) => (i * 37) % 99);
    expect(rejectionThreshold(scores)).toBe(95 - 1); // the 95th of 0..98
  });

  it('promises nothing below 19 scores', () => {
    expect(rejectionThreshold(Array.from({ length: 18 }, (_, i) => i))).toBeNull();
    expect(rejectionThreshold(Array.from({ length: 19 }, (_, i) => i))).toBe(18);
    expect(rejectionThreshold([])).toBeNull();
  });

  it('lets 95 per cent of fresh scores pass on average', () => {
    const rng = randomFrom(8);
    let passed = 0;
    for (let round = 0; round < 4000; round++) {
      const threshold = rejectionThreshold(Array.from({ length: 40 }, rng)) ?? 0;
      if (rng() <= threshold) passed++;
    }
    // ceil(0.95 · 41) / 41 = 39/41 = 0.9512; standard error sqrt(0.95 · 0.05 / 4000) = 0.0034
    expect(Math.abs(passed / 4000 - 39 / 41)).toBeLessThan(0.014);
  });
});
