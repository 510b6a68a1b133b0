// Encoded image bytes -> pixels as the image is meant to be seen, or the trunk's input straight away.
// The decoders themselves are given by the platform.
import { damaged } from './header.ts';
import { type Orientation, orient, readOrientation } from './orientation.ts';
import type { Pixels } from './pixels.ts';
import { type InputSpec, preprocess } from './preprocess.ts';
import { readImageHeader } from './sniff.ts';

/**
 * Decodes one format and lends the pixels to `use`: RGBA as stored, orientation not applied, alpha not premultiplied.
 * They lie in the decoder's own heap, so that a large photo is not held twice: `use` runs at once, may overwrite them,
 * and must not keep them. Rejects with AppError `image_invalid` for damaged or incomplete bytes, after which it works
 * as before; with what `use` throws; and with anything else only when the decoder itself cannot be had.
 */
export type Codec = <R>(bytes: Uint8Array, use: (pixels: Pixels) => R) => Promise<R>;

/** A decoder for each format. */
export interface Codecs {
  readonly jpeg: Codec;
  readonly png: Codec;
  readonly webp: Codec;
}

/** How large an image may be. */
export interface DecodeLimits {
  /** Largest width times height, px, read from the header before decoding; the contract's limit if not given. */
  readonly maxPixels?: number;
}

/**
 * Decodes a JPEG, PNG or WebP, by its content: alpha laid over white, EXIF orientation applied.
 * @param bytes the encoded image; not changed
 * @param codecs what decodes
 * @returns opaque pixels, the caller's own
 * @throws AppError `image_unsupported`, `image_too_large`, `image_invalid`
 */
export function decodeImage(bytes: Uint8Array, codecs: Codecs, limits: DecodeLimits = {}): Promise<Pixels> {
  return decode(bytes, codecs, limits, (pixels, orientation) =>
    orientation === 1 ? { ...pixels, data: pixels.data.slice() } : orient(pixels, orientation),
  );
}

/**
 * Decodes an image and preprocesses it in one go: the same numbers, to the bit, as `decodeImage` followed by
 * `preprocess`, but without any copy of the full-size image. Use it where memory is scarce.
 * @param input size and range of the trunk's input
 * @param options.out where to write, as for `preprocess`
 * @returns [size,size,3]
 * @throws AppError `image_unsupported`, `image_too_large`, `image_invalid`, `shape_mismatch`
 */
export function decodeInput(
  bytes: Uint8Array,
  codecs: Codecs,
  input: InputSpec,
  { out, ...limits }: DecodeLimits & { readonly out?: Float32Array } = {},
): Promise<Float32Array> {
  return decode(bytes, codecs, limits, (pixels, orientation) => preprocess(pixels, input, out, orientation));
}

async function decode<R>(
  bytes: Uint8Array,
  codecs: Codecs,
  limits: DecodeLimits,
  use: (pixels: Pixels, orientation: Orientation) => R,
): Promise<R> {
  const header = readImageHeader(bytes, limits);
  return codecs[header.format](bytes, (pixels) => {
    const { width, height, data } = pixels;
    if (width !== header.width || height !== header.height || data.length !== width * height * 4) {
      throw damaged(`The image says ${header.width}x${header.height} pixels but holds ${width}x${height}.`);
    }
    if (header.format !== 'jpeg') layOverWhite(data);
    return use(pixels, readOrientation(header.exif));
  });
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
