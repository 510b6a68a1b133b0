import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Pixels } from '../../../src/image/pixels.ts';
import { centreSquare, preprocess } from '../../../src/image/preprocess.ts';

const RANGES = [
  [0, 1],
  [-1, 1],
  [0, 255],
] as const;

/** Random pixels; the dimensions reach both sides of the sizes asked for. */
const pixelsUpTo = (side: number): fc.Arbitrary<Pixels> =>
  fc
    .tuple(fc.integer({ min: 1, max: side }), fc.integer({ min: 1, max: side }))
    .chain(([width, height]) =>
      fc
        .uint8Array({ minLength: width * height * 4, maxLength: width * height * 4 })
        .map((data) => ({ width, height, data })),
    );

/** A grey row of pixels. */
const row = (...values: number[]): Pixels => ({
  width: values.length,
  height: 1,
  data: Uint8Array.from(values.flatMap((value) => [value, value, value, 255])),
});

/** A square grey image by rows. */
const square = (...rows: number[][]): Pixels => ({
  width: rows.length,
  height: rows.length,
  data: Uint8Array.from(rows.flat().flatMap((value) => [value, value, value, 255])),
});

const reds = (floats: Float32Array): number[] => Array.from(floats).filter((_, i) => i % 3 === 0);

/** The definition, as it stands in a book: the mean over the area that an output pixel covers. */
function areaMean({ width, data }: Pixels, { x, y, side }: ReturnType<typeof centreSquare>, size: number) {
  const step = side / size;
  const cover = (i: number, j: number) =>
    Math.max(0, Math.min(i + 1, (j + 1) * step) - Math.max(i, j * step));
  return (j: number, i: number, c: number): number => {
    let sum = 0;
    for (let v = 0; v < side; v++)
      for (let u = 0; u < side; u++)
        sum += cover(v, j) * cover(u, i) * (data[((y + v) * width + x + u) * 4 + c] ?? 0);
    return sum / step ** 2;
  };
}

/** The definition: bilinear between the four nearest pixel centres, the edge repeated. */
function bilinear({ width, data }: Pixels, { x, y, side }: ReturnType<typeof centreSquare>, size: number) {
  const at = (v: number, u: number, c: number) => {
    const clamp = (n: number) => Math.min(Math.max(n, 0), side - 1);
    return data[((y + clamp(v)) * width + x + clamp(u)) * 4 + c] ?? 0;
  };
  return (j: number, i: number, c: number): number => {
    const v = ((j + 0.5) * side) / size - 0.5;
    const u = ((i + 0.5) * side) / size - 0.5;
    const [v0, u0] = [Math.floor(v), Math.floor(u)];
    const mix = (a: number, b: number, t: number) => a + (b - a) * t;
    return mix(
      mix(at(v0, u0, c), at(v0, u0 + 1, c), u - u0),
      mix(at(v0 + 1, u0, c), at(v0 + 1, u0 + 1, c), u - u0),
      v - v0,
    );
  };
}

describe('centreSquare', () => {
  it('cuts the extra column or row of an odd remainder at the right or the bottom', () => {
    expect(centreSquare(7, 4)).toEqual({ x: 1, y: 0, side: 4 }); // 3 over: 1 left, 2 right
    expect(centreSquare(4, 7)).toEqual({ x: 0, y: 1, side: 4 });
    expect(centreSquare(6, 4)).toEqual({ x: 1, y: 0, side: 4 });
    expect(centreSquare(5, 5)).toEqual({ x: 0, y: 0, side: 5 });
  });
});

