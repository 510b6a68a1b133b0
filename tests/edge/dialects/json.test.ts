import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/contract/errors.ts';
import {
  type Json,
  JsonTensor,
  MAX_JSON_DEPTH,
  MAX_JSON_VALUES,
  readJson,
} from '../../../worker/dialects/json.ts';

const read = (text: string) => readJson(new TextEncoder().encode(text));

/** The nested lists that a tensor was read from. */
function nested(data: readonly number[], shape: readonly number[]): unknown[] {
  const [n = 0, ...rest] = shape;
  if (rest.length === 0) return [...data];
  const size = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length: n }, (_, i) => nested(data.slice(i * size, (i + 1) * size), rest));
}

/** What JSON.parse would have given. */
function plain(value: Json): unknown {
  if (value instanceof JsonTensor) return nested([...value.data], value.shape);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

const leaf = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.boolean(),
  fc.constant(null),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const floats = (shape: readonly number[]): fc.Arbitrary<unknown> =>
  shape.reduceRight<fc.Arbitrary<unknown>>(
    (inner, n) => fc.array(inner, { minLength: n, maxLength: n }),
    fc.float({ noNaN: true, noDefaultInfinity: true }),
  );
const tensor = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 4 }).chain(floats);
const { value: anything } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    leaf,
    tensor,
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
    fc.array(fc.oneof(fc.string(), fc.dictionary(fc.string(), tie('value'), { maxKeys: 2 })), {
      maxLength: 4,
    }),
  ),
}));

describe('readJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(anything, fc.constantFrom(undefined, 1, '\t', '\r\n'), (value, space) => {
        const text = JSON.stringify(value, null, space);
        // JSON.stringify writes -0 as 0.
        expect(plain(read(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('reads every number as JSON.parse does', () => {
    const digits = fc.stringMatching(/^-?(0|[1-9][0-9]{0,24})(\.[0-9]{1,25})?([eE][+-]?[0-9]{1,3})?$/);
    fc.assert(
      fc.property(
        fc.oneof(digits, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)),
        (text) => {
          expect(read(text)).toBe(JSON.parse(text));
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('refuses or reads, as JSON.parse does, whatever the bytes are', () => {
    const pieces = fc.constantFrom(
      ...'[]{}:,"\\ \n-+.eE0123456789',
      'true',
      'false',
      'null',
      '"a"',
      '\\u00e9',
      '\u0000',
      'é',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const expected = outcome(() => JSON.parse(text));
        const given = outcome(() => plain(read(text)));
        // It refuses more: lists of numbers that are ragged, mixed, or beyond float32.
        if (given === undefined) return;
        expect(rounded(given.value)).toEqual(rounded(expected?.value));
      }),
      { numRuns: 5000 },
    );
  });

  it('makes one flat array of nested lists of numbers', () => {
    const value = read('{"a": [[1, -2.5e1, 3], [4, 5, 1e-3]], "b": [], "c": [[]], "d": 7}');
    expect(value).toEqual({
      a: new JsonTensor(Float32Array.of(1, -25, 3, 4, 5, 0.001), [2, 3]),
      b: [],
      c: new JsonTensor(new Float32Array(0), [1, 0]),
      d: 7,
    });
  });

  it('has no key that reaches the prototype', () => {
    const value = read('{"__proto__": {"polluted": true}}');
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value ?? {})).toEqual(['__proto__']);
  });

  it.each([
    ['ragged', '[[1,2],[3]]'],
    ['ragged at another depth', '[[1],[[2]]]'],
    ['a number among lists', '[[],1]'],
    ['a list among numbers', '[1,[]]'],
    ['a text among numbers', '[1,"2"]'],
    ['null among numbers', '[1,null]'],
    ['NaN', '[NaN]'],
    ['Infinity', '[1,-Infinity]'],
    ['beyond float32', '[1e39]'],
    ['a trailing comma', '[1,]'],
    ['a trailing comma in lists', '[[1],]'],
    ['a trailing comma in an object', '{"a":1,}'],
    ['a leading zero', '[01]'],
    ['a bare minus', '-'],
    ['a fraction without digits', '1.'],
    ['an exponent without digits', '1e+'],
    ['a control character in a text', '"a\nb"'],
    ['an unknown escape', '"\\x"'],
    ['an open text', '"a\\"'],
    ['an open list', '[[1,2]'],
    ['an open object', '{"a":1'],
    ['something after the end', '{} {}'],
    ['nothing', ''],
    ['only white space', ' \n'],
    ['a byte order mark', '\ufeff{}'],
    ['a number of many digits', '1'.repeat(2000)],
  ])('refuses %s', (_, text) => {
    expect(() => read(text)).toThrow(AppError);
  });

  it('refuses texts that are not UTF-8', () => {
    expect(() => readJson(Uint8Array.of(0x22, 0xff, 0x22))).toThrow(/UTF-8/);
  });

  it.each([
    ['lists', '[', ']'],
    ['objects', '{"a":', '}'],
    ['lists of objects', '[{"a":', '}]'],
  ])('is as deep as it may be with %s, and not deeper', (_, open, close) => {
    const of = (depth: number) => `${open.repeat(depth)}1${close.repeat(depth)}`;
    const per = open.length > 5 ? 2 : 1;
    expect(() => read(of(MAX_JSON_DEPTH / per))).not.toThrow();
    expect(() => read(of(MAX_JSON_DEPTH / per + 1))).toThrow(/deep/);
  });

  it('has as many values as it may, and not more, but any count of numbers in lists', () => {
    const texts = (n: number) => `[${Array(n).fill('""').join()}]`;
    expect(() => read(texts(MAX_JSON_VALUES - 1))).not.toThrow();
    expect(() => read(texts(MAX_JSON_VALUES))).toThrow(/values/);
    const many = read(`[${Array(100_000).fill('[1,2,3]').join()}]`);
    expect(many).toMatchObject({ shape: [100_000, 3] });
  });

  it.each(['[', '[[],', '{"":', '[{},', '"', '[1,', '-', '[[[[1],'])('refuses 8 MB of %s quickly', (text) => {
    const bytes = new TextEncoder().encode(text.repeat(Math.floor((8 * 1024 * 1024) / text.length)));
    expect(() => readJson(bytes)).toThrow(AppError);
  });
});

function outcome<T>(run: () => T): { readonly value: T } | undefined {
  try {
    return { value: run() };
  } catch {
    return undefined;
  }
}

/** Numbers in lists as float32. */
function rounded(value: unknown, inList = false): unknown {
  if (typeof value === 'number') return inList ? Math.fround(value) : value;
  if (Array.isArray(value)) return value.map((each) => rounded(each, true));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, rounded(each)]));
}
