import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { nodeCodecs } from '../../../scripts/support/codecs.ts';
import { AppError } from '../../../src/contract/errors.ts';
import { type Codec, type Codecs, decodeImage, decodeInput } from '../../../src/image/decode.ts';
import type { Pixels } from '../../../src/image/pixels.ts';
import { preprocess } from '../../../src/image/preprocess.ts';
import { exifOf, golden, goldenNames, pngOf, webpOf } from '../../support/image-files.ts';

const refusal = (code: string) => expect.objectContaining({ name: 'AppError', code });

/** A WebP codec that answers so. */
function codecsOf(answer: () => Promise<Pixels>): Codecs {
  const codec: Codec = async (_, use) => use(await answer());
  return { webp: codec };
}

const pixel = (...data: number[]): Pixels => ({ width: 1, height: 1, data: Uint8Array.from(data) });

describe('decodeImage', () => {
  it('lays alpha over white, rounded to the nearest', async () => {
    const over = async (...rgba: number[]) => [
      ...(
        await decodeImage(
          webpOf(1, 1),
          codecsOf(async () => pixel(...rgba)),
        )
      ).data,
    ];
    // (10 * 100 + 255 * 155) / 255 = 158.92; (200 * 100 + 39525) / 255 = 233.43; (0 + 39525) / 255 = 155
    expect(await over(10, 200, 0, 100)).toEqual([159, 233, 155, 255]);
    expect(await over(10, 200, 0, 0)).toEqual([255, 255, 255, 255]);
    expect(await over(10, 200, 0, 255)).toEqual([10, 200, 0, 255]);
  });

  it('lays alpha over white alike for every byte, clamped array or not', async () => {
    const alphas = Array.from({ length: 256 }, (_, alpha) => [7, 100, 251, alpha]).flat();
    const results = await Promise.all(
      [Uint8Array, Uint8ClampedArray].map((Bytes) =>
        decodeImage(
          webpOf(16, 16),
          codecsOf(async () => ({ width: 16, height: 16, data: Bytes.from(alphas) })),
        ),
      ),
    );
    const expected = alphas.map((value, i) => {
      const alpha = alphas[i - (i % 4) + 3] ?? 0;
      return i % 4 === 3 ? 255 : Math.round((value * alpha + 255 * (255 - alpha)) / 255);
    });
    for (const { data } of results) expect([...data]).toEqual(expected);
  });

  it('turns the picture upright', async () => {
    const bytes = webpOf(2, 1, exifOf([[0x0112, 6]]));
    const stored = { width: 2, height: 1, data: Uint8Array.from([1, 1, 1, 255, 2, 2, 2, 255]) };
    expect(
      await decodeImage(
        bytes,
        codecsOf(async () => stored),
      ),
    ).toEqual({ ...stored, width: 1, height: 2 });
  });

  it('refuses pixels that are not what the header said', async () => {
    for (const found of [{ ...pixel(0, 0, 0, 255), width: 2 }, pixel(0, 0, 0)]) {
      await expect(
        decodeImage(
          webpOf(1, 1),
          codecsOf(async () => found),
        ),
      ).rejects.toEqual(refusal('image_invalid'));
    }
  });

  it('does not begin to decode what is too large', async () => {
    const decode = vi.fn(async () => pixel(0, 0, 0, 255));
    await expect(decodeImage(webpOf(3, 3), codecsOf(decode), { maxPixels: 8 })).rejects.toEqual(
      refusal('image_too_large'),
    );
    expect(decode).not.toHaveBeenCalled();
  });

  it('does not call an image damaged when the decoder itself is missing', async () => {
    const missing = codecsOf(() => Promise.reject(new Error('offline')));
    await expect(decodeImage(webpOf(1, 1), missing)).rejects.not.toBeInstanceOf(AppError);
  });

  it('keeps its pixels when the next image is decoded', async () => {
    const codecs = nodeCodecs();
    for (const name of ['jpeg-photo.jpg', 'png-rgb.png', 'webp-lossless.webp']) {
      const first = await decodeImage(golden(name), codecs);
      const copy = first.data.slice();
      await Promise.all(
        goldenNames().map((other) => decodeImage(golden(other), codecs).catch(() => undefined)),
      );
      expect(first.data).toEqual(copy);
    }
  });

  it('leaves the bytes that it is given as they are', async () => {
    for (const name of ['jpeg-orientation-6.jpg', 'png-alpha.png', 'webp-lossy-alpha.webp']) {
      const bytes = golden(name);
      await decodeImage(bytes, nodeCodecs());
      expect(bytes).toEqual(golden(name));
    }
  });

  it('takes a Buffer that shares its memory with others', async () => {
    const codecs = nodeCodecs();
    for (const name of ['jpeg-photo.jpg', 'png-rgb.png', 'webp-lossy.webp']) {
      const shared = Buffer.concat([Buffer.alloc(7), golden(name), Buffer.alloc(9)]);
      const inside = shared.subarray(7, shared.length - 9);
      expect(await decodeImage(inside, codecs)).toEqual(await decodeImage(golden(name), codecs));
    }
  });
});

