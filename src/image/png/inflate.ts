// zlib streams, inflated through one window of 64 KiB: what comes out is handed on and never collected, so that a
// picture, or a bomb, takes no more memory than that. The stream's checksum is not looked at: a PNG has its own.
import { damaged } from '../header.ts';

/** How far back a copy may reach, bytes. */
const REACH = 32_768;
const WINDOW = 2 * REACH;
const MAX_COPY = 258;
const END_OF_BLOCK = 256;
const MAX_BITS = 15;
const FAST_BITS = 9;

/** Takes inflated bytes, valid during the call. @returns whether more are wanted */
export type TakeBytes = (bytes: Uint8Array) => boolean;

/**
 * Inflates a zlib stream until it ends or no more is wanted.
 * @param parts of the stream, one after the other
 * @throws AppError `image_invalid` when damaged or incomplete
 * @see RFC 1950, RFC 1951
 */
export function inflate(parts: readonly Uint8Array[], take: TakeBytes): void {
  const bits = new Bits(parts);
  const method = bits.take(8);
  const flags = bits.take(8);
  if ((method & 15) !== 8 || method >> 4 > 7 || (method * 256 + flags) % 31 !== 0 || (flags & 32) !== 0) {
    throw broken();
  }
  const out = new Window(take);
  for (let isLast = false; !isLast && out.isWanted; ) {
    isLast = bits.take(1) === 1;
    const kind = bits.take(2);
    if (kind === 0) copyStored(bits, out);
    else if (kind === 1) inflateBlock(bits, out, FIXED_LENGTHS, FIXED_DISTANCES);
    else if (kind === 2) inflateBlock(bits, out, ...readCodes(bits));
    else throw broken();
  }
  out.flush();
}

function broken(): Error {
  return damaged('The PNG is damaged or incomplete.');
}

/** Bits, the lowest of a byte first. */
class Bits {
  readonly #parts: readonly Uint8Array[];
  #part: Uint8Array = new Uint8Array(0);
  #next = 0;
  #at = 0;
  #bits = 0;
  #count = 0;

  constructor(parts: readonly Uint8Array[]) {
    this.#parts = parts;
  }

