// Size and EXIF block of a PNG, and its checksums. Decodes nothing.
import { damaged, hasText, type ImageHeader, viewOf } from './header.ts';

const SIGNATURE_BYTES = 8;
/** Length, type and checksum around a chunk's data, bytes. */
const CHUNK_OVERHEAD = 12;

/**
 * Reads the header of a PNG; an `eXIf` chunk counts only before the image data, as in browsers.
 * @param bytes beginning with the PNG signature
 * @throws AppError `image_invalid` when truncated
 * @see https://www.w3.org/TR/png-3/#5Chunk-layout
 */
export function readPngHeader(bytes: Uint8Array): ImageHeader {
  if (bytes.length < 33 || !hasText(bytes, SIGNATURE_BYTES, '\0\0\0\rIHDR')) {
    throw damaged('The PNG ends within its header.');
  }
  const view = viewOf(bytes);
  let exif: Uint8Array | null = null;
  for (const { type, data } of pngChunks(bytes)) {
    if (type === 'IDAT' || type === 'IEND') break;
    if (type === 'eXIf') exif ??= data;
  }
  return { format: 'png', width: view.getUint32(16), height: view.getUint32(20), exif };
}

/**
 * Checks that a PNG is whole and that the checksums of its critical chunks hold.
 * Ancillary chunks may be wrong, as browsers allow.
 * @throws AppError `image_invalid`
 * @see https://www.w3.org/TR/png-3/#5CRC-algorithm
 */
export function checkPngChecksums(bytes: Uint8Array): void {
  const view = viewOf(bytes);
  for (const { type, data, checked } of pngChunks(bytes)) {
    const isCritical = (type.charCodeAt(0) & 0x20) === 0;
    if (isCritical && crc32(checked) !== view.getUint32(data.byteOffset + data.length - bytes.byteOffset)) {
      throw damaged(`The ${type} part of the PNG does not match its checksum.`);
    }
    if (type === 'IEND') return;
  }
  throw damaged('The PNG ends early.');
}

/** A chunk of a PNG. */
export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** What the checksum is over: type and data. */
  readonly checked: Uint8Array;
}

/** The chunks in order, up to the first one that is not there in full. */
export function* pngChunks(bytes: Uint8Array): Generator<PngChunk> {
  const view = viewOf(bytes);
  for (let at = SIGNATURE_BYTES; at + CHUNK_OVERHEAD <= bytes.length; ) {
    const length = view.getUint32(at);
    const end = at + CHUNK_OVERHEAD + length;
    if (end > bytes.length) return;
    yield {
      type: String.fromCharCode(...bytes.subarray(at + 4, at + 8)),
      data: bytes.subarray(at + 8, end - 4),
      checked: bytes.subarray(at + 4, end - 4),
    };
    at = end;
  }
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function crc32(bytes: Uint8Array): number {
  let c = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) c = (CRC_TABLE[(c ^ (bytes[i] ?? 0)) & 0xff] ?? 0) ^ (c >>> 8);
  return (c ^ 0xffffffff) >>> 0;
}
