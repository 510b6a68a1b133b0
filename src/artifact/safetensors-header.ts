// Reads the JSON header of a safetensors file. It accepts that one grammar and no other JSON, because JSON.parse
// hides what must be refused: a duplicate key, 1.0 or 1e3 where a count belongs, a key named __proto__. Some versions
// of V8 also misread escaped keys of objects (nodejs/node issue 63785); single strings they read right.
// It knows no dtype and checks no offset: that is safetensors.ts.
import { AppError } from '../contract/errors.ts';

/** One tensor as the header describes it; offsets in bytes from the end of the header. */
export interface TensorEntry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

/** The header as it stands in the file. Maps, so that no name can reach a prototype. */
export interface SafetensorsHeader {
  readonly metadata: ReadonlyMap<string, string>;
  readonly tensors: ReadonlyMap<string, TensorEntry>;
}

/** The key of the header that is not a tensor. */
export const METADATA_KEY = '__metadata__';

/** A foreign name made fit for a message: quoted, and cut at 64 characters. */
export function quote(name: string): string {
  return JSON.stringify(name.length > 64 ? `${name.slice(0, 64)}…` : name);
}

/** Whether every surrogate has its partner, so that the text survives UTF-8. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/**
 * Parses the header text: `{` first, any JSON white space between tokens and after the last.
 * Counts are plain decimal integers up to 2^53 - 1; nothing nests deeper than the grammar does.
 * @throws AppError `artifact_invalid`
 * @see https://github.com/huggingface/safetensors#format
 */
export function parseHeader(text: string): SafetensorsHeader {
  let at = 0;
  const metadata = new Map<string, string>();
  const tensors = new Map<string, TensorEntry>();
  if (text[0] !== '{') fail('it does not begin with {');
  readObject((name) => {
    if (name === METADATA_KEY) readObject((key) => metadata.set(key, readString()));
    else tensors.set(name, readEntry(name));
  });
  if (at < text.length) fail('something follows the last }');
  return { metadata, tensors };

  function fail(what: string): never {
    throw new AppError('artifact_invalid', {
      detail: `The safetensors header is malformed at character ${at}: ${what}. Export the file again.`,
    });
  }

  function readEntry(name: string): TensorEntry {
    const entry: { dtype?: string; shape?: number[]; offsets?: number[] } = {};
    readObject((key) => {
      if (key === 'dtype') entry.dtype = readString();
      else if (key === 'shape') entry.shape = readCounts();
      else if (key === 'data_offsets') entry.offsets = readCounts();
      else fail(`tensor ${quote(name)} has the unknown key ${quote(key)}`);
    });
    const { dtype, shape, offsets = [] } = entry;
    const [begin, end, ...rest] = offsets;
    if (dtype === undefined || shape === undefined || begin === undefined || end === undefined || rest.length)
      fail(`tensor ${quote(name)} needs dtype, shape and two data_offsets`);
    return { dtype, shape, begin, end };
  }

  function readObject(readMember: (key: string) => void): void {
    expect('{');
    const seen = new Set<string>();
    if (take('}')) return;
    do {
      const key = readString();
      if (seen.has(key)) fail(`the key ${quote(key)} is there twice`);
      seen.add(key);
      expect(':');
      readMember(key);
    } while (take(','));
    expect('}');
  }

  function readCounts(): number[] {
    expect('[');
    const counts: number[] = [];
    if (take(']')) return counts;
    do counts.push(readCount());
    while (take(','));
    expect(']');
    return counts;
  }

  function readCount(): number {
    const from = at;
    while (isDigit(text.charCodeAt(at))) at++;
    const digits = text.slice(from, at);
    const count = Number(digits);
    if (digits === '' || (digits.length > 1 && digits[0] === '0') || !Number.isSafeInteger(count))
      fail('a whole number from 0 to 2^53 - 1 in plain digits is expected');
    skipSpace();
    return count;
  }

  function readString(): string {
    if (text[at] !== '"') fail('a string is expected');
    let close = at + 1;
    while (close < text.length && text[close] !== '"') close += text[close] === '\\' ? 2 : 1;
    let value: unknown;
    try {
      value = JSON.parse(text.slice(at, close + 1));
    } catch {
      fail('a string is not closed or has a bad escape');
    }
    if (typeof value !== 'string' || !isWellFormed(value)) fail('a string has half a surrogate pair');
    at = close + 1;
    skipSpace();
    return value;
  }

  function expect(token: string): void {
    if (!take(token)) fail(`${token} is expected`);
  }

  function take(token: string): boolean {
    if (text[at] !== token) return false;
    at++;
    skipSpace();
    return true;
  }

  function skipSpace(): void {
    while (text[at] === ' ' || text[at] === '\n' || text[at] === '\r' || text[at] === '\t') at++;
  }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}
