// Size and EXIF block of a JPEG, read from its marker segments up to the first scan. Decodes nothing.
import { damaged, hasText, type ImageHeader, unsupported, viewOf, withoutExifPrefix } from './header.ts';
import { APP1, EOI, isFrame, nextMarker, nextSegment, SOF2, SOS } from './jpeg/markers.ts';

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
  let size: { readonly width: number; readonly height: number } | undefined;
  let exif: Uint8Array | null = null;
  for (let at = 2; ; ) {
    const { marker } = nextMarker(bytes, at);
    if (marker === SOS || marker === EOI) {
      checkScans(bytes, at);
      break;
    }
    const { body, next } = nextSegment(bytes, at);
    if (isFrame(marker)) size ??= readFrame(marker, body);
    if (marker === APP1 && hasText(body, 0, 'Exif\0')) exif ??= withoutExifPrefix(body);
    at = next;
  }
  if (size === undefined) throw damaged('The JPEG has no picture in it.');
  return { format: 'jpeg', ...size, exif };
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
