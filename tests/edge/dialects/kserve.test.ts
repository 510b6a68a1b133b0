// The wire codecs of the Open Inference Protocol, by properties; routes/kserve.test.ts has the protocol itself.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/contract/errors.ts';
import { readInferRequest } from '../../../worker/dialects/kserve-request.ts';
import { type InferResult, writeInferResponse } from '../../../worker/dialects/kserve-response.ts';

const utf8 = (text: string) => new TextEncoder().encode(text);
const concat = (...parts: readonly Uint8Array[]) => new Uint8Array(parts.flatMap((part) => [...part]));
const float = fc.float({ noNaN: true, noDefaultInfinity: true });

/** A request for this input, its data as bytes after the JSON. */
function binaryRequest(input: object, data: Uint8Array): readonly [body: Uint8Array, headerLength: string] {
  const head = utf8(
    JSON.stringify({ inputs: [{ ...input, parameters: { binary_data_size: data.length } }] }),
  );
  return [concat(head, data), `${head.length}`];
}

describe('readInferRequest', () => {
  const batch = fc
    .tuple(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 1, max: 8 }))
    .chain(([n, d]) =>
      fc.tuple(fc.constant([n, d]), fc.array(float, { minLength: n * d, maxLength: n * d })),
    );

  it('reads floats in JSON, flat and nested, and in bytes, to the bit', () => {
    fc.assert(
      fc.property(batch, ([[n = 0, d = 0], values]) => {
        const input = { name: 'features', datatype: 'FP32', shape: [n, d] };
        const floats = Float32Array.from(values);
        const rows = Array.from({ length: n }, (_, i) => values.slice(i * d, (i + 1) * d));
        const expected = { kind: 'features', features: { shape: [n, d] } };
        for (const data of [values, rows]) {
          const { input: given } = readInferRequest(
            utf8(JSON.stringify({ inputs: [{ ...input, data }] })),
            undefined,
          );
          expect(given).toMatchObject(expected);
          // JSON has no -0.
          if (given.kind === 'features') expect([...given.features.data]).toEqual(values.map((x) => x + 0));
        }
        const { input: given } = readInferRequest(...binaryRequest(input, new Uint8Array(floats.buffer)));
        expect(given).toMatchObject(expected);
        if (given.kind === 'features') expect(given.features.data).toEqual(floats);
      }),
    );
  });

  const images = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 32 });
  const elements = (items: readonly Uint8Array[]) =>
    concat(...items.flatMap((item) => [new Uint8Array(Uint32Array.of(item.length).buffer), item]));

  it('reads images in base64 and in bytes', () => {
    fc.assert(
      fc.property(images, (items) => {
        const input = { name: 'image_bytes', datatype: 'BYTES', shape: [items.length] };
        const data = items.map((item) => btoa(String.fromCharCode(...item)));
        const expected = { kind: 'encoded', images: items.map((item) => new Uint8Array(item)) };
        const body = utf8(JSON.stringify({ inputs: [{ ...input, data }] }));
        expect(readInferRequest(body, undefined).input).toEqual(expected);
        expect(readInferRequest(...binaryRequest(input, elements(items))).input).toEqual(expected);
      }),
    );
  });

  it('reads or refuses bytes that were changed, and throws nothing else', () => {
    fc.assert(
      fc.property(
        images,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.constantFrom('set', 'cut', 'add')), {
          minLength: 1,
          maxLength: 8,
        }),
        fc.nat(400),
        (items, changes, header) => {
          const input = { name: 'image_bytes', datatype: 'BYTES', shape: [items.length] };
          const [whole, length] = binaryRequest(input, elements(items));
          let bytes = [...whole];
          for (const [where, byte, how] of changes) {
            const at = where % (bytes.length + 1);
            if (how === 'set') bytes[at] = byte;
            else if (how === 'add') bytes.splice(at, 0, byte);
            else bytes = bytes.slice(0, at);
          }
          for (const said of [length, `${header}`, undefined])
            try {
              const { input } = readInferRequest(Uint8Array.from(bytes), said);
              if (input.kind === 'encoded') expect(input.images.length).toBeLessThanOrEqual(32);
            } catch (error) {
              expect(error).toBeInstanceOf(AppError);
            }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('writeInferResponse', () => {
  const result = (logits: readonly number[], labels: readonly string[]): InferResult => ({
    model: 'm',
    head: { id: 'h', revision: 'r' },
    n: 1,
    features: Float32Array.of(1.5),
    scores: { labels, logits: Float64Array.from(logits), probabilities: Float64Array.from(logits, () => 0) },
  });
  const wanted = (classification: number | null, binary = false) => ({
    id: undefined,
    binary: false,
    outputs: [{ name: 'logits' as const, binary, classification }],
  });
  const parse = (body: Uint8Array): { outputs: { data: string[] | number[]; shape: number[] }[] } =>
    JSON.parse(new TextDecoder().decode(body));

  it('writes floats that read as the same float32, in JSON and in bytes', () => {
    fc.assert(
      fc.property(fc.array(float, { minLength: 1, maxLength: 9 }), (logits) => {
        const labels = logits.map((_, i) => `c${i}`);
        const json = parse(writeInferResponse(result(logits, labels), wanted(null)).body);
        expect(json.outputs[0]?.data).toEqual(logits.map((x) => x + 0));
        const { body, headerLength } = writeInferResponse(result(logits, labels), wanted(null, true));
        expect(new Float32Array(body.slice(headerLength ?? 0).buffer)).toEqual(Float32Array.from(logits));
      }),
    );
  });

  it('classifies by value, then index, in the shortest text that is the value again', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(float, fc.constantFrom(0, 1, 0.1)), { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 12 }),
        (values, k) => {
          const logits = values.map((value) => Math.fround(value) + 0); // a text has no -0
          const labels = logits.map((_, i) => `a:${i}`);
          const { outputs } = parse(writeInferResponse(result(logits, labels), wanted(k)).body);
          const texts = (outputs[0]?.data ?? []).map(String);
          expect(texts).toHaveLength(Math.min(k, logits.length));
          expect(outputs[0]?.shape).toEqual([1, texts.length]);
          const read = texts.map((text) => {
            const [, value = '', index = '', label = ''] = /^([^:]+):(\d+):(.*)$/.exec(text) ?? [];
            expect(label).toBe(labels[Number(index)]);
            expect(Math.fround(Number(value))).toBe(logits[Number(index)] ?? Number.NaN);
            return { value: Number(value), index: Number(index) };
          });
          expect(read).toEqual([...read].sort((a, b) => b.value - a.value || a.index - b.index));
          const least = Math.fround(read.at(-1)?.value ?? 0);
          expect(logits.filter((value) => value > least).length).toBeLessThan(texts.length);
        },
      ),
    );
  });

  it('refuses what float32 cannot say', () => {
    expect(() => writeInferResponse(result([1e39], ['a']), wanted(null))).toThrow(/range of FP32/);
  });
});
