// Which format an image is in, by its first bytes, and how large it is, before anything is decoded.
// A file's name or declared media type is never asked.
import { AppError } from '../contract/errors.ts';
import { MAX_IMAGE_PIXELS, MAX_IMAGE_SIDE } from '../contract/limits.ts';
import { damaged, hasText, type ImageFormat, type ImageHeader, unsupported } from './header.ts';
import { readJpegHeader } from './jpeg-header.ts';
import { readPngHeader } from './png-header.ts';
import { readWebpHeader } from './webp-header.ts';

/** How far white space is skipped in search of a text format, bytes. */
const MAX_LEADING_SPACE = 1024;

/** Formats that are recognised only to be named: what the bytes at an offset are, and how to call it. */
const NAMED: readonly (readonly [offset: number, magic: string, name: string])[] = [
  [0, 'GIF8', 'a GIF'],
  [0, 'BM', 'a BMP'],
  [0, 'II*\0', 'a TIFF or a camera raw file'],
  [0, 'MM\0*', 'a TIFF or a camera raw file'],
  [0, '\0\0\x01\0', 'an icon file'],
  [0, '\xff\x0a', 'a JPEG XL'],
  [0, '\0\0\0\x0cJXL ', 'a JPEG XL'],
  [0, '\0\0\0\x0cjP  ', 'a JPEG 2000'],
  [0, '%PDF', 'a PDF'],
  [4, 'ftypavif', 'an AVIF'],
  [4, 'ftypavis', 'an AVIF'],
  [4, 'ftyphe', 'a HEIC photo (iPhone: Settings, Camera, Formats, Most Compatible)'],
  [4, 'ftypmif1', 'a HEIF'],
  [4, 'ftypmsf1', 'a HEIF'],
  [4, 'ftyp', 'a video'],
];

/** Text formats, in lower case. */
const NAMED_TEXT: readonly (readonly [start: string, name: string])[] = [
  ['<svg', 'an SVG'],
  ['<?xml', 'an XML or SVG file'],
  ['<!doctype', 'a web page'],
  ['<html', 'a web page'],
  ['{', 'JSON'],
  ['data:', 'a data URL'],
];

/**
 * Tells an image's format by its magic bytes.
 * @throws AppError `image_invalid` when empty, `image_unsupported` (naming the format where it is known) otherwise
 */
export function sniffFormat(bytes: Uint8Array): ImageFormat {
  if (bytes.length === 0) throw damaged('The image is empty.');
  if (hasText(bytes, 0, '\xff\xd8')) return 'jpeg';
  if (hasText(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'png';
  if (hasText(bytes, 0, 'RIFF') && hasText(bytes, 8, 'WEBP')) return 'webp';
  const name = NAMED.find(([offset, magic]) => hasText(bytes, offset, magic))?.[2] ?? nameText(bytes);
  throw unsupported(name === undefined ? 'This is not a known image format.' : `This is ${name}.`);
}

/**
 * Reads an image's header and holds it against the limit, without decoding.
 * @param bytes the encoded image
 * @param options.maxPixels largest width times height, px
 * @throws AppError `image_unsupported`, `image_invalid` (damaged, incomplete or without pixels), `image_too_large`
 */
export function readImageHeader(
  bytes: Uint8Array,
  { maxPixels = MAX_IMAGE_PIXELS }: { readonly maxPixels?: number } = {},
): ImageHeader {
  const header = readHeaderOf(sniffFormat(bytes), bytes);
  const { width, height } = header;
  if (width === 0 || height === 0) throw damaged(`The image has no pixels (${width}x${height}).`);
  const most = Math.min(maxPixels, header.maxPixels ?? MAX_IMAGE_PIXELS);
  if (width * height > most || Math.max(width, height) > MAX_IMAGE_SIDE) {
    const other = header.format === 'webp' ? ', or send it as a JPEG' : '';
    throw new AppError('image_too_large', {
      detail:
        `The image has ${width}x${height} pixels; scale it down to at most ${most} in all ` +
        `and ${MAX_IMAGE_SIDE} along a side${other}.`,
    });
  }
  return header;
}

function readHeaderOf(format: ImageFormat, bytes: Uint8Array): ImageHeader {
  switch (format) {
    case 'jpeg':
      return readJpegHeader(bytes);
    case 'png':
      return readPngHeader(bytes);
    case 'webp':
      return readWebpHeader(bytes);
    default:
      return format satisfies never;
  }
}

function nameText(bytes: Uint8Array): string | undefined {
  let at = hasText(bytes, 0, '\xef\xbb\xbf') ? 3 : 0;
  while (at < MAX_LEADING_SPACE && ' \t\r\n'.includes(String.fromCharCode(bytes[at] ?? 0))) at++;
  const start = String.fromCharCode(...bytes.subarray(at, at + 16)).toLowerCase();
  return NAMED_TEXT.find(([text]) => start.startsWith(text))?.[1];
}
