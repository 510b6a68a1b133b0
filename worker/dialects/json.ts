// JSON of strangers, read without trust: bytes -> value, in memory that stays in proportion to the bytes. JSON.parse
// makes an object of every pair of brackets, so that 8 MB of them take more than an isolate has; here nested lists of
// numbers become one flat array with a shape, and everything else is counted. No I/O.
import { AppError } from '../../src/contract/errors.ts';
import { JsonNumbers } from './json-numbers.ts';

/** Deepest nesting of objects and lists. */
export const MAX_JSON_DEPTH = 16;
/** Most values that are not part of numbers in a list: keys, texts, objects, lists. */
export const MAX_JSON_VALUES = 4096;

/** A list of numbers, or of equally long lists of numbers, and so on: row-major floats with a shape. */
export class JsonTensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
  constructor(data: Float32Array, shape: readonly number[]) {
    this.data = data;
    this.shape = shape;
  }
}

/** What JSON means; an empty list is a list, `[[]]` a tensor of shape [1,0]. */
export type Json =
  | null
  | boolean
  | number
  | string
  | JsonTensor
  | readonly Json[]
  | { readonly [key: string]: Json };

/**
 * Reads one JSON text, RFC 8259, in UTF-8. Numbers in lists are rounded to float32; of a key given twice the last counts.
 * @throws AppError `request_invalid` for what is no JSON, is nested too deep or has too many values, for lists of
 *   numbers that are not rectangular or mixed with something else, and for numbers beyond float32 in them
 */
