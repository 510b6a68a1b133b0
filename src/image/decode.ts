// Encoded image bytes -> pixels as the image is meant to be seen. The decoders themselves are given by the platform.
import { damaged } from './header.ts';
import { orient, readOrientation } from './orientation.ts';
import type { Pixels } from './pixels.ts';
import { readImageHeader } from './sniff.ts';

/**
 * Decodes one format: RGBA as stored, orientation not applied, alpha not premultiplied; the caller owns the result.
 * Rejects with AppError `image_invalid` for damaged or incomplete bytes, after which it must work as before; with
 * anything else only when the decoder itself cannot be had.
 */
export type Codec = (bytes: Uint8Array) => Promise<Pixels>;

/** A decoder for each format. */
export interface Codecs {
  readonly jpeg: Codec;
  readonly png: Codec;
  readonly webp: Codec;
}

/**
 * Decodes a JPEG, PNG or WebP, by its content: alpha laid over white, EXIF orientation applied.
 * @param bytes the encoded image; not changed
 * @param codecs what decodes
 * @param options.maxPixels largest width times height, read from the header before decoding, px
 * @returns opaque pixels
 * @throws AppError `image_unsupported`, `image_too_large`, `image_invalid`
 */
export async function decodeImage(
  bytes: Uint8Array,
  codecs: Codecs,
  options: { readonly maxPixels?: number } = {},
): Promise<Pixels> {
  const header = readImageHeader(bytes, options);
  const pixels = await codecs[header.format](bytes);
  const { width, height, data } = pixels;
  if (width !== header.width || height !== header.height || data.length !== width * height * 4) {
    throw damaged(`The image says ${header.width}x${header.height} pixels but holds ${width}x${height}.`);
  }
  if (header.format !== 'jpeg') layOverWhite(data);
  return orient(pixels, readOrientation(header.exif));
}

/** In place: c -> round((c * a + 255 * (255 - a)) / 255), a -> 255; halves cannot occur. */
function layOverWhite(data: Pixels['data']): void {
  for (let i = 0; i < data.length; i += 4) {
    const alpha = data[i + 3] ?? 255;
    if (alpha === 255) continue;
    const white = 255 * (255 - alpha) + 127;
    data[i] = Math.floor(((data[i] ?? 0) * alpha + white) / 255);
    data[i + 1] = Math.floor(((data[i + 1] ?? 0) * alpha + white) / 255);
    data[i + 2] = Math.floor(((data[i + 2] ?? 0) * alpha + white) / 255);
    data[i + 3] = 255;
  }
}
