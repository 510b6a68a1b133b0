// Encoded image bytes -> pixels as the image is meant to be seen, or the trunk's input straight away.
// JPEG and PNG are decoded by this room's own code; the decoder for WebP is given by the platform.
import { damaged } from './header.ts';
import { decodeJpeg } from './jpeg/decode.ts';
import type { Scale } from './jpeg/frame.ts';
import { orient, readOrientation } from './orientation.ts';
import type { Pixels } from './pixels.ts';
import { decodePng } from './png/decode.ts';
import { type InputSpec, preprocess, Resizer, type ResizerOptions } from './preprocess.ts';
import { readImageHeader } from './sniff.ts';
import { layOverWhite } from './white.ts';

/**
 * Decodes one format and lends the pixels to `use`: RGBA as stored, orientation not applied, alpha not premultiplied.
 * They lie in the decoder's own heap, so that a large photo is not held twice: `use` runs at once, may overwrite them,
 * and must not keep them. Rejects with AppError `image_invalid` for damaged or incomplete bytes, after which it works
 * as before; with what `use` throws; and with anything else only when the decoder itself cannot be had.
 */
export type Codec = <R>(bytes: Uint8Array, use: (pixels: Pixels) => R) => Promise<R>;

/** What a platform gives. */
export interface Codecs {
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
export async function decodeImage(
  bytes: Uint8Array,
  codecs: Codecs,
  limits: DecodeLimits = {},
): Promise<Pixels> {
  const header = readImageHeader(bytes, limits);
  const orientation = readOrientation(header.exif);
  const upright = (pixels: Pixels) => (orientation === 1 ? pixels : orient(pixels, orientation));
  switch (header.format) {
    case 'jpeg':
      return upright(decodeJpeg(bytes));
    case 'png':
      return upright(collectPng(bytes, header));
    case 'webp':
      return lend(bytes, header, codecs.webp, (pixels) => orient(pixels, orientation));
    default:
      return header.format satisfies never;
  }
}

/**
 * Decodes an image and preprocesses it in one go, without a copy of the full-size image: what every prediction and
 * every training example goes through, on the phone and at the edge.
 * The numbers are those of `decodeImage` followed by `preprocess`, to the bit, except for JPEGs that are more than
 * four times as large as the input: they are decoded at a reduced scale, at least twice as large as the input, where
 * each pixel is the rounded average of a square of full-size ones.
 * @param input size and range of the trunk's input
 * @param options.out where to write, as for `preprocess`
 * @returns [size,size,3]
 * @throws AppError `image_unsupported`, `image_too_large`, `image_invalid`, `shape_mismatch`
 */
export async function decodeInput(
  bytes: Uint8Array,
  codecs: Codecs,
  input: InputSpec,
  { out, ...limits }: DecodeLimits & { readonly out?: Float32Array } = {},
): Promise<Float32Array> {
  const header = readImageHeader(bytes, limits);
  const orientation = readOrientation(header.exif);
  switch (header.format) {
    case 'jpeg':
      return inputOfJpeg(bytes, header, input, { orientation, ...(out && { out }) });
    case 'png':
      return inputOfPng(bytes, header, input, { orientation, ...(out && { out }) });
    case 'webp':
      return lend(bytes, header, codecs.webp, (pixels) => preprocess(pixels, input, out, orientation));
    default:
      return header.format satisfies never;
  }
}

/** All of a PNG. */
function collectPng(bytes: Uint8Array, { width, height }: Size): Pixels {
  const data = new Uint8Array(width * height * 4);
  decodePng(bytes, (y, row) => {
    const at = y * width * 4;
    for (let i = 0; i < row.length; i++) data[at + i] = (data[at + i] ?? 0) + (row[i] ?? 0);
  });
  return { width, height, data };
}

function inputOfPng(bytes: Uint8Array, size: Size, input: InputSpec, options: ResizerOptions): Float32Array {
  const resizer = new Resizer(size, input, options);
  decodePng(bytes, (y, row) => resizer.add(y, row));
  return resizer.finish();
}

/** Only the square is decoded, and reduced as far as leaves it twice as large as the input. */
function inputOfJpeg(bytes: Uint8Array, size: Size, input: InputSpec, options: ResizerOptions): Float32Array {
  const scale = scaleFor(Math.min(size.width, size.height), input.size);
  const resizer = new Resizer(size, input, { ...options, scale });
  const { region } = resizer;
  const { width, height, data } = decodeJpeg(bytes, { scale, region });
  for (let y = 0; y < height; y++) {
    resizer.add(region.y + y, data.subarray(y * width * 4, (y + 1) * width * 4), region.x);
  }
  return resizer.finish();
}

function scaleFor(side: number, size: number): Scale {
  const scales: readonly Scale[] = [8, 4, 2];
  return scales.find((scale) => side >= 2 * scale * size) ?? 1;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Lends opaque pixels, if they are as many as the header said. */
function lend<R>(bytes: Uint8Array, size: Size, codec: Codec, use: (pixels: Pixels) => R): Promise<R> {
  return codec(bytes, (pixels) => {
    const { width, height, data } = pixels;
    if (width !== size.width || height !== size.height || data.length !== width * height * 4) {
      throw damaged(`The image says ${size.width}x${size.height} pixels but holds ${width}x${height}.`);
    }
    layOverWhite(data);
    return use(pixels);
  });
}
