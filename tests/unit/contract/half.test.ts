import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromHalf, toHalf } from '../../../src/contract/half.ts';

const patterns = Uint16Array.from({ length: 0x10000 }, (_, i) => i);
const finite = [...fromHalf(patterns.subarray(0, 0x7c00))];

describe('fromHalf', () => {
  it('widens the landmarks of binary16', () => {
    const bits = Uint16Array.of(
      0x0000,
      0x0001,
      0x03ff,
      0x0400,
      0x3c00,
      0x3c01,
      0xc000,
      0x7bff,
      0x7c00,
      0xfc00,
    );
    expect([...fromHalf(bits)]).toEqual([
      0,
      2 ** -24,
      1023 * 2 ** -24,
      2 ** -14,
      1,
      1 + 2 ** -10,
      -2,
      (2 - 2 ** -10) * 2 ** 15,
      Infinity,
      -Infinity,
    ]);
    expect(fromHalf(Uint16Array.of(0x7c01))[0]).toBeNaN();
    expect(Object.is(fromHalf(Uint16Array.of(0x8000))[0], -0)).toBe(true);
  });
});

describe('toHalf', () => {
  it('gives back every pattern but the payload of a NaN', () => {
    const isNan = (bits: number) => (bits & 0x7fff) > 0x7c00;
    const expected = patterns.map((bits) => (isNan(bits) ? 0x7e00 : bits));
    const back = toHalf(fromHalf(patterns)).map((bits) => (isNan(bits) ? 0x7e00 : bits));
    expect(back).toEqual(expected);
  });

  it('rounds every midpoint to even, and its neighbours to the nearer side', () => {
    const floats = new Float32Array(1);
    const words = new Uint32Array(floats.buffer);
    for (let i = 0; i + 1 < finite.length; i++) {
      floats[0] = ((finite[i] ?? 0) + (finite[i + 1] ?? 0)) / 2;
      const middle = words[0] ?? 0;
      const around = new Float32Array(Uint32Array.of(middle - 1, middle, middle + 1).buffer);
      expect([...toHalf(around)], `between patterns ${i} and ${i + 1}`).toEqual([i, i + (i % 2), i + 1]);
    }
  });

  it('becomes infinity from half way beyond the largest half, and never NaN from a number', () => {
    expect([...toHalf(Float32Array.of(65519.99, 65520, -1e30))]).toEqual([0x7bff, 0x7c00, 0xfc00]);
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (value) => {
        const [back] = fromHalf(toHalf(Float32Array.of(value)));
        return Math.sign(back ?? Number.NaN) * Math.sign(value) >= 0;
      }),
    );
  });
});
