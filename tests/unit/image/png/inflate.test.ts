import { constants, deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/contract/errors.ts';
import { inflate } from '../../../../src/image/png/inflate.ts';

const refusal = expect.objectContaining({ name: 'AppError', code: 'image_invalid' });

function inflated(...parts: readonly Uint8Array[]): Uint8Array {
  const pieces: Uint8Array[] = [];
  inflate(parts, (bytes) => pieces.push(bytes.slice()) > 0);
  return new Uint8Array(Buffer.concat(pieces));
}

/** Repeats, runs and noise, some of it longer than the window. */
const content = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 300 }),
      fc
        .tuple(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.nat(20_000))
        .map(([bytes, times]) => new Uint8Array(Buffer.alloc(bytes.length * times, bytes))),
    ),
    { maxLength: 12 },
  )
  .map((parts) => new Uint8Array(Buffer.concat(parts)));
const options = fc.record({
  level: fc.integer({ min: 0, max: 9 }),
  strategy: fc.constantFrom(
    constants.Z_DEFAULT_STRATEGY,
    constants.Z_FIXED,
    constants.Z_HUFFMAN_ONLY,
    constants.Z_RLE,
  ),
  memLevel: fc.constantFrom(1, 8),
});

describe('inflate', () => {
  it('gives back what zlib deflated, however it is cut into parts', () => {
    fc.assert(
      fc.property(content, options, fc.array(fc.nat(5000), { maxLength: 4 }), (bytes, how, cuts) => {
        const stream = new Uint8Array(deflateSync(bytes, how));
        const at = [
          0,
          ...cuts.map((cut) => Math.min(cut, stream.length)).sort((a, b) => a - b),
          stream.length,
        ];
        const parts = at.slice(1).map((end, i) => stream.subarray(at[i], end));
        expect(Buffer.compare(inflated(...parts), bytes)).toBe(0);
      }),
      { numRuns: 300 },
    );
  });

  it('calls a stream that ends early invalid', () => {
    const stream = new Uint8Array(deflateSync(Buffer.from('the quick brown fox, the quick brown fox')));
    // The last four bytes are a checksum, which is not looked at.
    for (let length = 0; length < stream.length - 4; length++) {
      expect(() => inflated(stream.subarray(0, length))).toThrow(refusal);
    }
  });

  it.each([
    ['another method', [0x79, 0x9c]],
    ['a wrong header checksum', [0x78, 0x9d]],
    ['a preset dictionary', [0x78, 0xbb]],
    ['a block of no kind', [0x78, 0x9c, 0x07]],
    ['a stored block of two lengths', [0x78, 0x9c, 0x01, 1, 0, 0xff, 0xff, 0]],
    // Fixed codes, lowest bit first: 1, 01, then 257 = 0000001 and distance 00000, before anything was put out.
    ['a copy from before the beginning', [0x78, 0x9c, 0b00000011, 0b00000010, 0, 0]],
  ])('calls %s invalid', (_, bytes) => {
    expect(() => inflated(Uint8Array.from(bytes))).toThrow(refusal);
  });

  it('gives bytes or a refusal for any damage, within its window', () => {
    const stream = new Uint8Array(deflateSync(Buffer.from('abc '.repeat(500) + 'xyz'.repeat(40))));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(stream.length - 1), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        (changes) => {
          const bytes = stream.slice();
          for (const [at, value] of changes) bytes[at] = value;
          try {
            inflate([bytes], (piece) => piece.length <= 65_536);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('stops as soon as no more is wanted', () => {
    const bomb = new Uint8Array(deflateSync(Buffer.alloc(64 << 20)));
    let bytes = 0;
    inflate([bomb], (piece) => {
      bytes += piece.length;
      return bytes < 100_000;
    });
    expect(bytes).toBeLessThan(200_000);
  });
});
