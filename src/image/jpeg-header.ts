// Size and EXIF block of a JPEG, read from its marker segments up to the first scan. Decodes nothing.
import { damaged, hasText, type ImageHeader, unsupported, viewOf, withoutExifPrefix } from './header.ts';
import { APP1, EOI, isFrame, nextMarker, nextSegment, SOF2, SOS } from './jpeg/markers.ts';

/**
 * Reads the header of a JPEG: Huffman-coded baseline, extended or progressive, 8 bit; one, three or four channels.
 * @param bytes beginning with the start-of-image marker
 * @throws AppError `image_invalid` when truncated or without pixels, `image_unsupported` for other kinds of JPEG
 * @see ITU-T T.81, annex B
 */
export function readJpegHeader(bytes: Uint8Array): ImageHeader {
  let size: { readonly width: number; readonly height: number } | undefined;
  let exif: Uint8Array | null = null;
  for (let at = 2; ; ) {
    const { marker } = nextMarker(bytes, at);
    if (marker === SOS || marker === EOI) break;
    const { body, next } = nextSegment(bytes, at);
    if (isFrame(marker)) size ??= readFrame(marker, body);
    if (marker === APP1 && hasText(body, 0, 'Exif\0')) exif ??= withoutExifPrefix(body);
    at = next;
  }
  if (size === undefined) throw damaged('The JPEG has no picture in it.');
  return { format: 'jpeg', ...size, exif };
}

function readFrame(marker: number, body: Uint8Array): { readonly width: number; readonly height: number } {
  if (body.length < 6) throw damaged('The JPEG ends within its header.');
  const view = viewOf(body);
  const components = view.getUint8(5);
  if (marker > SOF2) throw unsupported('This is a lossless, hierarchical or arithmetic-coded JPEG.');
  if (view.getUint8(0) !== 8) throw unsupported(`This JPEG has ${view.getUint8(0)} bits a channel.`);
  if (![1, 3, 4].includes(components)) throw unsupported(`This JPEG has ${components} colour channels.`);
  return { width: view.getUint16(3), height: view.getUint16(1) };
}
