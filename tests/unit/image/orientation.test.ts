import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Orientation, orient, readOrientation } from '../../../src/image/orientation.ts';
import type { Pixels } from '../../../src/image/pixels.ts';
import { exifOf } from '../../support/image-files.ts';

const ORIENTATION = 0x0112;
const ALL: readonly Orientation[] = [1, 2, 3, 4, 5, 6, 7, 8];

describe('readOrientation', () => {
  it.each(ALL)('reads %i in either byte order, whatever stands before it', (value) => {
    for (const little of [true, false]) {
      const entries = [
        [0x010f, 9],
        [ORIENTATION, value],
      ] as const;
      expect(readOrientation(exifOf(entries, { little }))).toBe(value);
    }
  });

  it.each([
    ['no EXIF', null],
    ['no such tag', exifOf([[0x010f, 6]])],
    ['a value of 0', exifOf([[ORIENTATION, 0]])],
    ['a value of 9', exifOf([[ORIENTATION, 9]])],
    ['another type', exifOf([[ORIENTATION, 6]], { type: 4 })],
    ['no byte order', exifOf([[ORIENTATION, 6]]).fill(0x58, 0, 2)],
    ['no 42', exifOf([[ORIENTATION, 6]]).fill(0, 2, 4)],
    ['a directory far outside', exifOf([[ORIENTATION, 6]]).fill(0xff, 4, 8)],
  ])('counts %s as upright', (_, exif) => {
    expect(readOrientation(exif)).toBe(1);
  });

  it('counts what is cut off before the tag as upright', () => {
    const exif = exifOf([[ORIENTATION, 6]]);
    for (let length = 0; length <= exif.length; length++) {
      // Header 8, count 2, one entry of 12.
      expect(readOrientation(exif.subarray(0, length))).toBe(length < 22 ? 1 : 6);
    }
  });

  it('gives 1 to 8 for any bytes', () => {
    const start = fc.constantFrom([0x49, 0x49, 42, 0, 8, 0, 0, 0], [0x4d, 0x4d, 0, 42, 0, 0, 0, 8], []);
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 200 }), (header, rest) => {
        expect(ALL).toContain(readOrientation(Uint8Array.from([...header, ...rest])));
      }),
    );
  });
});

/** Pixels of three columns and two rows, `abc` over `def`, from letters. */
const letters = (text: string, width: number): Pixels => ({
  width,
  height: text.length / width,
  data: Uint8Array.from([...text].flatMap((letter) => [letter.charCodeAt(0), 0, 1, 255])),
});
const spell = ({ width, height, data }: Pixels) =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => String.fromCharCode(data[(y * width + x) * 4] ?? 0)).join(''),
  );

describe('orient', () => {
  it.each([
    [1, ['abc', 'def']],
    [2, ['cba', 'fed']],
    [3, ['fed', 'cba']],
    [4, ['def', 'abc']],
    [5, ['ad', 'be', 'cf']],
    [6, ['da', 'eb', 'fc']],
    [7, ['fc', 'eb', 'da']],
    [8, ['cf', 'be', 'ad']],
  ] as const)('makes upright what is stored as %i', (orientation, seen) => {
    expect(spell(orient(letters('abcdef', 3), orientation))).toEqual(seen);
  });

  it('is undone by its inverse and moves whole pixels', () => {
    const inverse = { 1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 8, 7: 7, 8: 6 } as const;
    const side = fc.integer({ min: 1, max: 9 });
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL),
        side,
        side,
        fc.infiniteStream(fc.nat(255)),
        (n, width, height, bytes) => {
          const data = Uint8Array.from({ length: width * height * 4 }, () => bytes.next().value ?? 0);
          const turned = orient({ width, height, data }, n);
          expect([turned.width, turned.height]).toEqual(n < 5 ? [width, height] : [height, width]);
          const back = orient(turned, inverse[n]);
          expect([...back.data]).toEqual([...data]);
        },
      ),
    );
  });

  it('takes pixels at any place in a buffer and leaves them as they are', () => {
    const { width, height, data } = letters('abcdef', 3);
    for (let shift = 0; shift < 4; shift++) {
      const buffer = new Uint8Array(shift + data.length);
      buffer.set(data, shift);
      expect(spell(orient({ width, height, data: buffer.subarray(shift) }, 3))).toEqual(['fed', 'cba']);
      expect([...buffer.subarray(shift)]).toEqual([...data]);
    }
  });
});
