// Size and EXIF block of a JPEG, read from its marker segments up to the first scan. Decodes nothing.
import { damaged, hasText, type ImageHeader, unsupported, viewOf, withoutExifPrefix } from './header.ts';

const TEM = 0x01;
const SOF0 = 0xc0;
const SOF2 = 0xc2;
const SOF15 = 0xcf;
const DHT = 0xc4;
const JPG = 0xc8;
const DAC = 0xcc;
const RST0 = 0xd0;
const EOI = 0xd9;
const SOS = 0xda;
const APP1 = 0xe1;
/**
 * The most scans (passes over the picture) that are decoded. Encoders write at most about 20; a hostile file can ask
 * for many thousand, of a few bytes each, and every one costs a walk over all blocks.
 */
const MAX_SCANS = 100;

/**
 * Reads the header of a JPEG: Huffman-coded baseline, extended or progressive, 8 bit, grey or three components.
 * @param bytes beginning with the start-of-image marker
 * @throws AppError `image_invalid` when truncated or without pixels, `image_unsupported` for other kinds of JPEG
 * @see ITU-T T.81, annex B
 */
export function readJpegHeader(bytes: Uint8Array): ImageHeader {
  const view = viewOf(bytes);
  let size: { readonly width: number; readonly height: number } | undefined;
  let exif: Uint8Array | null = null;
  for (let at = 2; ; ) {
    const { marker, next } = nextMarker(bytes, at);
    at = next;
    if (marker === TEM || (marker >= RST0 && marker < EOI)) continue;
    if (marker === SOS || marker === EOI) {
      checkScans(bytes, at - 2);
      break;
    }
    const length = at + 2 <= bytes.length ? view.getUint16(at) : 0;
    if (length < 2 || at + length > bytes.length) throw damaged('The JPEG ends within its header.');
    const body = bytes.subarray(at + 2, at + length);
    if (isFrame(marker)) size ??= readFrame(marker, body);
    if (marker === APP1 && hasText(body, 0, 'Exif\0')) exif ??= withoutExifPrefix(body);
    at += length;
  }
  if (size === undefined) throw damaged('The JPEG has no picture in it.');
  return { format: 'jpeg', ...size, exif };
}

function nextMarker(bytes: Uint8Array, from: number): { readonly marker: number; readonly next: number } {
  let at = bytes.indexOf(0xff, from);
  while (at >= 0) {
    while (bytes[at] === 0xff) at++;
    const marker = bytes[at];
    if (marker === undefined) break;
    if (marker !== 0) return { marker, next: at + 1 };
    at = bytes.indexOf(0xff, at);
  }
  throw damaged('The JPEG ends within its header.');
}

function checkScans(bytes: Uint8Array, from: number): void {
  let scans = 0;
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    if (bytes[at + 1] === EOI) return;
    if (bytes[at + 1] === SOS && ++scans > MAX_SCANS) {
      throw unsupported(`This JPEG is stored in more than ${MAX_SCANS} passes.`);
    }
  }
}

function isFrame(marker: number): boolean {
  return marker >= SOF0 && marker <= SOF15 && marker !== DHT && marker !== JPG && marker !== DAC;
}

function readFrame(marker: number, body: Uint8Array): { readonly width: number; readonly height: number } {
  if (body.length < 6) throw damaged('The JPEG ends within its header.');
  const view = viewOf(body);
  const components = view.getUint8(5);
  if (marker > SOF2) throw unsupported('This is a lossless, hierarchical or arithmetic-coded JPEG.');
  if (view.getUint8(0) !== 8) throw unsupported(`This JPEG has ${view.getUint8(0)} bits a channel.`);
  if (components === 4) throw unsupported('This JPEG is in CMYK, for printing.');
  if (components !== 1 && components !== 3) throw unsupported(`This JPEG has ${components} colour channels.`);
  return { width: view.getUint16(3), height: view.getUint16(1) };
}
