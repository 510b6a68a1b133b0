import { safetensors as otherReader } from '@jax-js/loaders';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  type Tensor,
} from '../../../src/artifact/safetensors.ts';
import { fileOf, golden, mayRefuse, refusal } from './fixtures.ts';

const limits = { maxBytes: 1 << 20 };
const decode = (bytes: Uint8Array) => decodeSafetensors(bytes, limits);
const noText: ReadonlyMap<string, string> = new Map();

/** What reference.py writes. */
const reference: Safetensors = {
  metadata: new Map([['note', 'quoted "ü"\n\u0001']]),
  tensors: new Map<string, Tensor>([
    ['unsigned', { dtype: 'U8', shape: [3], data: Uint8Array.of(0, 255, 3) }],
    ['signed', { dtype: 'I8', shape: [2], data: Int8Array.of(-128, 127) }],
    ['🌿ü', { dtype: 'F32', shape: [1], data: Float32Array.of(1.5) }],
    ['\uffee', { dtype: 'F32', shape: [1], data: Float32Array.of(2.5) }],
    // 1 = 2^0 is 15 << 10; -2 = -(2^1) is 1 << 15 | 16 << 10; 65504 is the largest half.
    ['half', { dtype: 'F16', shape: [3], data: Uint16Array.of(15 << 10, (1 << 15) | (16 << 10), 0x7bff) }],
    ['scalar', { dtype: 'I32', shape: [], data: Int32Array.of(-7) }],
    ['empty', { dtype: 'F32', shape: [0, 4], data: new Float32Array() }],
    ['matrix', { dtype: 'F32', shape: [2, 3], data: Float32Array.of(0, 1, 2, -3, 0.5, 1e-40) }],
  ]),
};

const name = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('__proto__', 'constructor', 'toString', '"', '\\', 'a/b', ''),
);
const shape = fc.array(fc.nat(4), { maxLength: 3 });
const tensor: fc.Arbitrary<Tensor> = shape.chain((shape) => {
  const length = shape.reduce((product, dim) => product * dim, 1);
  const size = { minLength: length, maxLength: length };
  return fc.oneof(
    fc
      .float32Array({ ...size, noNaN: true, noDefaultInfinity: true })
      .map((data) => ({ dtype: 'F32' as const, shape, data })),
    fc.int32Array(size).map((data) => ({ dtype: 'I32' as const, shape, data })),
    fc.uint16Array({ ...size, max: 0x7bff }).map((data) => ({ dtype: 'F16' as const, shape, data })),
    fc.int8Array(size).map((data) => ({ dtype: 'I8' as const, shape, data })),
    fc.uint8Array(size).map((data) => ({ dtype: 'U8' as const, shape, data })),
  );
});
const mapOf = <T>(value: fc.Arbitrary<T>) =>
  fc
    .uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 5 })
    .map((entries) => new Map(entries));
const content: fc.Arbitrary<Safetensors> = fc.record({ tensors: mapOf(tensor), metadata: mapOf(name) });

describe('encodeSafetensors and decodeSafetensors', () => {
  it('give back what was put in', () => {
    fc.assert(
      fc.property(content, (file) => {
        expect(decode(encodeSafetensors(file))).toEqual(file);
      }),
    );
  });

  it('write the same bytes whatever the order of the maps, with the data at a multiple of 8', () => {
    fc.assert(
      fc.property(content, ({ tensors, metadata }) => {
        const bytes = encodeSafetensors({ tensors, metadata });
        const reversed = {
          tensors: new Map([...tensors].reverse()),
          metadata: new Map([...metadata].reverse()),
        };
        expect(encodeSafetensors(reversed)).toEqual(bytes);
        expect(new DataView(bytes.buffer).getBigUint64(0, true) % 8n).toBe(0n);
      }),
    );
  });

  it('read from any byte offset, and share no memory with the file', () => {
    const bytes = encodeSafetensors(reference);
    for (let offset = 0; offset < 8; offset++) {
      const shifted = Buffer.concat([Buffer.alloc(offset), bytes]).subarray(offset);
      const file = decode(shifted);
      shifted.fill(0);
      expect(file).toEqual(reference);
    }
  });
});

describe('the reference implementation (safetensors 0.8.0, written by tests/golden/artifact/reference.py)', () => {
  it('is read', () => expect(decode(golden('reference.safetensors'))).toEqual(reference));
  it('writes the same bytes', () =>
    expect(encodeSafetensors(reference)).toEqual(golden('reference.safetensors')));
});

