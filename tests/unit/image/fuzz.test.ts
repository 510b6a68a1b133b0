// Hostile bytes at the door of decoding: whatever comes, the answer is pixels or a typed refusal, and the next image
// is decoded as if nothing had been.
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nodeCodecs } from '../../../scripts/support/codecs.ts';
import { AppError } from '../../../src/contract/errors.ts';
import { type Codecs, decodeImage } from '../../../src/image/decode.ts';
import { readImageHeader } from '../../../src/image/sniff.ts';
import { golden, goldenNames } from '../../support/image-files.ts';
import { outcome } from '../../support/image-golden.ts';

const REFUSALS = ['image_invalid', 'image_too_large', 'image_unsupported'];
const MAX_PIXELS = 200_000;

const isRefusal = (error: unknown) => error instanceof AppError && REFUSALS.includes(error.code);

/** A change of a file: bytes from a place on overwritten, cut out, or repeated; places as parts of its length. */
const change = fc.record({
  kind: fc.constantFrom('overwrite', 'cut', 'repeat'),
  at: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 0.05, noNaN: true })),
  bytes: fc.uint8Array({ minLength: 1, maxLength: 24 }),
});

const mutated = fc
  .tuple(fc.constantFrom(...goldenNames()), fc.array(change, { minLength: 1, maxLength: 6 }))
  .map(([name, changes]) =>
    changes.reduce((file, { kind, at, bytes }) => {
      const from = Math.floor(at * file.length);
      const [before, after] = [file.subarray(0, from), file.subarray(from)];
      const middle = kind === 'overwrite' ? bytes : kind === 'cut' ? [] : after.subarray(0, bytes.length);
      return Uint8Array.from([
        ...before,
        ...middle,
        ...(kind === 'repeat' ? after : after.subarray(bytes.length)),
      ]);
    }, golden(name)),
  );

/** Makes the checksums of a PNG right, so that the damage reaches the decoder. */
function withChecksums(damaged: Uint8Array): Uint8Array {
  const bytes = damaged.slice();
  const view = new DataView(bytes.buffer);
  for (let at = 8; at + 12 <= bytes.length; ) {
    const end = at + 12 + view.getUint32(at);
    if (end > bytes.length) break;
    view.setUint32(end - 4, crc32(bytes.subarray(at + 4, end - 4)));
    at = end;
  }
  return bytes;
}

async function expectPixelsOrRefusal(bytes: Uint8Array, codecs: Codecs): Promise<void> {
  try {
    const { width, height, data } = await decodeImage(bytes, codecs, { maxPixels: MAX_PIXELS });
    expect(data.length).toBe(width * height * 4);
    expect(width * height).toBeLessThanOrEqual(MAX_PIXELS);
  } catch (error) {
    if (!isRefusal(error)) throw error;
  }
}

describe('readImageHeader', () => {
  it('gives a header within the limit or a typed refusal for any bytes', () => {
    const start = fc.constantFrom(
      '',
      '\xff\xd8\xff',
      '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
      'RIFF\x10\0\0\0WEBPVP8',
    );
    const random = fc
      .tuple(start, fc.uint8Array({ maxLength: 300 }))
      .map(([text, rest]) => Uint8Array.from([...Buffer.from(text, 'latin1'), ...rest]));
    fc.assert(
      fc.property(fc.oneof(random, mutated), (bytes) => {
        try {
          const { width, height } = readImageHeader(bytes);
          expect(width * height).toBeGreaterThan(0);
        } catch (error) {
          if (!isRefusal(error)) throw error;
        }
      }),
      { numRuns: 3000 },
    );
  });
});

describe('decodeImage', () => {
  it.each([
    ['as it is', (bytes: Uint8Array) => bytes],
    ['with its checksums made right', withChecksums],
  ])('gives pixels or a typed refusal for a damaged file %s, and decodes the next one', async (_, repair) => {
    const codecs = nodeCodecs();
    const witnesses = ['jpeg-photo.jpg', 'png-alpha.png', 'webp-lossless-alpha.webp'].map(golden);
    const figures = () => Promise.all(witnesses.map((bytes) => outcome(bytes, codecs)));
    const before = await figures();
    await fc.assert(
      fc.asyncProperty(mutated, async (bytes) => {
        await expectPixelsOrRefusal(repair(bytes), codecs);
      }),
      { numRuns: 400 },
    );
    expect(await figures()).toEqual(before);
  });
});
