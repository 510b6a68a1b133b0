// The safetensors codec: tensors and text to bytes and back. Strict when reading, canonical when writing.
// It gives no meaning to names and metadata, and does no I/O.
// Typed arrays are taken as little-endian, as on every platform that runs WebAssembly.
import { AppError } from '../contract/errors.ts';
import { MAX_SAFETENSORS_HEADER_BYTES } from '../contract/limits.ts';
import { isWellFormed, METADATA_KEY, parseHeader, quote, type TensorEntry } from './safetensors-header.ts';

/** A row-major tensor in its storage type. F16 is kept as bit patterns: `fromHalf` widens them. */
export type Tensor =
  | { readonly dtype: 'F32'; readonly shape: readonly number[]; readonly data: Float32Array }
  | { readonly dtype: 'I32'; readonly shape: readonly number[]; readonly data: Int32Array }
  | { readonly dtype: 'F16'; readonly shape: readonly number[]; readonly data: Uint16Array }
  | { readonly dtype: 'I8'; readonly shape: readonly number[]; readonly data: Int8Array }
  | { readonly dtype: 'U8'; readonly shape: readonly number[]; readonly data: Uint8Array };

/** What a file holds. Maps, so that a tensor may be called `constructor` and no harm is done. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

/** How much `decodeSafetensors` takes on. */
export interface SafetensorsLimits {
  /** Largest file, bytes. */
  readonly maxBytes: number;
  /** Largest header, bytes. */
  readonly maxHeaderBytes?: number;
  /** Whether NaN and infinity may stand in float tensors. */
  readonly allowNonFinite?: boolean;
}

/** Bytes of one element, in the order in which the data is laid out: wide first, so that every tensor is aligned. */
const ELEMENT_BYTES: Readonly<Record<Tensor['dtype'], number>> = { F32: 4, I32: 4, F16: 2, I8: 1, U8: 1 };
const LAYOUT = Object.keys(ELEMENT_BYTES);

/**
 * Writes a file. Canonical: the same tensors and metadata give the same bytes, whatever the order of the maps:
 * metadata by key; tensors by dtype (F32, I32, F16, I8, U8), then by name, both in code-point order; compact JSON,
 * padded with spaces so that the data starts at a multiple of 8. That is also how the reference implementation
 * lays a file out, but for the order of the metadata, which it leaves to chance.
 * @throws AppError `artifact_invalid` for a shape that does not fit its data, NaN or infinity, a name that cannot be stored
 */
export function encodeSafetensors(
  { tensors, metadata }: Safetensors,
  { allowNonFinite = false }: Pick<SafetensorsLimits, 'allowNonFinite'> = {},
): Uint8Array<ArrayBuffer> {
  const sorted = [...tensors].sort(
    ([a, { dtype: x }], [b, { dtype: y }]) =>
      LAYOUT.indexOf(x) - LAYOUT.indexOf(y) || compareCodePoints(a, b),
  );
  const members: string[] = [];
  if (metadata.size > 0) {
    const texts = [...metadata].sort(([a], [b]) => compareCodePoints(a, b));
    members.push(`"${METADATA_KEY}":{${texts.map(([key, text]) => `${json(key)}:${json(text)}`).join(',')}}`);
  }
  let end = 0;
  for (const [name, tensor] of sorted) {
    const { dtype, shape, data } = tensor;
    if (name === METADATA_KEY) throw invalid(`A tensor cannot be called ${METADATA_KEY}. Rename it.`);
    if (countOf(name, shape) !== data.length)
      throw invalid(`Tensor ${quote(name)} has ${data.length} values, but its shape is [${shape}].`);
    if (!allowNonFinite) refuseNonFinite(name, tensor);
    const begin = end;
    end += data.byteLength;
    members.push(`${json(name)}:{"dtype":"${dtype}","shape":[${shape}],"data_offsets":[${begin},${end}]}`);
  }
  const text = new TextEncoder().encode(`{${members.join(',')}}`);
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(start - 8), true);
  bytes.set(text, 8);
  let at = start;
  for (const [, { data }] of sorted) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a file. Everything is checked before the first tensor is copied out, and together the copies are no larger
 * than the file. Any order of keys and tensors is read; the data must be covered without hole or overlap.
 * @throws AppError `artifact_too_large` beyond the limits, `artifact_invalid` for anything else
 * @see https://github.com/huggingface/safetensors#format
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  { maxBytes, maxHeaderBytes = MAX_SAFETENSORS_HEADER_BYTES, allowNonFinite = false }: SafetensorsLimits,
): Safetensors {
  if (bytes.length > maxBytes)
    throw tooLarge(`The file has ${bytes.length} bytes; at most ${maxBytes} are taken.`);
  if (bytes.length < 8)
    throw invalid(`The file ends after ${bytes.length} bytes, before its header length. Fetch it again.`);
  const headerBytes = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (headerBytes > maxHeaderBytes)
    throw tooLarge(`The header claims ${headerBytes} bytes; at most ${maxHeaderBytes} are taken.`);
  const start = 8 + Number(headerBytes);
  if (start > bytes.length) throw invalid('The file ends inside its header. Fetch it again.');
  const { metadata, tensors: entries } = parseHeader(decodeUtf8(bytes.subarray(8, start)));
  const layout = checkLayout(entries, bytes.length - start);
  const tensors = new Map<string, Tensor>();
  for (const [name, dtype, { shape, begin, end }] of layout) {
    // A copy of its own, because a view needs alignment and would keep the whole file; not slice, which on Node's
    // Buffer is a view.
    const tensor = tensorOf(dtype, shape, new Uint8Array(bytes.subarray(start + begin, start + end)).buffer);
    if (!allowNonFinite) refuseNonFinite(name, tensor);
    tensors.set(name, tensor);
  }
  return { tensors, metadata };
}