describe('another reader (@jax-js/loaders, whose views need aligned data)', () => {
  it('reads what is written', () => {
    const file = otherReader.parse(encodeSafetensors(reference));
    expect(file.metadata).toEqual(Object.fromEntries(reference.metadata));
    expect(Object.keys(file.tensors).sort()).toEqual([...reference.tensors.keys()].sort());
    for (const [name, { dtype, shape, data }] of reference.tensors) {
      const other = file.tensors[name];
      expect([other?.dtype, other?.shape]).toEqual([dtype, shape]);
      expect(bytesOf(other?.data)).toEqual(bytesOf(data));
    }
  });

  it('reads any content', () => {
    // It uses JSON.parse, which hides __proto__ and in some versions of V8 misreads escaped keys (nodejs/node#63785).
    const isPlain = (name: string) => name !== '__proto__' && JSON.stringify(name) === `"${name}"`;
    const plain = content.filter(({ tensors, metadata }) =>
      [...tensors.keys(), ...metadata.keys()].every(isPlain),
    );
    fc.assert(
      fc.property(plain, (file) => {
        const { tensors } = otherReader.parse(encodeSafetensors(file));
        for (const [name, { data }] of file.tensors)
          expect(bytesOf(tensors[name]?.data)).toEqual(bytesOf(data));
      }),
    );
  });
});