describe('preprocess', () => {
  it('averages what an output pixel covers, in part where it is covered in part', () => {
    // 3 to 2: each output is 1.5 x 1.5 inputs. Top left: (0 + 30/2 + 90/2 + 60/4) / 2.25 = 75 / 2.25 = 100 / 3.
    const floats = preprocess(square([0, 30, 60], [90, 60, 30], [0, 0, 90]), { size: 2, range: [0, 255] });
    expect(floats[0]).toBe(Math.fround(100 / 3));
    // Bottom right: (60/4 + 30/2 + 0/2 + 90) / 2.25 = 120 / 2.25 = 160 / 3.
    expect(floats[9]).toBe(Math.fround(160 / 3));
  });

  it('interpolates when enlarging', () => {
    // Centres at -1/4, 1/4, 3/4, 5/4 of 0 and 100: 0, 25, 75, 100.
    const floats = preprocess(square([0, 100], [0, 100]), { size: 4, range: [0, 255] });
    expect(reds(floats).slice(0, 4)).toEqual([0, 25, 75, 100]);
  });

  it('takes only the centre square', () => {
    const floats = preprocess(row(9, 7, 8), { size: 1, range: [0, 255] });
    expect(reds(floats)).toEqual([7]);
  });

  it('keeps channels in the order red, green, blue and ignores alpha', () => {
    const data = Uint8ClampedArray.from([255, 51, 0, 0]);
    const floats = preprocess({ width: 1, height: 1, data }, { size: 1, range: [-1, 1] });
    expect([...floats]).toEqual([1, Math.fround(-1 + 2 * (51 / 255)), -1]);
  });

  it('agrees with the area integral and with bilinear interpolation as defined', () => {
    fc.assert(
      fc.property(pixelsUpTo(12), fc.integer({ min: 1, max: 16 }), (pixels, size) => {
        const crop = centreSquare(pixels.width, pixels.height);
        const reference = (size <= crop.side ? areaMean : bilinear)(pixels, crop, size);
        const floats = preprocess(pixels, { size, range: [0, 255] });
        for (let j = 0, k = 0; j < size; j++)
          for (let i = 0; i < size; i++)
            for (let c = 0; c < 3; c++, k++) {
              // float32 of at most 255: half a unit in the last place is 7.6e-6.
              expect(Math.abs((floats[k] ?? Number.NaN) - reference(j, i, c))).toBeLessThan(8e-6);
            }
      }),
      { numRuns: 150 },
    );
  });

  it('gives each value exactly at black, at white and where the size stays', () => {
    for (const range of RANGES) {
      for (const [value, expected] of [
        [0, range[0]],
        [255, range[1]],
      ] as const) {
        const grey = { width: 37, height: 23, data: new Uint8Array(37 * 23 * 4).fill(value) };
        for (const size of [7, 23, 64]) {
          expect(new Set(preprocess(grey, { size, range }))).toEqual(new Set([expected]));
        }
      }
    }
    const same = square([1, 2, 3], [4, 5, 6], [7, 8, 9]);
    expect(reds(preprocess(same, { size: 3, range: [0, 255] }))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('gives a mirrored image the mirrored numbers, bit for bit', () => {
    fc.assert(
      fc.property(pixelsUpTo(20), fc.integer({ min: 1, max: 24 }), (pixels, size) => {
        fc.pre(pixels.width <= pixels.height || (pixels.width - pixels.height) % 2 === 0);
        const { width, height, data } = pixels;
        const mirrored = new Uint8Array(data.length);
        for (let y = 0; y < height; y++)
          for (let x = 0; x < width; x++)
            mirrored.set(
              data.subarray((y * width + x) * 4, (y * width + x + 1) * 4),
              (y * width + width - 1 - x) * 4,
            );
        const straight = preprocess(pixels, { size, range: [0, 1] });
        const turned = preprocess({ width, height, data: mirrored }, { size, range: [0, 1] });
        for (let j = 0; j < size; j++)
          for (let i = 0; i < size; i++)
            for (let c = 0; c < 3; c++)
              expect(turned[(j * size + i) * 3 + c]).toBe(straight[(j * size + size - 1 - i) * 3 + c]);
      }),
      { numRuns: 60 },
    );
  });

  it('stays in the range', () => {
    fc.assert(
      fc.property(
        pixelsUpTo(9),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(...RANGES),
        (pixels, size, range) => {
          for (const value of preprocess(pixels, { size, range })) {
            expect(value).toBeGreaterThanOrEqual(range[0]);
            expect(value).toBeLessThanOrEqual(range[1]);
          }
        },
      ),
    );
  });

  it('writes into its place in a batch and nowhere else', () => {
    const pixels = square([10, 20], [30, 40]);
    const batch = new Float32Array(3 * 12).fill(-7);
    const given = batch.subarray(12, 24);
    expect(preprocess(pixels, { size: 2, range: [0, 1] }, given)).toBe(given);
    expect([...given]).toEqual([...preprocess(pixels, { size: 2, range: [0, 1] })]);
    expect(new Set([...batch.subarray(0, 12), ...batch.subarray(24)])).toEqual(new Set([-7]));
  });

  it('reads pixels that begin in the middle of a buffer', () => {
    const pixels = square([10, 20], [30, 40]);
    const buffer = new Uint8Array(3 + pixels.data.length);
    buffer.set(pixels.data, 3);
    const inside = { ...pixels, data: buffer.subarray(3) };
    expect(preprocess(inside, { size: 3, range: [0, 1] })).toEqual(
      preprocess(pixels, { size: 3, range: [0, 1] }),
    );
  });

  it.each([
    ['too few bytes', { width: 2, height: 2, data: new Uint8Array(15) }, 2, undefined],
    ['no pixels', { width: 0, height: 0, data: new Uint8Array(0) }, 2, undefined],
    ['a size of zero', { width: 1, height: 1, data: new Uint8Array(4) }, 0, undefined],
    ['a fractional size', { width: 1, height: 1, data: new Uint8Array(4) }, 1.5, undefined],
    ['an output of another size', { width: 1, height: 1, data: new Uint8Array(4) }, 2, new Float32Array(11)],
  ])('refuses %s', (_, pixels, size, out) => {
    expect(() => preprocess(pixels, { size, range: [0, 1] }, out)).toThrow(
      expect.objectContaining({ code: 'shape_mismatch' }),
    );
  });
});
