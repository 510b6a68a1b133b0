import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { poolFeatures, poolingFactor } from '../../../src/trunk/pool.ts';

/** One image of one channel. */
const map = (rows: readonly (readonly number[])[]) => ({
  data: Float32Array.from(rows.flat()),
  shape: [1, rows.length, rows[0]?.length ?? 0, 1],
});

describe('poolFeatures', () => {
  it('takes the mean of each channel and image', () => {
    const activation = {
      data: Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40, 5, 50, 6, 60, 7, 70, 8, 80),
      shape: [2, 2, 2, 2],
    };
    expect(poolFeatures(activation, '1x1')).toEqual({
      data: Float32Array.of((1 + 2 + 3 + 4) / 4, 25, (5 + 6 + 7 + 8) / 4, 65),
      shape: [2, 2],
    });
  });

  it('takes the means of the four quarters, row by row, channels last', () => {
    const activation = { data: Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40), shape: [1, 2, 2, 2] };
    expect(poolFeatures(activation, '2x2')).toEqual({
      data: Float32Array.of(1, 10, 2, 20, 3, 30, 4, 40),
      shape: [1, 8],
    });
  });

  it('lets the quarters of an odd side overlap by the middle row and column', () => {
    const odd = map([
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ]);
    expect([...poolFeatures(odd, '2x2').data]).toEqual([
      (1 + 2 + 4 + 5) / 4,
      (2 + 3 + 5 + 6) / 4,
      (4 + 5 + 7 + 8) / 4,
      (5 + 6 + 8 + 9) / 4,
    ]);
    const oddWidth = map([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    expect([...poolFeatures(oddWidth, '2x2').data]).toEqual([1.5, 2.5, 4.5, 5.5]);
    expect([...poolFeatures(map([[7]]), '2x2').data]).toEqual([7, 7, 7, 7]);
  });

  it('adds in doubles', () => {
    const tenth = Math.fround(0.1);
    const cells = 10_000;
    const activation = { data: new Float32Array(cells).fill(tenth), shape: [1, 100, 100, 1] };
    expect(poolFeatures(activation, '1x1').data[0]).toBe(tenth);
  });

  it('gives each image what it gives it alone', () => {
    const batch = fc.tuple(
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 5 }),
    );
    fc.assert(
      fc.property(
        batch,
        fc.constantFrom('1x1' as const, '2x2' as const),
        fc.nat(),
        ([n, h, w], pooling, seed) => {
          const data = Float32Array.from({ length: n * h * w * 2 }, (_, i) => Math.sin(seed + i * i));
          const together = poolFeatures({ data, shape: [n, h, w, 2] }, pooling);
          const dim = 2 * poolingFactor(pooling);
          expect(together.shape).toEqual([n, dim]);
          for (let i = 0; i < n; i++) {
            const one = { data: data.subarray(i * h * w * 2, (i + 1) * h * w * 2), shape: [1, h, w, 2] };
            expect(poolFeatures(one, pooling).data).toEqual(together.data.subarray(i * dim, (i + 1) * dim));
          }
        },
      ),
    );
  });

  it.each<[readonly number[], number]>([
    [[1, 2, 2, 1], 3],
    [[2, 2, 1], 4],
    [[1, 0, 2, 1], 0],
    [[1, 2, 0, 1], 0],
  ])('refuses the shape %j with %i values', (shape, values) => {
    expect(() => poolFeatures({ data: new Float32Array(values), shape }, '2x2')).toThrow(
      expect.objectContaining({ code: 'shape_mismatch' }),
    );
  });
});
