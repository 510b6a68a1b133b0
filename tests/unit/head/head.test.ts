import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyHead, type Head, rejectionScore, softmax, topK } from '../../../src/head/head.ts';
import { refusal } from './support.ts';

/** Two features, three classes: z = ((x0 - 1) / 2, (x1 + 1) / 4). */
const head: Head = {
  kind: 'ridge',
  labels: ['ash', 'birch', 'cedar'],
  standardize: { mean: Float32Array.of(1, -1), deviation: Float32Array.of(2, 4) },
  layers: [
    { kernel: Float32Array.of(1, 0, -1, 0.5, 2, 0), bias: Float32Array.of(0.25, 0, 1), activation: 'linear' },
  ],
  calibration: { temperature: 0.5, rejectAbove: null },
};

describe('applyHead', () => {
  it('standardises, multiplies, adds the bias and divides by the temperature', () => {
    const { logits, probabilities, rejection } = applyHead(head, Float32Array.of(5, 7), 1); // z = (2, 2)
    expect([...logits]).toEqual([0.25 + 2 * 1 + 2 * 0.5, 2 * 0 + 2 * 2, 1 + 2 * -1 + 2 * 0]);
    const weights = [Math.exp((3.25 - 4) / 0.5), 1, Math.exp((-1 - 4) / 0.5)];
    const sum = weights.reduce((a, b) => a + b);
    weights.forEach((weight, c) => {
      expect(probabilities[c]).toBeCloseTo(weight / sum, 14);
    });
    const meanSquare = (2 ** 2 + 2 ** 2) / 2;
    const lead = 4 - (3.25 + 4 - 1) / 3;
    expect(rejection[0]).toBeCloseTo(Math.log(meanSquare) - lead / (3 * 0.5 * Math.sqrt(meanSquare)), 14);
  });

  it('runs a hidden layer with relu', () => {
    const deep: Head = {
      ...head,
      layers: [
        { kernel: Float32Array.of(1, -1, 1, -1), bias: Float32Array.of(0, 0.5), activation: 'relu' },
        {
          kernel: Float32Array.of(2, 0, 0, 9, 9, 9),
          bias: Float32Array.of(0, 0, 1),
          activation: 'linear',
        },
      ],
    };
    // z = (2, 2): hidden (4, max(0, -4 + 0.5)) = (4, 0)
    expect([...applyHead(deep, Float32Array.of(5, 7), 1).logits]).toEqual([8, 0, 1]);
  });

  it('gives a row the same numbers alone and among others', () => {
    const float = fc.float({ min: -1000, max: 1000, noNaN: true });
    fc.assert(
      fc.property(fc.array(fc.tuple(float, float), { minLength: 1, maxLength: 9 }), (rows) => {
        const all = applyHead(head, Float32Array.from(rows.flat()), rows.length);
        rows.forEach((row, i) => {
          const one = applyHead(head, Float32Array.from(row), 1);
          expect(all.logits.slice(3 * i, 3 * i + 3)).toEqual(one.logits);
          expect(all.probabilities.slice(3 * i, 3 * i + 3)).toEqual(one.probabilities);
          expect(all.rejection[i]).toBe(one.rejection[0]);
        });
      }),
    );
  });

  it('gives probabilities that sum to 1 whatever the finite features', () => {
    const float = fc.float({ noNaN: true, noDefaultInfinity: true });
    fc.assert(
      fc.property(float, float, (a, b) => {
        const { probabilities } = applyHead(head, Float32Array.of(a, b), 1);
        expect(probabilities.reduce((x, y) => x + y)).toBeCloseTo(1, 12);
      }),
    );
  });

  it('answers zero rows with nothing', () => {
    expect(applyHead(head, new Float32Array(0), 0).logits).toHaveLength(0);
  });

  it.each([
    ['a wrong length', [1, 2, 3]],
    ['NaN', [1, Number.NaN]],
    ['infinity', [Number.POSITIVE_INFINITY, 0]],
  ])('refuses features with %s', (_, features) => {
    expect(refusal(() => applyHead(head, Float32Array.from(features), 1))).toBe('features_invalid');
  });

  it('refuses a head whose layers do not chain', () => {
    const short = { ...head, labels: ['ash', 'birch'] };
    expect(refusal(() => applyHead(short, Float32Array.of(1, 2), 1))).toBe('head_invalid');
  });
});

describe('softmax', () => {
  it('survives logits that exp cannot take', () => {
    expect([...softmax(Float64Array.of(1e300, 0, -1e300), 1e-9)]).toEqual([1, 0, 0]);
  });
});

describe('rejectionScore', () => {
  it('rises with the z-scores and falls with the lead of the best class', () => {
    expect(rejectionScore(3, Float64Array.of(1, 0), 1)).toBeGreaterThan(
      rejectionScore(1, Float64Array.of(1, 0), 1),
    );
    expect(rejectionScore(1, Float64Array.of(2, 0), 1)).toBeLessThan(
      rejectionScore(1, Float64Array.of(1, 0), 1),
    );
  });

  it('calls what is far away strange, in whatever direction, and the average image not', () => {
    const far = applyHead(head, Float32Array.of(1e30, 0, 0, 1e30, -1e30, -1e30), 3);
    for (const score of far.rejection) expect(score).toBeGreaterThan(100);
    expect(rejectionScore(0, Float64Array.of(1, 1), 1)).toBeCloseTo(Math.log(1e-12), 12);
  });
});

describe('topK', () => {
  it('sorts by score and keeps the order of the labels on a tie', () => {
    expect(topK([0.25, 0.5, 0.25], ['ash', 'birch', 'cedar'], 2)).toEqual([
      { label: 'birch', score: 0.5 },
      { label: 'ash', score: 0.25 },
    ]);
  });

  it('gives all labels when asked for more', () => {
    expect(topK([0.4, 0.6], ['ash', 'birch'], 999)).toHaveLength(2);
  });
});
