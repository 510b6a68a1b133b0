import { describe, expect, it } from 'vitest';
import { logScale, signedScale } from '../../../../app/ui/scale.ts';

describe('signedScale', () => {
  const { place, ticks } = signedScale([-28, 7]);

  it('puts zero in the middle, and the greatest magnitude at both ends', () => {
    expect(place(0)).toBe(0.5);
    expect(place(28)).toBeCloseTo(1, 12);
    expect(place(-28)).toBeCloseTo(0, 12);
  });

  it('bends as ln(1 + |x| / 0.01)', () =>
    expect(place(0.1)).toBeCloseTo(0.5 + Math.log(1 + 10) / Math.log(1 + 2800) / 2, 12));

  it('leaves out ticks that lie beyond the values', () => {
    expect(ticks).toEqual([-10, -0.1, 0, 0.1, 10]);
    expect(signedScale([0.05]).ticks).toEqual([0]);
  });
});

describe('logScale', () => {
  const { place, ticks } = logScale([10], 0.001);

  it('goes from the floor to the greatest value by the logarithm', () => {
    expect(place(0.001)).toBe(0);
    expect(place(0.1)).toBeCloseTo(2 / 4, 12);
    expect(place(10)).toBeCloseTo(1, 12);
  });

  it('puts a variance that was stored as zero at the bottom', () => expect(place(0)).toBe(0));

  it('has a tick at each power of ten', () => expect(ticks).toEqual([0.001, 0.01, 0.1, 1, 10]));

  it('has a span even when no value is above the floor', () =>
    expect(logScale([0], 0.001).place(0.01)).toBe(1));
});
