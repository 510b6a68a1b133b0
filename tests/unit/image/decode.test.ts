import { describe, expect, it, vi } from 'vitest';
import { nodeCodecs } from '../../../scripts/support/codecs.ts';
import { AppError } from '../../../src/contract/errors.ts';
import { type Codecs, decodeImage } from '../../../src/image/decode.ts';
import type { Pixels } from '../../../src/image/pixels.ts';
import { exifOf, golden, pngChunk, pngOf } from '../../support/image-files.ts';

const refusal = (code: string) => expect.objectContaining({ name: 'AppError', code });

/** Codecs that all answer alike. */
function codecsOf(answer: () => Promise<Pixels>): Codecs {
  return { jpeg: answer, png: answer, webp: answer };
}

const pixel = (...data: number[]): Pixels => ({ width: 1, height: 1, data: Uint8Array.from(data) });

describe('decodeImage', () => {
  it('lays alpha over white, rounded to the nearest', async () => {
    const over = async (...rgba: number[]) => [
      ...(
        await decodeImage(
          pngOf(1, 1),
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
          pngOf(16, 16),
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
    const bytes = pngOf(2, 1, { extra: pngChunk('eXIf', exifOf([[0x0112, 6]])) });
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
          pngOf(1, 1),
          codecsOf(async () => found),
        ),
      ).rejects.toEqual(refusal('image_invalid'));
    }
  });

  it('does not begin to decode what is too large', async () => {
    const decode = vi.fn(async () => pixel(0, 0, 0, 255));
    await expect(decodeImage(pngOf(3, 3), codecsOf(decode), { maxPixels: 8 })).rejects.toEqual(
      refusal('image_too_large'),
    );
    expect(decode).not.toHaveBeenCalled();
  });

  it('does not call an image damaged when the decoder itself is missing', async () => {
    const missing = codecsOf(() => Promise.reject(new Error('offline')));
    await expect(decodeImage(pngOf(1, 1), missing)).rejects.not.toBeInstanceOf(AppError);
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