export function readJson(bytes: Uint8Array): Json {
  return new Reader(bytes).readAll();
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const WORDS: readonly (readonly [text: string, value: null | boolean])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

class Reader {
  readonly #bytes: Uint8Array;
  readonly #numbers: JsonNumbers;
  readonly #utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  #at = 0;
  #values = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#numbers = new JsonNumbers(bytes);
  }

  readAll(): Json {
    const value = this.#value(0);
    if (this.#peek() !== undefined) throw this.#invalid('something follows its end');
    return value;
  }

  #value(depth: number): Json {
    if (depth > MAX_JSON_DEPTH) throw this.#invalid(`it is nested more than ${MAX_JSON_DEPTH} deep`);
    if (++this.#values > MAX_JSON_VALUES) throw this.#invalid(`it has more than ${MAX_JSON_VALUES} values`);
    switch (this.#peek()) {
      case OPEN_OBJECT:
        return this.#object(depth);
      case OPEN_LIST:
        return this.#holdsNumbers() ? this.#tensor(depth) : this.#list(depth);
      case QUOTE:
        return this.#text();
      default:
        return this.#numberHere() ? this.#number() : this.#word();
    }
  }

  #object(depth: number): Json {
    const entries: [string, Json][] = [];
    this.#at++;
    if (this.#skip(CLOSE_OBJECT)) return {};
    do {
      if (this.#peek() !== QUOTE) throw this.#invalid('a key is missing');
      const key = this.#text();
      if (!this.#skip(COLON)) throw this.#invalid('a colon is missing');
      entries.push([key, this.#value(depth + 1)]);
    } while (this.#skip(COMMA));
    if (!this.#skip(CLOSE_OBJECT)) throw this.#invalid('an object does not end');
    // Defines own properties, "__proto__" too.
    return Object.fromEntries(entries);
  }

  #list(depth: number): Json {
    const items: Json[] = [];
    this.#at++;
    if (this.#skip(CLOSE_LIST)) return items;
    do items.push(this.#value(depth + 1));
    while (this.#skip(COMMA));
    if (!this.#skip(CLOSE_LIST)) throw this.#invalid('a list does not end');
    return items;
  }

  /** Whether the first thing inside the lists that open here is a number, or nothing in a list of lists. */
  #holdsNumbers(): boolean {
    const start = this.#at;
    let open = 0;
    while (this.#peek() === OPEN_LIST && open <= MAX_JSON_DEPTH) {
      this.#at++;
      open++;
    }
    const numbers = this.#numberHere() || (open > 1 && this.#peek() === CLOSE_LIST);
    this.#at = start;
    return numbers;
  }

  /** All of the nested lists at once: no recursion, no value for each number. */
  #tensor(above: number): JsonTensor {
    const counts: number[] = [];
    const shape: number[] = [];
    let data = new Float32Array(64);
    let length = 0;
    let rank = -1;
    do {
      while (this.#skip(OPEN_LIST)) {
        if (above + counts.push(0) > MAX_JSON_DEPTH)
          throw this.#invalid(`it is nested more than ${MAX_JSON_DEPTH} deep`);
      }
      if (this.#peek() !== CLOSE_LIST) {
        const value = Math.fround(this.#number());
        if (!Number.isFinite(value)) throw this.#invalid('a number is too large for float32');
        if (rank === -1) rank = counts.length;
        if (counts.length !== rank) throw this.#ragged();
        if (length === data.length) data = grown(data, this.#bytes.length);
        data[length++] = value;
        counts[rank - 1] = (counts[rank - 1] ?? 0) + 1;
      } else if (counts.at(-1) !== 0) throw this.#invalid('a value is missing after a comma');
      while (counts.length > 0 && this.#skip(CLOSE_LIST)) this.#close(counts, shape);
    } while (counts.length > 0 && this.#skip(COMMA));
    if (counts.length > 0) throw this.#invalid('a list of numbers does not end, or holds something else');
    if (shape.reduce((a, b) => a * b, 1) !== length) throw this.#ragged();
    return new JsonTensor(data.subarray(0, length), shape);
  }

  #close(counts: number[], shape: number[]): void {
    const axis = counts.length - 1;
    const count = counts.pop() ?? 0;
    if (shape[axis] === undefined) shape[axis] = count;
    if (shape[axis] !== count) throw this.#ragged();
    if (axis > 0) counts[axis - 1] = (counts[axis - 1] ?? 0) + 1;
  }

  #text(): string {
    const start = this.#at;
    let at = start + 1;
    let escaped = false;
    for (; this.#bytes[at] !== QUOTE; at++) {
      const byte = this.#bytes[at];
      if (byte === undefined) throw this.#invalid('a text does not end');
      if (byte < 0x20) throw this.#invalid('a text has a control character');
      if (byte === BACKSLASH) {
        escaped = true;
        at++;
      }
    }
    this.#at = at + 1;
    try {
      if (!escaped) return this.#utf8.decode(this.#bytes.subarray(start + 1, at));
      return String(JSON.parse(this.#utf8.decode(this.#bytes.subarray(start, at + 1))));
    } catch {
      throw this.#invalid('a text is not UTF-8 or has an unknown escape');
    }
  }

  #numberHere(): boolean {
    const byte = this.#peek() ?? 0;
    return byte === 0x2d || (byte >= 0x30 && byte <= 0x39);
  }

  #number(): number {
    this.#peek();
    const value = this.#numbers.read(this.#at);
    if (Number.isNaN(value)) throw this.#invalid('there is no number where one is expected');
    this.#at = this.#numbers.end;
    return value;
  }

  #word(): null | boolean {
    for (const [text, value] of WORDS)
      if ([...text].every((char, i) => this.#bytes[this.#at + i] === char.charCodeAt(0))) {
        this.#at += text.length;
        return value;
      }
    throw this.#invalid('there is no value where one is expected');
  }

  /** Skips white space and one byte, if it is this one. */
  #skip(byte: number): boolean {
    if (this.#peek() !== byte) return false;
    this.#at++;
    return true;
  }

  /** The next byte that is not white space. */
  #peek(): number | undefined {
    for (;;) {
      const byte = this.#bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return byte;
      this.#at++;
    }
  }

  #ragged(): AppError {
    return this.#invalid('a list of numbers is not rectangular');
  }

  #invalid(what: string): AppError {
    return new AppError('request_invalid', {
      detail: `The JSON cannot be read: at byte ${Math.min(this.#at, this.#bytes.length)}, ${what}.`,
    });
  }
}

/** A larger copy; a number takes two bytes of text at least. */
function grown(data: Float32Array<ArrayBuffer>, bytes: number): Float32Array<ArrayBuffer> {
  const larger = new Float32Array(Math.min(data.length * 2, Math.ceil(bytes / 2) + 1));
  larger.set(data);
  return larger;
}
