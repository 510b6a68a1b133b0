// Size and EXIF block of a WebP, read from its RIFF chunks. Decodes nothing.
import { MAX_LOSSLESS_WEBP_PIXELS, MAX_LOSSY_WEBP_PIXELS } from '../contract/limits.ts';
import { damaged, hasText, type ImageHeader, unsupported, viewOf, withoutExifPrefix } from './header.ts';

const CHUNKS_START = 12;
const ANIMATION_FLAG = 0x02;

/**
 * Reads the header of a WebP: lossy, lossless or extended, still.
 * @param bytes beginning with the RIFF header
 * @throws AppError `image_invalid` when truncated, `image_unsupported` when animated
 * @see https://developers.google.com/speed/webp/docs/riff_container
 */
export function readWebpHeader(bytes: Uint8Array): ImageHeader {
  const view = viewOf(bytes);
  if (bytes.length < 30) throw damaged('The WebP ends within its header.');
  if (view.getUint32(4, true) + 8 > bytes.length) throw damaged('The WebP ends early.');
  const size = readSize(bytes, view);
  let exif: Uint8Array | null = null;
  let isLossy = false;
  let isCostly = false;
  for (const { type, data } of riffChunks(bytes, view)) {
    if (type === 'EXIF') exif ??= withoutExifPrefix(data);
    isLossy ||= type === 'VP8 ';
    isCostly ||= type === 'VP8L' || type === 'ALPH';
  }
  const maxPixels = isLossy && !isCostly ? MAX_LOSSY_WEBP_PIXELS : MAX_LOSSLESS_WEBP_PIXELS;
  return { format: 'webp', ...size, maxPixels, exif };
}

function readSize(bytes: Uint8Array, view: DataView): { readonly width: number; readonly height: number } {
  if (hasText(bytes, CHUNKS_START, 'VP8X')) {
    if ((view.getUint8(20) & ANIMATION_FLAG) !== 0) throw unsupported('This WebP is an animation.');
    // Two 24-bit numbers at 24 and 27, each stored less one.
    return {
      width: (view.getUint32(24, true) & 0xffffff) + 1,
      height: (view.getUint32(26, true) >>> 8) + 1,
    };
  }
  if (hasText(bytes, CHUNKS_START, 'VP8L') && view.getUint8(20) === 0x2f) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (hasText(bytes, CHUNKS_START, 'VP8 ') && hasText(bytes, 23, '\x9d\x01\x2a')) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  }
  throw damaged('The WebP has no picture in it.');
}

/** The chunks in order; the last one may be cut off. */
function* riffChunks(
  bytes: Uint8Array,
  view: DataView,
): Generator<{ readonly type: string; readonly data: Uint8Array }> {
  for (let at = CHUNKS_START; at + 8 <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    yield {
      type: String.fromCharCode(...bytes.subarray(at, at + 4)),
      data: bytes.subarray(at + 8, at + 8 + length),
    };
    at += 8 + length + (length & 1);
  }
}
