// The golden images in Node, and small encoded images made by hand, for tests that need a certain header.
import { readdirSync, readFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const FOLDER = new URL('../golden/image/', import.meta.url);

/** Bytes of a file of `tests/golden/image`. */
export function golden(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(name, FOLDER)));
}

/** Names of the golden images, refused ones included. */
export function goldenNames(): readonly string[] {
  return readdirSync(FOLDER).filter((name) => /\.(jpg|png|webp|gif)$/.test(name));
}

/** One byte per UTF-16 code unit. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** One array after another. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A PNG chunk with a right checksum. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(latin1(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}

/** A black grey 8-bit PNG of any size; with `rows` false, its header and nothing else that counts. */
export function pngOf(
  width: number,
  height: number,
  { rows = true, extra = new Uint8Array(0) }: { rows?: boolean; extra?: Uint8Array } = {},
): Uint8Array {
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8;
  const image = rows ? deflateSync(new Uint8Array((width + 1) * height)) : new Uint8Array(0);
  return concat(
    latin1('\x89PNG\r\n\x1a\n'),
    pngChunk('IHDR', header),
    extra,
    pngChunk('IDAT', image),
    pngChunk('IEND', new Uint8Array(0)),
  );
}

/** The header of an extended WebP of any size, and nothing else but an EXIF block. */
export function webpOf(width: number, height: number, exif: Uint8Array = new Uint8Array(0)): Uint8Array {
  const bytes = new Uint8Array(30 + 8 + exif.length + (exif.length & 1));
  const view = new DataView(bytes.buffer);
  bytes.set(latin1('RIFF'));
  view.setUint32(4, bytes.length - 8, true);
  bytes.set(latin1('WEBPVP8X'), 8);
  view.setUint32(16, 10, true);
  // Two numbers of 24 bits, at 24 and 27, each less one.
  for (let i = 0; i < 3; i++) {
    bytes[24 + i] = (width - 1) >> (8 * i);
    bytes[27 + i] = (height - 1) >> (8 * i);
  }
  bytes.set(latin1('EXIF'), 30);
  view.setUint32(34, exif.length, true);
  bytes.set(exif, 38);
  return bytes;
}

/** A JPEG of marker segments: `[marker, body]`, lengths filled in, between start of image and a bare start of scan. */
export function jpegOf(
  ...segments: readonly (readonly [marker: number, body: readonly number[]])[]
): Uint8Array {
  return Uint8Array.from([
    0xff,
    0xd8,
    ...segments.flatMap(([marker, body]) => {
      const length = body.length + 2;
      return [0xff, marker, length >> 8, length & 255, ...body];
    }),
    0xff,
    0xda,
  ]);
}

/** The body of a JPEG frame header. */
export function frameOf(width: number, height: number, { components = 3, bits = 8 } = {}): readonly number[] {
  const each = Array.from({ length: components }, (_, i) => [i + 1, 0x11, 0]).flat();
  return [bits, height >> 8, height & 255, width >> 8, width & 255, components, ...each];
}

/** An EXIF block with one directory of short values. */
export function exifOf(
  entries: readonly (readonly [tag: number, value: number])[],
  { little = true, type = 3 } = {},
): Uint8Array {
  const bytes = new Uint8Array(8 + 2 + entries.length * 12 + 4);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, entries.length, little);
  entries.forEach(([tag, value], i) => {
    const at = 10 + i * 12;
    view.setUint16(at, tag, little);
    view.setUint16(at + 2, type, little);
    view.setUint32(at + 4, 1, little);
    view.setUint16(at + 8, value, little);
  });
  return bytes;
}
