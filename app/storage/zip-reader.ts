// Reads a zip by its directory, one entry at a time, so that the file is never in memory whole. Nothing that it says of
// itself is believed: sizes, offsets, overlaps and checksums are held against the bytes. Names are only compared, never
// used as paths. What zips of pictures and projects do not need is refused: encryption, several volumes, 4 GiB and more.
import { Inflate } from 'fflate';
import { quote } from '../../src/artifact/safetensors-header.ts';
import { AppError } from '../../src/contract/errors.ts';

export interface ZipEntry {
  readonly name: string;
  /** Unpacked, as declared; `read` gives exactly so many. */
  readonly bytes: number;
  /** @throws AppError `artifact_invalid` when it is not what the directory says */
  read(): Promise<Uint8Array<ArrayBuffer>>;
}

interface Limits {
  /** Most entries. */
  readonly maxEntries: number;
  /** Most bytes of all entries unpacked. */
  readonly maxBytes: number;
}

interface Listed {
  readonly name: string;
  readonly deflated: boolean;
  readonly packed: number;
  readonly bytes: number;
  readonly crc: number;
  readonly offset: number;
}

const END_BYTES = 22;
const MAX_COMMENT_BYTES = 65_535;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** Packed bytes that are inflated at once: deflate can make a thousand times as many of them. */
const INFLATE_BYTES = 16_384;

/**
 * Lists the files of a zip, folders left out.
 * @throws AppError `artifact_invalid`, `artifact_too_large`
 * @see https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
 */
export async function openZip(file: Blob, { maxEntries, maxBytes }: Limits): Promise<readonly ZipEntry[]> {
  const { count, size, at } = await findDirectory(file);
  if (count > maxEntries) throw tooLarge(`The zip has ${count} entries; at most ${maxEntries} are taken.`);
  const listed = readDirectory(await viewOf(file, at, size), count);
  checkLayout(listed, at);
  const total = listed.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > maxBytes) throw tooLarge(`The zip unpacks to ${total} bytes; at most ${maxBytes} are taken.`);
  return listed
    .filter(({ name }) => !name.endsWith('/'))
    .map((entry) => ({ name: entry.name, bytes: entry.bytes, read: () => readEntry(file, entry) }));
}

async function findDirectory(file: Blob) {
  const from = Math.max(0, file.size - END_BYTES - MAX_COMMENT_BYTES);
  const view = await viewOf(file, from, file.size - from);
  for (let i = view.byteLength - END_BYTES; i >= 0; i--) {
    if (view.getUint32(i, true) !== 0x06054b50) continue;
    if (i + END_BYTES + view.getUint16(i + 20, true) !== view.byteLength) continue;
    const count = view.getUint16(i + 10, true);
    const size = view.getUint32(i + 12, true);
    const at = view.getUint32(i + 16, true);
    const whole = view.getUint32(i + 4, true) === 0 && view.getUint16(i + 8, true) === count;
    if (!whole || at + size > from + i) break;
    return { count, size, at };
  }
  throw invalid('This is not a zip, or its end is missing.');
}

function readDirectory(view: DataView, count: number): readonly Listed[] {
  const listed: Listed[] = [];
  const names = new Set<string>();
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (at + ENTRY_BYTES > view.byteLength || view.getUint32(at, true) !== 0x02014b50)
      throw invalid('Its directory is damaged.');
    const flags = view.getUint16(at + 8, true);
    const method = view.getUint16(at + 10, true);
    const nameBytes = view.getUint16(at + 28, true);
    const end = at + ENTRY_BYTES + nameBytes;
    if (end > view.byteLength) throw invalid('Its directory is damaged.');
    const name = nameOf(new Uint8Array(view.buffer, at + ENTRY_BYTES, nameBytes));
    if (flags & 1) throw invalid(`${quote(name)} is encrypted.`);
    if (method !== 0 && method !== 8) throw invalid(`${quote(name)} is packed in an unknown way.`);
    if (names.has(name)) throw invalid(`${quote(name)} is there twice.`);
    names.add(name);
    listed.push({
      name,
      deflated: method === 8,
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at = end + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return listed;
}

/** Bombs are made of entries that share their bytes. */
function checkLayout(listed: readonly Listed[], end: number): void {
  let covered = 0;
  for (const { name, offset, packed } of [...listed].sort((a, b) => a.offset - b.offset)) {
    if (offset < covered) throw invalid(`${quote(name)} overlaps another entry.`);
    covered = offset + LOCAL_BYTES + packed;
  }
  if (covered > end) throw invalid('An entry lies beyond the end of the zip.');
}

async function readEntry(file: Blob, entry: Listed): Promise<Uint8Array<ArrayBuffer>> {
  const { name, deflated, packed, bytes, crc, offset } = entry;
  const local = await viewOf(file, offset, LOCAL_BYTES);
  if (local.byteLength < LOCAL_BYTES || local.getUint32(0, true) !== 0x04034b50)
    throw invalid(`${quote(name)} is not where it is said to be.`);
  const start = offset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  const data = new Uint8Array(await file.slice(start, start + packed).arrayBuffer());
  const unpacked = deflated ? inflate(name, data, bytes) : data;
  if (unpacked.length !== bytes || crc32(unpacked) !== crc) throw invalid(`${quote(name)} is damaged.`);
  return unpacked;
}

/** Stops as soon as more comes out than was declared. */
function inflate(name: string, data: Uint8Array<ArrayBuffer>, bytes: number): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const stream = new Inflate((part) => {
    length += part.length;
    if (length > bytes) throw invalid(`${quote(name)} unpacks to more than is said.`);
    parts.push(part);
  });
  try {
    for (let at = 0; at < data.length; at += INFLATE_BYTES)
      stream.push(data.subarray(at, at + INFLATE_BYTES), at + INFLATE_BYTES >= data.length);
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw invalid(`${quote(name)} is damaged.`, cause);
  }
  // Joined only now: nothing is allocated by what the directory claims.
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0);
  return (crc ^ 0xffffffff) >>> 0;
}

/** UTF-8 where it is that; many programs write it and do not say so. */
function nameOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

async function viewOf(file: Blob, at: number, size: number): Promise<DataView> {
  return new DataView(await file.slice(at, at + size).arrayBuffer());
}

function invalid(what: string, cause?: unknown): AppError {
  return new AppError('artifact_invalid', { detail: `${what} Export or pack it again.`, cause });
}

function tooLarge(detail: string): AppError {
  return new AppError('artifact_too_large', { detail });
}