describe('decodeInput', () => {
  it('gives the numbers of decodeImage and preprocess, to the bit, for every format and orientation', async () => {
    const codecs = nodeCodecs();
    for (const name of goldenNames().filter((file) => !/refused|photo/.test(file))) {
      for (const size of [31, 47, 64]) {
        const input = { size, range: [-1, 1] } as const;
        const expected = preprocess(await decodeImage(golden(name), codecs), input);
        expect(await decodeInput(golden(name), codecs, input)).toEqual(expected);
      }
    }
  });

  it('gives nearly these numbers for a JPEG of more than four times the size of the input', async () => {
    const codecs = nodeCodecs();
    for (const size of [32, 37, 47, 64, 75]) {
      const input = { size, range: [0, 255] } as const;
      const expected = preprocess(await decodeImage(golden('jpeg-photo.jpg'), codecs), input);
      const found = await decodeInput(golden('jpeg-photo.jpg'), codecs, input);
      const errors = found.map((value, i) => Math.abs(value - (expected[i] ?? Number.NaN)));
      // Reduced samples are rounded, and clipped where the full ones ring beyond white at a sharp edge.
      expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeLessThan(1);
      expect(errors.filter((error) => error > 4).length / errors.length).toBeLessThan(0.1);
    }
  });

  it('agrees with turning first where the square cannot be in the middle, for every orientation', async () => {
    const side = fc.integer({ min: 1, max: 9 });
    const orientation = fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8);
    await fc.assert(
      fc.asyncProperty(
        side,
        side,
        side,
        orientation,
        fc.infiniteStream(fc.nat(255)),
        async (w, h, size, n, bytes) => {
          const data = Uint8Array.from({ length: w * h * 4 }, (_, i) =>
            i % 4 === 3 ? 255 : (bytes.next().value ?? 0),
          );
          const codecs = codecsOf(async () => ({ width: w, height: h, data: data.slice() }));
          const image = webpOf(w, h, exifOf([[0x0112, n]]));
          const input = { size, range: [0, 1] } as const;
          const expected = preprocess(await decodeImage(image, codecs), input);
          expect(await decodeInput(image, codecs, input)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('writes into the place that it is given', async () => {
    const out = new Float32Array(2 * 12);
    const input = { size: 2, range: [0, 1] } as const;
    await decodeInput(golden('png-rgb.png'), nodeCodecs(), input, { out: out.subarray(12) });
    expect(out.subarray(0, 12).every((value) => value === 0)).toBe(true);
    expect(out.subarray(12)).toEqual(await decodeInput(golden('png-rgb.png'), nodeCodecs(), input));
  });

  it('says that the place does not fit, and decodes the next image', async () => {
    const codecs = nodeCodecs();
    const input = { size: 2, range: [0, 1] } as const;
    for (const name of ['jpeg-gray.jpg', 'png-rgb.png', 'webp-lossy.webp']) {
      const misfit = decodeInput(golden(name), codecs, input, { out: new Float32Array(11) });
      await expect(misfit).rejects.toEqual(refusal('shape_mismatch'));
      expect((await decodeInput(golden(name), codecs, input)).length).toBe(12);
    }
  });

  it('is bound by the same limits', async () => {
    const input = { size: 2, range: [0, 1] } as const;
    const large = decodeInput(pngOf(3, 3), nodeCodecs(), input, { maxPixels: 8 });
    await expect(large).rejects.toEqual(refusal('image_too_large'));
  });
});
