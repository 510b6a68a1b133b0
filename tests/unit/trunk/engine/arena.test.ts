// Where buffers lie: never two at one place at one time, and none further up than needed.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrange } from '../../../../src/trunk/engine/arena.ts';

const lifetime = fc
  .record({ bytes: fc.integer({ min: 0, max: 1000 }), from: fc.nat(20), length: fc.nat(5) })
  .map(({ bytes, from, length }) => ({ bytes, from, to: from + length }));

describe('arrange', () => {
  it('keeps buffers apart that are needed at the same time', () => {
    fc.assert(
      fc.property(fc.array(lifetime, { maxLength: 30 }), (buffers) => {
        const { offsets, bytes } = arrange(buffers);
        buffers.forEach((a, i) => {
          const start = offsets[i] ?? Number.NaN;
          expect(start % 64).toBe(0);
          expect(start + a.bytes).toBeLessThanOrEqual(bytes);
          buffers.slice(0, i).forEach((b, j) => {
            const other = offsets[j] ?? Number.NaN;
            const apart = start + a.bytes <= other || other + b.bytes <= start;
            expect(apart || a.to < b.from || b.to < a.from, `${i} and ${j}`).toBe(true);
          });
        });
      }),
    );
  });

  it('needs no more than the two that meet in a chain', () => {
    const chain = [640, 128, 640, 128, 640].map((bytes, i) => ({ bytes, from: i, to: i + 1 }));
    expect(arrange(chain)).toEqual({ offsets: [0, 640, 0, 640, 0], bytes: 768 });
  });
});
