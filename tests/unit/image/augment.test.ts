// Augmentation: what it keeps, what it changes, and that chance is given.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomFrom } from '../../../src/head/random.ts';
import { augment, sideToCrop } from '../../../src/image/augment.ts';

const picture = (side: number, value: (x: number, y: number, c: number) => number) =>
  Float32Array.from({ length: side * side * 3 }, (_, i) =>
    value(Math.floor(i / 3) % side, Math.floor(i / (3 * side)), i % 3),
  );

describe('augment', () => {
  it('stays in the range, has the size asked for, and is the same for the same chance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer(),
        fc.constantFrom([0, 1] as const, [-1, 1] as const, [0, 255] as const),
        (size, seed, range) => {
          const [low, high] = range;
          const random = randomFrom(seed);
          const given = picture(sideToCrop(size), () => low + (high - low) * random());
          const out = augment(given, { size, range }, randomFrom(seed));
          expect(out).toHaveLength(size * size * 3);
          expect(out.every((value) => value >= low && value <= high)).toBe(true);
          expect(augment(given, { size, range }, randomFrom(seed))).toEqual(out);
        },
      ),
    );
  });

  it('crops and mirrors, and with a chance of one half changes no colour', () => {
    // In this order: left, top, mirrored, brightness, contrast, saturation.
    const rng = (numbers: readonly number[]) => {
      const left = [...numbers];
      return () => left.shift() ?? 0;
    };
    const given = picture(4, (x, y, c) => (x + 4 * y) / 16 + c / 100);
    const neutral = [0.5, 0.5, 0.5];
    const corner = augment(given, { size: 2, range: [0, 1] }, rng([0, 0, 0.9, ...neutral]));
    const at = (x: number, y: number) => Math.fround((x + 4 * y) / 16);
    const reds = (out: Float32Array) => [0, 3, 6, 9].map((i) => out[i]);
    reds(corner).forEach((value, i) => {
      expect(value).toBeCloseTo(at(i % 2, Math.floor(i / 2)), 6);
    });
    const mirrored = augment(given, { size: 2, range: [0, 1] }, rng([0.99, 0.99, 0.1, ...neutral]));
    expect(reds(mirrored)[0]).toBeCloseTo(at(3, 2), 6);
    expect(reds(mirrored)[1]).toBeCloseTo(at(2, 2), 6);
  });

  it('leaves grey grey, whatever the saturation', () => {
    const given = picture(4, (x, y) => (x * y) / 9);
    const out = augment(given, { size: 4, range: [0, 1] }, randomFrom(3));
    for (let i = 0; i < out.length; i += 3) {
      expect(out[i + 1]).toBe(out[i]);
      expect(out[i + 2]).toBe(out[i]);
    }
  });

  it('refuses a picture that is too small, or not square', () => {
    expect(() => augment(new Float32Array(27), { size: 4, range: [0, 1] }, Math.random)).toThrow('4x4');
    expect(() => augment(new Float32Array(30), { size: 2, range: [0, 1] }, Math.random)).toThrow('no square');
  });
});
