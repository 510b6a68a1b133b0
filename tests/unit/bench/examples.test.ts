import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accuracyOf, drawExamples, randomFrom } from '../../../bench/examples.ts';
import type { Examples } from '../../../src/head/examples.ts';

/** `each` examples of each class, interleaved, whose two features are their row and its negative. */
function numbered(classes: number, each: number): Examples {
  const rows = Array.from({ length: classes * each }, (_, row) => row);
  return {
    features: Float32Array.from(rows.flatMap((row) => [row, -row])),
    classes: Array.from({ length: classes }, (_, c) => `class ${c}`),
    labels: rows.map((row) => row % classes),
  };
}

const rowsOf = ({ features }: Examples) => [...features].filter((_, i) => i % 2 === 0);

describe('drawExamples', () => {
  it('draws the same number of each class, each example at most once, with its own features and label', () => {
    const sizes = fc.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 20 }));
    fc.assert(
      fc.property(sizes, fc.integer({ min: 1, max: 20 }), fc.nat(), ([classes, each], perClass, seed) => {
        const drawn = drawExamples(numbered(classes, each), { perClass, rng: randomFrom(seed) });
        const rows = rowsOf(drawn);
        expect(new Set(rows).size).toBe(rows.length);
        expect([...drawn.features].filter((_, i) => i % 2 === 1)).toEqual(rows.map((row) => -row));
        expect(Array.from(drawn.labels)).toEqual(rows.map((row) => row % classes));
        drawn.classes.forEach((_, c) => {
          expect(rows.filter((row) => row % classes === c)).toHaveLength(Math.min(perClass, each));
        });
      }),
    );
  });

  it('draws the same for the same seed and otherwise for another', () => {
    const draw = (seed: number) =>
      rowsOf(drawExamples(numbered(4, 50), { perClass: 10, rng: randomFrom(seed) }));
    expect(draw(1)).toEqual(draw(1));
    // 10 of 50: two independent draws share 2 a class on average, 8 of 40.
    const shared = draw(1).filter((row) => draw(2).includes(row)).length;
    expect(shared).toBeLessThan(20);
  });

  it('gives every example of a class the same chance', () => {
    const counts = new Array<number>(20).fill(0);
    for (let seed = 0; seed < 2000; seed++)
      for (const row of rowsOf(drawExamples(numbered(2, 10), { perClass: 3, rng: randomFrom(seed) })))
        counts[row] = (counts[row] ?? 0) + 1;
    // Binomial(2000, 0.3): mean 600, deviation sqrt(2000 * 0.3 * 0.7) = 20.5; five of them.
    for (const count of counts) expect(Math.abs(count - 600)).toBeLessThan(5 * 20.5);
  });
});

describe('randomFrom', () => {
  it('is uniform in [0,1)', () => {
    const rng = randomFrom(7);
    const values = Array.from({ length: 10_000 }, rng);
    expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...values)).toBeLessThan(1);
    // Mean 1/2, deviation of the mean sqrt(1 / 12 / 10000) = 0.0029; five of them.
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * 0.0029);
  });
});

describe('accuracyOf', () => {
  it('is the share of rows whose greatest output is that of the label', () => {
    const examples = { ...numbered(2, 2), labels: [0, 1, 1, 0] };
    // rows say 0, 1, 0, 0: three of four
    expect(accuracyOf(Float64Array.of(2, 1, 0, 5, 4, 3, 1, -1), examples)).toBe(3 / 4);
  });
});
