// A PNG -> opaque rows, one after the other: it never lies in memory whole, neither inflated nor decoded.
// Gamma and colour profiles are not applied. Of an animation the still picture is decoded.
import { Unzlib } from 'fflate';
import { damaged } from '../header.ts';
import { checkPngChecksums, pngChunks } from '../png-header.ts';
import { layOverWhite } from '../white.ts';
import { readPngFormat } from './format.ts';
import { type Pass, Scanlines } from './rows.ts';

/** How much compressed data is inflated in one go, bytes: at most a thousand times as much comes out. */
const SLICE_BYTES = 8192;

/**
 * Takes a row of RGBA as wide as the picture; it is valid during the call. A row of an interlaced picture comes in
 * parts, each with zeros, in alpha too, in place of the pixels of the others.
 */
export type TakeRow = (y: number, rgba: Uint8Array) => void;

/**
 * Decodes a PNG of any kind: grey, RGB, palette, 1 to 16 bits (of which 8 are kept), alpha laid over white, interlaced.
 * @param bytes beginning with the PNG signature
 * @throws AppError `image_invalid`; what `take` throws
 * @see https://www.w3.org/TR/png-3/
 */
export function decodePng(bytes: Uint8Array, take: TakeRow): void {
  checkPngChecksums(bytes);
  const chunks = [...pngChunks(bytes)];
  const find = (name: string) => chunks.find(({ type }) => type === name)?.data;
  const format = readPngFormat(find('IHDR') ?? new Uint8Array(0), find('PLTE'), find('tRNS'));
  const pixels = new Uint8Array(format.width * 4);
  const row = new Uint8Array(format.interlaced ? format.width * 4 : 0);
  const lines = new Scanlines(format, (line, count, pass, y) => {
    format.expand(line, count, pixels);
    layOverWhite(pixels.subarray(0, count * 4));
    if (!format.interlaced) return take(y, pixels);
    spread(pixels, count, pass, row);
    take(y, row);
  });
  for (const data of inflated(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data))) {
    lines.push(data);
    if (lines.isComplete) return;
  }
  throw damaged('The PNG ends early.');
}

/** Inflates piece by piece. @throws AppError `image_invalid` */
function* inflated(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  const unzlib = new Unzlib((piece) => {
    pieces.push(piece);
  });
  const push = (data: Uint8Array, isLast: boolean): readonly Uint8Array[] => {
    pieces = [];
    try {
      unzlib.push(data, isLast);
    } catch (error) {
      throw damaged('The PNG is damaged or incomplete.', error);
    }
    return pieces;
  };
  for (const part of parts) {
    for (let at = 0; at < part.length; at += SLICE_BYTES) {
      yield* push(part.subarray(at, at + SLICE_BYTES), false);
    }
  }
  yield* push(new Uint8Array(0), true);
}

/** Puts the pixels of a pass where they belong in a row that is else empty. */
function spread(pixels: Uint8Array, count: number, { x, dx }: Pass, row: Uint8Array): void {
  row.fill(0);
  for (let i = 0; i < count; i++) row.set(pixels.subarray(i * 4, i * 4 + 4), (x + i * dx) * 4);
}
