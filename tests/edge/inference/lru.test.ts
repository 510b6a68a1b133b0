import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLru } from '../../../worker/inference/lru.ts';

describe('createLru', () => {
  it('drops what was not used for longest', () => {
    const dropped: string[] = [];
    const lru = createLru<string, string>({ capacity: 2, drop: (value) => dropped.push(value) });
    lru.set('a', 'A');
    lru.set('b', 'B');
    expect(lru.get('a')).toBe('A');
    lru.set('c', 'C');
    expect(dropped).toEqual(['B']);
    expect(lru.keys).toEqual(['a', 'c']);
    expect(lru.get('b')).toBeUndefined();
  });

  it('drops a value that is replaced, and keeps alone one that is larger than the whole', () => {
    const dropped: number[] = [];
    const lru = createLru<string, number>({
      capacity: 10,
      sizeOf: (value) => value,
      drop: (value) => dropped.push(value),
    });
    lru.set('a', 3);
    lru.set('a', 4);
    lru.set('b', 11);
    expect(dropped).toEqual([3, 4]);
    expect([lru.size, lru.keys]).toEqual([11, ['b']]);
    lru.set('c', 1);
    expect(lru.keys).toEqual(['c']);
  });

  it('exceeds its capacity with a single value at most, and drops each value once', () => {
    const Step = fc.record({ key: fc.integer({ min: 0, max: 5 }), size: fc.integer({ min: 0, max: 12 }) });
    fc.assert(
      fc.property(fc.array(Step), (steps) => {
        const dropped: object[] = [];
        const lru = createLru<number, { size: number }>({
          capacity: 10,
          sizeOf: ({ size }) => size,
          drop: (value) => dropped.push(value),
        });
        for (const { key, size } of steps) {
          lru.set(key, { size });
          expect(lru.size <= 10 || lru.keys.length === 1).toBe(true);
        }
        const kept = lru.keys.map((key) => lru.get(key)?.size ?? Number.NaN);
        expect(kept.reduce((a, b) => a + b, 0)).toBe(lru.size);
        expect(new Set(dropped).size).toBe(dropped.length);
        expect(dropped.length + kept.length).toBe(steps.length);
      }),
    );
  });
});
