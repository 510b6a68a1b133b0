// A PNG -> opaque rows, one after the other: it never lies in memory whole, neither inflated nor decoded.
// Gamma and colour profiles are not applied. Of an animation the still picture is decoded.
import { damaged } from '../header.ts';
import { checkPngChecksums, pngChunks } from '../png-header.ts';
import { layOverWhite } from '../white.ts';
import { readPngFormat } from './format.ts';
import { inflate } from './inflate.ts';
import { type Pass, Scanlines } from './rows.ts';

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
  inflate(
    chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data),
    (data) => {
      lines.push(data);
      return !lines.isComplete;
    },
  );
  if (!lines.isComplete) throw damaged('The PNG ends early.');
}

/** Puts the pixels of a pass where they belong in a row that is else empty. */
function spread(pixels: Uint8Array, count: number, { x, dx }: Pass, row: Uint8Array): void {
  row.fill(0);
  for (let i = 0; i < count; i++) row.set(pixels.subarray(i * 4, i * 4 + 4), (x + i * dx) * 4);
}
