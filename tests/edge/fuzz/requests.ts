// Requests that nobody means well by: valid ones of every kind, broken in every way. All from one seed.
import { createRandom, type Random } from './random.ts';

/** A request's body, as somebody's client would send it. */
export interface Sample {
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A request that can be sent, and printed so that it can be sent again. */
export interface Attack {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer> | null;
}

/** Values for the parameters of paths, valid and not. */
const NAMES = [
  'tiny',
  'other',
  'mine',
  'none',
  '..%2f..%2f',
  '%00',
  'a'.repeat(300),
  '%F0%9F%98%80',
  '%E0%A4%A',
  ':predict',
];
const DIGESTS = ['0'.repeat(64), 'z'.repeat(64), 'latest', '1', '%22'];
const IDS = ['00000000-0000-4000-8000-000000000000', 'x', '%27--'];
const QUERIES = [
  ...[
    '',
    '?top_k=0',
    '?top_k=1e9',
    '?top_k=NaN',
    '?head=mine',
    '?head=tiny&head=mine',
    '?model=other',
    '?days=-1',
  ],
  ...['?head=%00', '?signature_name=mine', '?%E0%A4%A=1', `?${'a=1&'.repeat(500)}`, '?head=__proto__'],
];
const TYPES = [
  ...[
    'application/json',
    'application/octet-stream',
    'image/png',
    'image/jpeg',
    'text/plain',
    'multipart/form-data',
  ],
  ...[
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    '',
    ';;;',
    'application/json; charset=utf-16',
  ],
];
const NUMBERS = [
  '0',
  '-1',
  '1',
  '3',
  '17',
  '4294967296',
  '9007199254740993',
  '1e3',
  'NaN',
  '',
  ' 5',
  '0x10',
  '99999999999999999999',
];
/** What a mutated JSON text gets in place of something. */
const TOKENS = [
  ...[
    'null',
    'true',
    '[]',
    '{}',
    '""',
    '-1',
    '1e999',
    '1e-999',
    '9007199254740993',
    '"\\u0000"',
    '"\\ud800"',
    '{"a":1,"a":2}',
  ],
  ...['"__proto__"', '"FP32"', '"BYTES"', '[-1]', '[0]', '[1e9,1e9]', '[[[[]]]]', 'NaN'],
];
const DEPTH = 20_000;
const MAX_JUNK = 2_000;

/** @returns what makes one attack after the other on a route, given as method and pattern */
export function createAttacks(seed: number, samples: readonly Sample[]) {
  const random = createRandom(seed);
  return (method: string, pattern: string): Attack => {
    const path = pathOf(pattern, random) + (random.chance(0.4) ? random.pick(QUERIES) : '');
    const sample = random.pick(samples);
    const bodiless = method === 'GET' || method === 'HEAD';
    return {
      method,
      path,
      headers: headersOf(sample, random),
      body: bodiless ? null : bodyOf(sample.body, random),
    };
  };
}

function pathOf(pattern: string, random: Random): string {
  return pattern
    .replace(/:action\{[^}]*\}/, () => random.pick(['load', 'unload']))
    .replace(/:(version|digest)/, () => random.pick(DIGESTS))
    .replace(/:id/, () => random.pick(IDS))
    .replace(/:(head|model)/, () => (random.chance(0.5) ? random.pick(['tiny', 'mine']) : random.pick(NAMES)))
    .replace(
      /^(\/v1\/models\/.*)$/,
      (path) => path + random.pick(['', ':predict', ':classify', ':regress', ':']),
    )
    .replace('*', () => random.pick(NAMES));
}

function headersOf(sample: Sample, random: Random): Record<string, string> {
  const headers: Record<string, string> = { ...sample.headers };
  if (random.chance(0.3)) headers['Content-Type'] = random.pick(TYPES);
  if (random.chance(0.3)) headers['Inference-Header-Content-Length'] = random.pick(NUMBERS);
  if (random.chance(0.2))
    headers['X-Topwork-Features'] = random.pick([...NUMBERS, '4;dtype=f16', '4;dtype=f64']);
  if (random.chance(0.2))
    headers['If-Match'] = random.pick(['*', '"x"', 'W/"x"', '"', ',,,', `"${'0'.repeat(64)}"`]);
  if (random.chance(0.2)) headers['If-None-Match'] = random.pick(['*', '"x"', 'x', '']);
  if (random.chance(0.1))
    headers.Range = random.pick(['bytes=0-0', 'bytes=-1', 'bytes=9-1', 'bytes=0-99999999999999999999']);
  if (random.chance(0.1)) headers.Accept = random.pick(['application/json', '*/*;q=0', ';;', 'image/*']);
  if (random.chance(0.1)) headers['X-Request-Id'] = random.pick(['a'.repeat(5_000), '"><', '']);
  return headers;
}

function bodyOf(valid: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  if (random.chance(0.1)) return random.bytes(random.below(MAX_JUNK));
  if (random.chance(0.05)) return deep(random);
  let body = valid;
  const times = random.below(4);
  for (let i = 0; i < times; i++) body = mutate(body, random);
  return body;
}

function mutate(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const at = random.below(bytes.length + 1);
  const end = at + random.below(Math.min(64, bytes.length - at) + 1);
  switch (random.below(6)) {
    case 0: // one bit
      return bytes.map((byte, i) => (i === at ? byte ^ (1 << random.below(8)) : byte));
    case 1: // cut off
      return bytes.slice(0, at);
    case 2: // something taken out
      return join(bytes.slice(0, at), bytes.slice(end));
    case 3: // something twice
      return join(bytes.slice(0, end), bytes.slice(at));
    case 4: // something put in
      return join(bytes.slice(0, at), random.bytes(random.below(40)), bytes.slice(at));
    default:
      return replaceToken(bytes, random);
  }
}

/** Puts another value in place of one of a JSON text; another text in place of a word of any other. */
function replaceToken(bytes: Uint8Array<ArrayBuffer>, random: Random): Uint8Array<ArrayBuffer> {
  const text = latin1(bytes);
  const found = [...text.matchAll(/"[^"]{0,40}"|-?\d+(?:\.\d+)?|true|false|null/g)];
  if (found.length === 0) return bytes;
  const { index, 0: token } = random.pick(found);
  return fromLatin1(text.slice(0, index) + random.pick(TOKENS) + text.slice(index + token.length));
}

function deep(random: Random): Uint8Array<ArrayBuffer> {
  const open = random.pick(['[', '{"a":', '[{"inputs":']);
  const close = random.chance(0.5) ? ']'.repeat(DEPTH) : '';
  return fromLatin1(random.pick(['', '{"inputs":', '{"instances":']) + open.repeat(DEPTH) + close);
}

function join(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Bytes as text and back, one character a byte. */
function latin1(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
}
function fromLatin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (char) => char.charCodeAt(0) & 255);
}
