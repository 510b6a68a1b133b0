// How the samples of a PNG are stored, and rows of them -> RGBA.
import { damaged, viewOf } from '../header.ts';

/** What the header, the palette and the transparency of a PNG say of its pixels. */
export interface PngFormat {
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
  readonly interlaced: boolean;
  /** Bits of one pixel. */
  readonly pixelBits: number;
  /** Turns `count` stored pixels into RGBA: 8 bits a channel, alpha not premultiplied. */
  expand(row: Uint8Array, count: number, out: Uint8Array): void;
}

/** Colour types. @see https://www.w3.org/TR/png-3/#3colourType */
const GREY = 0;
const RGB = 2;
const PALETTE = 3;
const GREY_ALPHA = 4;
const RGB_ALPHA = 6;

/** Channels and bit depths that each colour type may have. */
const KINDS: ReadonlyMap<number, { readonly channels: number; readonly depths: readonly number[] }> = new Map(
  [
    [GREY, { channels: 1, depths: [1, 2, 4, 8, 16] }],
    [RGB, { channels: 3, depths: [8, 16] }],
    [PALETTE, { channels: 1, depths: [1, 2, 4, 8] }],
    [GREY_ALPHA, { channels: 2, depths: [8, 16] }],
    [RGB_ALPHA, { channels: 4, depths: [8, 16] }],
  ],
);

/**
 * @param header what the IHDR chunk holds
 * @param palette what the PLTE chunk holds
 * @param transparency what the tRNS chunk holds
 * @throws AppError `image_invalid`
 */
export function readPngFormat(
  header: Uint8Array,
  palette: Uint8Array | undefined,
  transparency: Uint8Array | undefined,
): PngFormat {
  const view = viewOf(header);
  const [depth, type, compression, filter, interlace] = header.subarray(8);
  const kind = KINDS.get(type ?? -1);
  if (kind === undefined || depth === undefined || !kind.depths.includes(depth)) {
    throw damaged('The PNG has a kind of pixels that does not exist.');
  }
  if (compression !== 0 || filter !== 0 || (interlace !== 0 && interlace !== 1)) {
    throw damaged('The PNG is stored in a way that does not exist.');
  }
  if (type === PALETTE && palette === undefined) throw damaged('The PNG has lost its palette.');
  return {
    width: view.getUint32(0),
    height: view.getUint32(4),
    interlaced: interlace === 1,
    pixelBits: kind.channels * depth,
    expand:
      type === PALETTE
        ? paletteExpander(depth, palette ?? new Uint8Array(0), transparency ?? new Uint8Array(0))
        : type === GREY && depth < 8
          ? paletteExpander(depth, ...greyPalette(depth, transparency))
          : channelExpander(kind.channels, depth >> 3, transparency),
  };
}

/** The greys of a small depth, and which of them is transparent, as if they were a palette. */
function greyPalette(depth: number, transparency: Uint8Array | undefined): readonly [Uint8Array, Uint8Array] {
  const top = (1 << depth) - 1;
  const clear = transparency === undefined ? -1 : (transparency[1] ?? -1);
  const greys = Array.from({ length: top + 1 }, (_, i) => (i * 255) / top);
  return [
    Uint8Array.from(greys.flatMap((grey) => [grey, grey, grey])),
    Uint8Array.from(greys, (_, i) => (i === clear ? 0 : 255)),
  ];
}

/** Numbers beyond the palette are black, as in libpng. */
function paletteExpander(depth: number, palette: Uint8Array, alphas: Uint8Array): PngFormat['expand'] {
  const mask = (1 << depth) - 1;
  return (row, count, out) => {
    for (let i = 0, bit = 0, k = 0; i < count; i++, bit += depth, k += 4) {
      const index = ((row[bit >> 3] ?? 0) >> (8 - depth - (bit & 7))) & mask;
      out[k] = palette[index * 3] ?? 0;
      out[k + 1] = palette[index * 3 + 1] ?? 0;
      out[k + 2] = palette[index * 3 + 2] ?? 0;
      out[k + 3] = alphas[index] ?? 255;
    }
  };
}

/** Whole bytes; of 16 bits the upper 8 are taken. @param bytes of a sample: 1 or 2 */
function channelExpander(
  channels: number,
  bytes: number,
  transparency: Uint8Array | undefined,
): PngFormat['expand'] {
  const step = channels * bytes;
  const green = channels < 3 ? 0 : bytes;
  const alpha = channels % 2 === 0 ? step - bytes : -1;
  const clear =
    alpha < 0 && transparency !== undefined ? clearPixel(transparency, channels, bytes) : undefined;
  return (row, count, out) => {
    for (let i = 0, at = 0, k = 0; i < count; i++, at += step, k += 4) {
      out[k] = row[at] ?? 0;
      out[k + 1] = row[at + green] ?? 0;
      out[k + 2] = row[at + 2 * green] ?? 0;
      out[k + 3] = alpha < 0 ? 255 : (row[at + alpha] ?? 0);
      if (clear?.every((byte, b) => row[at + b] === byte)) out[k + 3] = 0;
    }
  };
}

/** The bytes of the one colour that is transparent; its samples have two bytes whatever the depth. */
function clearPixel(transparency: Uint8Array, channels: number, bytes: number): Uint8Array | undefined {
  if (transparency.length < 2 * channels) return undefined;
  return transparency.subarray(0, 2 * channels).filter((_, i) => bytes === 2 || i % 2 === 1);
}