  /** @param n at most 16 @throws AppError `image_invalid` at the end */
  take(n: number): number {
    while (this.#count < n) this.#fill();
    const value = this.#bits & ((1 << n) - 1);
    this.#bits >>>= n;
    this.#count -= n;
    return value;
  }

  /** Leaves the rest of a byte. */
  align(): void {
    this.take(this.#count & 7);
  }

  symbol({ fast, counts, symbols }: Code): number {
    // The last code of a stream may be shorter than what is looked at.
    while (this.#count < FAST_BITS && this.#hasMore()) this.#fill();
    const entry = fast[this.#bits & ((1 << FAST_BITS) - 1)] ?? 0;
    const length = entry & 15;
    if (length > 0 && length <= this.#count) {
      this.#bits >>>= length;
      this.#count -= length;
      return entry >> 4;
    }
    let code = 0;
    let first = 0;
    let index = 0;
    for (let n = 1; n <= MAX_BITS; n++) {
      code |= this.take(1);
      const count = counts[n] ?? 0;
      if (code - count < first) return symbols[index + code - first] ?? 0;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    throw broken();
  }

  #hasMore(): boolean {
    while (this.#at >= this.#part.length) {
      const part = this.#parts[this.#next++];
      if (part === undefined) return false;
      this.#part = part;
      this.#at = 0;
    }
    return true;
  }

  #fill(): void {
    if (!this.#hasMore()) throw broken();
    this.#bits |= (this.#part[this.#at++] ?? 0) << this.#count;
    this.#count += 8;
  }
}

/** What was inflated last, and what is still to be handed on. */
class Window {
  isWanted = true;
  readonly #take: TakeBytes;
  readonly #bytes = new Uint8Array(WINDOW);
  #at = 0;
  /** Up to where it has been handed on. */
  #done = 0;

  constructor(take: TakeBytes) {
    this.#take = take;
  }

  put(byte: number): void {
    if (this.#at === WINDOW) this.#slide();
    this.#bytes[this.#at++] = byte;
  }

  /** @param length at most 258 */
  copy(length: number, distance: number): void {
    if (this.#at + MAX_COPY > WINDOW) this.#slide();
    if (distance > this.#at) throw broken();
    const bytes = this.#bytes;
    const end = this.#at + length;
    for (let at = this.#at, from = at - distance; at < end; at++, from++) bytes[at] = bytes[from] ?? 0;
    this.#at = end;
  }

  flush(): void {
    if (this.isWanted && this.#at > this.#done)
      this.isWanted = this.#take(this.#bytes.subarray(this.#done, this.#at));
    this.#done = this.#at;
  }

  #slide(): void {
    this.flush();
    this.#bytes.copyWithin(0, this.#at - REACH, this.#at);
    this.#at = REACH;
    this.#done = REACH;
  }
}

function copyStored(bits: Bits, out: Window): void {
  bits.align();
  const length = bits.take(16);
  if (bits.take(16) !== (length ^ 0xffff)) throw broken();
  for (let i = 0; i < length && out.isWanted; i++) out.put(bits.take(8));
}

/** Codes by length; those of up to 9 bits are found in one step. */
interface Code {
  /** By the next 9 bits: symbol times 16 plus length; 0 where the code is longer or none. */
  readonly fast: Uint16Array;
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
}

/** @param lengths of the code of each symbol, 0 for none @see RFC 1951, 3.2.2 */
function codeOf(lengths: readonly number[]): Code {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] ?? 0) + 1;
  const offsets = new Uint16Array(MAX_BITS + 2);
  const next = new Uint16Array(MAX_BITS + 2);
  let left = 1;
  for (let n = 1; n <= MAX_BITS; n++) {
    const count = counts[n] ?? 0;
    left = left * 2 - count;
    if (left < 0) throw broken();
    offsets[n + 1] = (offsets[n] ?? 0) + count;
    next[n + 1] = ((next[n] ?? 0) + count) << 1;
  }
  const fast = new Uint16Array(1 << FAST_BITS);
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    const index = offsets[length] ?? 0;
    const code = next[length] ?? 0;
    offsets[length] = index + 1;
    next[length] = code + 1;
    symbols[index] = symbol;
    if (length > FAST_BITS) return;
    for (let i = reversed(code, length); i < fast.length; i += 1 << length) fast[i] = symbol * 16 + length;
  });
  return { fast, counts, symbols };
}

function reversed(code: number, length: number): number {
  let result = 0;
  for (let i = 0; i < length; i++) result |= ((code >> i) & 1) << (length - 1 - i);
  return result;
}

const FIXED_LENGTHS = codeOf(
  Array.from({ length: 288 }, (_, i) => (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)),
);
const FIXED_DISTANCES = codeOf(Array.from({ length: 30 }, () => 5));
/** In which order the lengths of the codes for lengths come. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** @see RFC 1951, 3.2.7 */
function readCodes(bits: Bits): readonly [Code, Code] {
  const literals = bits.take(5) + 257;
  const distances = bits.take(5) + 1;
  const count = bits.take(4) + 4;
  if (literals > 286 || distances > 30) throw broken();
  const short = new Array<number>(19).fill(0);
  for (const symbol of ORDER.slice(0, count)) short[symbol] = bits.take(3);
  const code = codeOf(short);
  const lengths: number[] = [];
  while (lengths.length < literals + distances) {
    const symbol = bits.symbol(code);
    if (symbol < 16) lengths.push(symbol);
    else {
      const value = symbol === 16 ? lengths.at(-1) : 0;
      if (value === undefined) throw broken();
      const times = symbol === 16 ? 3 + bits.take(2) : symbol === 17 ? 3 + bits.take(3) : 11 + bits.take(7);
      for (let i = 0; i < times; i++) lengths.push(value);
    }
  }
  if (lengths.length > literals + distances) throw broken();
  return [codeOf(lengths.slice(0, literals)), codeOf(lengths.slice(literals))];
}

/** @see RFC 1951, 3.2.5 */
function inflateBlock(bits: Bits, out: Window, literals: Code, distances: Code): void {
  while (out.isWanted) {
    const symbol = bits.symbol(literals);
    if (symbol < END_OF_BLOCK) out.put(symbol);
    else if (symbol === END_OF_BLOCK) return;
    else {
      const length = readLength(bits, symbol - 257);
      out.copy(length, readDistance(bits, bits.symbol(distances)));
    }
  }
}

/** Four lengths for each number of extra bits; the last one is special. */
function readLength(bits: Bits, i: number): number {
  if (i < 8) return 3 + i;
  if (i === 28) return MAX_COPY;
  if (i > 28) throw broken();
  const extra = (i >> 2) - 1;
  return 3 + ((4 + (i & 3)) << extra) + bits.take(extra);
}

/** Two distances for each number of extra bits. */
function readDistance(bits: Bits, i: number): number {
  if (i < 4) return 1 + i;
  if (i > 29) throw broken();
  const extra = (i >> 1) - 1;
  return 1 + ((2 + (i & 1)) << extra) + bits.take(extra);
}