function bytesOf(data: ArrayBufferView | undefined): Uint8Array {
  return data === undefined
    ? new Uint8Array()
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

describe('encodeSafetensors', () => {
  const one = (name: string, tensor: Tensor) =>
    refusal(() => encodeSafetensors({ tensors: new Map([[name, tensor]]), metadata: noText }));
  const scalar: Tensor = { dtype: 'U8', shape: [], data: Uint8Array.of(1) };

  it('refuses a shape that does not fit its data', () => {
    expect(one('w', { dtype: 'F32', shape: [2, 2], data: new Float32Array(3) })).toMatch(
      /^artifact_invalid: Tensor "w" has 3 values/,
    );
    for (const dim of [-1, 0.5, Number.NaN, 2 ** 53])
      expect(one('w', { dtype: 'U8', shape: [dim], data: new Uint8Array() })).toMatch(/^artifact_invalid/);
  });

  it('refuses NaN and infinity unless told otherwise', () => {
    for (const value of [Number.NaN, Infinity, -Infinity]) {
      const tensor: Tensor = { dtype: 'F32', shape: [2], data: Float32Array.of(0, value) };
      expect(one('w', tensor)).toMatch(/^artifact_invalid: Tensor "w" is not finite at index 1/);
      const file = { tensors: new Map([['w', tensor]]), metadata: noText };
      const bytes = encodeSafetensors(file, { allowNonFinite: true });
      expect(refusal(() => decode(bytes))).toMatch(/not finite at index 1/);
      expect(decodeSafetensors(bytes, { ...limits, allowNonFinite: true })).toEqual(file);
    }
    expect(one('h', { dtype: 'F16', shape: [1], data: Uint16Array.of(0xfc00) })).toMatch(/not finite/);
  });

  it('refuses a name that no file can hold', () => {
    expect(one('__metadata__', scalar)).toMatch(/^artifact_invalid: A tensor cannot be called/);
    expect(one('\ud800', scalar)).toMatch(/^artifact_invalid.*surrogate/);
    const metadata = new Map([['note', '\udfff']]);
    expect(refusal(() => encodeSafetensors({ tensors: new Map(), metadata }))).toMatch(/surrogate/);
  });
});

describe('decodeSafetensors', () => {
  const entry = (shape: string, offsets: string, dtype = 'F32') =>
    `{"dtype":"${dtype}","shape":${shape},"data_offsets":${offsets}}`;
  const why = (header: string | Uint8Array, dataBytes = 0) =>
    refusal(() => decode(fileOf(header, dataBytes)));

  it('reads an empty file, scalars, empty tensors, and white space anywhere but in front', () => {
    expect(decode(fileOf('{}'))).toEqual({ tensors: new Map(), metadata: noText });
    const spaced = ` { "dtype" : "U8" ,\n"shape" :\t[ ] , "data_offsets" : [ 0 , 1 ] } `;
    const { tensors } = decode(
      fileOf(`{"s":${spaced},"e":${entry('[9007199254740991,0]', '[1,1]')}} \r\n`, 1),
    );
    expect(tensors.get('s')).toEqual({ dtype: 'U8', shape: [], data: Uint8Array.of(0) });
    expect(tensors.get('e')).toEqual({ dtype: 'F32', shape: [2 ** 53 - 1, 0], data: new Float32Array() });
  });

  it('takes names of the prototype as names', () => {
    const { tensors, metadata } = decode(
      fileOf(
        `{"__metadata__":{"__proto__":"x"},"__proto__":${entry('[]', '[0,1]', 'U8')},"constructor":${entry('[]', '[1,2]', 'U8')}}`,
        2,
      ),
    );
    expect([...tensors.keys()]).toEqual(['__proto__', 'constructor']);
    expect(metadata.get('__proto__')).toBe('x');
    expect(Object.hasOwn(Object.prototype, 'dtype')).toBe(false);
  });

  it('reads escaped names, whatever was parsed before', () => {
    for (const name of ['\\', '"', '\n', '\\', '"'])
      expect([
        ...decode(fileOf(`{${JSON.stringify(name)}:${entry('[]', '[0,4]')}}`, 4)).tensors.keys(),
      ]).toEqual([name]);
  });

  it('refuses a file or a header beyond the limits before reading it', () => {
    expect(refusal(() => decodeSafetensors(fileOf('{}'), { maxBytes: 9 }))).toMatch(
      /^artifact_too_large.*10 bytes/,
    );
    expect(refusal(() => decodeSafetensors(fileOf('{}'), { maxBytes: 10, maxHeaderBytes: 1 }))).toMatch(
      /^artifact_too_large: The header claims 2 bytes/,
    );
    expect(refusal(() => decode(new Uint8Array(16).fill(0xff)))).toMatch(
      /^artifact_too_large: The header claims 18446744073709551615/,
    );
  });

  it.each<readonly [condition: string, header: string, dataBytes: number, reason: RegExp]>([
    ['space before the brace', ' {}', 0, /does not begin with \{/],
    ['a byte order mark', '\ufeff{}', 0, /does not begin with \{/],
    ['an empty header', '', 0, /does not begin with \{/],
    ['a list instead of an object', '[]', 0, /does not begin with \{/],
    ['no closing brace', '{', 0, /a string is expected/],
    ['text after the last brace', '{}{}', 0, /something follows/],
    ['a zero byte as padding', '{}\0', 0, /something follows/],
    ['a trailing comma', `{"a":${entry('[]', '[0,4]')},}`, 4, /a string is expected/],
    [
      'a duplicate tensor',
      `{"a":${entry('[]', '[0,4]')},"\\u0061":${entry('[]', '[0,4]')}}`,
      4,
      /"a" is there twice/,
    ],
    [
      'a duplicate metadata block',
      '{"__metadata__":{},"__metadata__":{}}',
      0,
      /"__metadata__" is there twice/,
    ],
    ['a duplicate metadata key', '{"__metadata__":{"k":"1","k":"2"}}', 0, /"k" is there twice/],
    ['a duplicate key in a tensor', '{"a":{"dtype":"F32","dtype":"F32"}}', 0, /"dtype" is there twice/],
    ['metadata that is not text', '{"__metadata__":{"k":1}}', 0, /a string is expected/],
    ['nested metadata', '{"__metadata__":{"k":{}}}', 0, /a string is expected/],
    ['a tensor that is null', '{"a":null}', 0, /\{ is expected/],
    ['a missing dtype', '{"a":{"shape":[],"data_offsets":[0,4]}}', 4, /"a" needs dtype/],
    ['a missing shape', '{"a":{"dtype":"F32","data_offsets":[0,4]}}', 4, /"a" needs dtype/],
    ['missing offsets', '{"a":{"dtype":"F32","shape":[]}}', 4, /"a" needs dtype/],
    ['one offset', `{"a":${entry('[]', '[0]')}}`, 4, /"a" needs dtype/],
    ['three offsets', `{"a":${entry('[]', '[0,4,4]')}}`, 4, /"a" needs dtype/],
    ['an unknown key', '{"a":{"strides":[]}}', 0, /"a" has the unknown key "strides"/],
    [
      'an unknown dtype',
      `{"a":${entry('[]', '[0,8]', 'F64')}}`,
      8,
      /"a" has dtype "F64".*F32, I32, F16, I8, U8/,
    ],
    [
      'a dtype named as a member of Object',
      `{"a":${entry('[]', '[0,8]', 'toString')}}`,
      8,
      /dtype "toString"/,
    ],
    ['a negative dimension', `{"a":${entry('[-1]', '[0,4]')}}`, 4, /a whole number/],
    ['a fractional dimension', `{"a":${entry('[1.0]', '[0,4]')}}`, 4, /\] is expected/],
    ['an exponent', `{"a":${entry('[1e0]', '[0,4]')}}`, 4, /\] is expected/],
    ['a leading zero', `{"a":${entry('[01]', '[0,4]')}}`, 4, /a whole number/],
    ['a dimension beyond 2^53', `{"a":${entry('[9007199254740992]', '[0,4]')}}`, 4, /a whole number/],
    [
      'a shape that overflows',
      `{"a":${entry('[4294967296,4294967296,4294967296]', '[0,4]')}}`,
      4,
      /too large to exist/,
    ],
    [
      'a shape that would wrap to its size',
      `{"a":${entry('[4294967297,4294967297]', '[0,4]')}}`,
      4,
      /too large/,
    ],
    ['a shape larger than its bytes', `{"a":${entry('[2]', '[0,4]')}}`, 4, /needs 8 bytes.*given 4/],
    ['offsets that run backwards', `{"a":${entry('[]', '[4,0]')}}`, 4, /needs 4 bytes.*given -4/],
    ['data cut short', `{"a":${entry('[2]', '[0,8]')}}`, 7, /ends inside tensor "a"/],
    ['bytes after the data', `{"a":${entry('[]', '[0,4]')}}`, 5, /1 bytes follow/],
    ['bytes and no tensor', '{}', 3, /3 bytes follow/],
    ['an overlap', `{"a":${entry('[2]', '[0,8]')},"b":${entry('[]', '[4,8]')}}`, 8, /"b" overlaps/],
    [
      'two tensors on one place',
      `{"a":${entry('[]', '[0,4]')},"b":${entry('[]', '[0,4]')}}`,
      4,
      /"b" overlaps/,
    ],
    [
      'an empty tensor inside another',
      `{"a":${entry('[2]', '[0,8]')},"b":${entry('[0]', '[4,4]')}}`,
      8,
      /"b" overlaps/,
    ],
    ['a hole', `{"a":${entry('[]', '[0,4]')},"b":${entry('[]', '[8,12]')}}`, 12, /a hole before tensor "b"/],
    ['a hole in front', `{"a":${entry('[]', '[4,8]')}}`, 8, /a hole before tensor "a"/],
    ['a string never closed', '{"a', 0, /not closed/],
    ['a string ending in a backslash', '{"a\\', 0, /not closed/],
    ['a bad escape', '{"\\x":{}}', 0, /bad escape/],
    ['a control character', '{"\n":{}}', 0, /bad escape/],
    ['half a surrogate pair', '{"__metadata__":{"k":"\\ud83c"}}', 0, /half a surrogate pair/],
  ])('refuses %s', (_condition, header, dataBytes, reason) => {
    const message = why(header, dataBytes);
    expect(message).toMatch(/^artifact_invalid: /);
    expect(message).toMatch(reason);
  });

  it('refuses a header that is not UTF-8', () => {
    expect(why(Uint8Array.of(0x7b, 0x22, 0xff, 0x22, 0x7d))).toMatch(/^artifact_invalid.*not UTF-8/);
    expect(why(Uint8Array.of(0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x7d))).toMatch(/not UTF-8/);
  });

  it('cuts a foreign name in its message', () => {
    expect(
      why(`{"${'n'.repeat(10_000)}":${entry('[]', '[0,8]', 'd'.repeat(10_000))}}`, 8).length,
    ).toBeLessThan(400);
  });

  it('survives nesting as deep as the header may be', () => {
    expect(why('{"a":'.repeat(10_000))).toMatch(/^artifact_invalid/);
    expect(why(`{"a":{"shape":${'['.repeat(100_000)}`)).toMatch(/^artifact_invalid/);
  });

  describe('on damaged input refuses with its own codes or reads no more than is there', () => {
    const good = encodeSafetensors(reference);
    const attempt = (bytes: Uint8Array) =>
      mayRefuse(['artifact_invalid', 'artifact_too_large'], () => {
        const { tensors } = decode(bytes);
        const held = [...tensors.values()].reduce((sum, { data }) => sum + data.buffer.byteLength, 0);
        expect(held).toBeLessThanOrEqual(bytes.length);
      });

    it('for random bytes, with and without a plausible length in front', () => {
      fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), attempt), { numRuns: 1000 });
      fc.assert(
        fc.property(fc.string({ unit: 'binary' }), fc.nat(16), (text, data) =>
          attempt(fileOf(`{${text}`, data)),
        ),
        { numRuns: 1000 },
      );
    });

    it('for every length that a file can be cut to', () => {
      for (let length = 0; length < good.length; length++)
        expect(refusal(() => decode(good.subarray(0, length)))).toMatch(/^artifact_invalid/);
    });

    it('for every single bit turned', () => {
      for (let bit = 0; bit < good.length * 8; bit++) {
        const bytes = good.slice();
        bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        attempt(bytes);
      }
    });

    it('for headers with tokens replaced', () => {
      const length = Number(new DataView(good.buffer).getBigUint64(0, true));
      const tokens = new TextDecoder()
        .decode(good.subarray(8, 8 + length))
        .split(/(?<=[[\]{},:])|(?=[[\]{},:])/);
      const junk = fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '""',
        '-1',
        '1e9',
        '4503599627370496',
        'null',
        ' ',
      );
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(tokens.length - 1), fc.oneof(junk, fc.nat(99).map(String))), {
            minLength: 1,
            maxLength: 3,
          }),
          (edits) => {
            const edited = [...tokens];
            for (const [at, token] of edits) edited[at] = token;
            attempt(fileOf(edited.join(''), good.length - 8 - length));
          },
        ),
        { numRuns: 3000 },
      );
    });
  });
});