function checkLayout(
  entries: ReadonlyMap<string, TensorEntry>,
  dataBytes: number,
): (readonly [name: string, dtype: Tensor['dtype'], TensorEntry])[] {
  const known = [...entries].map(([name, entry]) => {
    const { dtype, shape, begin, end } = entry;
    if (!isDtype(dtype))
      throw invalid(
        `Tensor ${quote(name)} has dtype ${quote(dtype)}. Convert it to one of ${LAYOUT.join(', ')}.`,
      );
    const size = countOf(name, shape) * ELEMENT_BYTES[dtype];
    if (end - begin !== size)
      throw invalid(`Tensor ${quote(name)} needs ${size} bytes for its shape and is given ${end - begin}.`);
    return [name, dtype, entry] as const;
  });
  known.sort(([, , a], [, , b]) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const [name, , { begin, end }] of known) {
    if (begin < covered)
      throw invalid(`Tensor ${quote(name)} overlaps the one before it. Export the file again.`);
    if (begin > covered)
      throw invalid(`There is a hole before tensor ${quote(name)}. Export the file again.`);
    if (end > dataBytes) throw invalid(`The file ends inside tensor ${quote(name)}. Fetch it again.`);
    covered = end;
  }
  if (covered < dataBytes)
    throw invalid(`${dataBytes - covered} bytes follow the last tensor. Export the file again.`);
  return known;
}

function tensorOf(dtype: Tensor['dtype'], shape: readonly number[], buffer: ArrayBuffer): Tensor {
  switch (dtype) {
    case 'F32':
      return { dtype, shape, data: new Float32Array(buffer) };
    case 'I32':
      return { dtype, shape, data: new Int32Array(buffer) };
    case 'F16':
      return { dtype, shape, data: new Uint16Array(buffer) };
    case 'I8':
      return { dtype, shape, data: new Int8Array(buffer) };
    case 'U8':
      return { dtype, shape, data: new Uint8Array(buffer) };
    default:
      return dtype satisfies never;
  }
}

/** Product of the dimensions: 1 for a scalar, 0 when any dimension is 0. */
function countOf(name: string, shape: readonly number[]): number {
  const wrong = shape.find((dim) => !Number.isSafeInteger(dim) || dim < 0);
  if (wrong !== undefined)
    throw invalid(`Tensor ${quote(name)} has the dimension ${wrong}; a whole number from 0 is expected.`);
  const count = shape.includes(0) ? 0 : shape.reduce((product, dim) => product * dim, 1);
  // So that the count times the bytes of any element is still exact.
  if (count > 2 ** 50)
    throw invalid(`Tensor ${quote(name)} has a shape too large to exist. Export it again.`);
  return count;
}

function refuseNonFinite(name: string, { dtype, data }: Tensor): void {
  const fits =
    dtype === 'F32'
      ? (value: number) => Number.isFinite(value)
      : dtype === 'F16'
        ? (bits: number) => (bits & 0x7c00) !== 0x7c00
        : () => true;
  const at = data.findIndex((value) => !fits(value));
  if (at >= 0) throw invalid(`Tensor ${quote(name)} is not finite at index ${at}. Train and export again.`);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(new Uint8Array(bytes));
  } catch (cause) {
    throw new AppError('artifact_invalid', {
      detail: 'The header is not UTF-8. Export the file again.',
      cause,
    });
  }
}

function isDtype(dtype: string): dtype is Tensor['dtype'] {
  return LAYOUT.includes(dtype);
}

function json(text: string): string {
  if (!isWellFormed(text)) throw invalid(`The text ${quote(text)} has half a surrogate pair. Correct it.`);
  return JSON.stringify(text);
}

/** The order of UTF-8 bytes; plain `<` would order surrogates before U+E000. */
function compareCodePoints(a: string, b: string): number {
  let i = 0;
  while (i < a.length && a[i] === b[i]) i++;
  // A low surrogate is compared from its pair's first half, which the two then share; its own order is right.
  return (a.codePointAt(i) ?? -1) - (b.codePointAt(i) ?? -1);
}

function invalid(detail: string): AppError {
  return new AppError('artifact_invalid', { detail });
}

function tooLarge(detail: string): AppError {
  return new AppError('artifact_too_large', { detail });
}
