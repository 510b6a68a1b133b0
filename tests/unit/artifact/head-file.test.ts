import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeHead, encodeHead } from '../../../src/artifact/head-file.ts';
import {
  decodeSafetensors,
  encodeSafetensors,
  type Safetensors,
  type Tensor,
} from '../../../src/artifact/safetensors.ts';
import { fromHalf, toHalf } from '../../../src/contract/half.ts';
import type { HeadMetadata } from '../../../src/contract/head.ts';
import { MAX_HEAD_BYTES } from '../../../src/contract/limits.ts';
import type { DenseLayer, Head } from '../../../src/head/head.ts';
import type { WeightOverlay } from '../../../src/trunk/overlay.ts';
import { golden, head, mayRefuse, metadata, overlaidMetadata, overlay, refusal } from './fixtures.ts';

const floats = (length: number) =>
  fc.float32Array({ minLength: length, maxLength: length, noNaN: true, noDefaultInfinity: true });

/** Heads of 1 to 5 features, 1 to 4 classes, with and without a hidden layer. */
const anyHead: fc.Arbitrary<Head> = fc
  .record({ d: fc.integer({ min: 1, max: 5 }), hidden: fc.nat(3), k: fc.integer({ min: 1, max: 4 }) })
  .chain(({ d, hidden, k }) => {
    const dense = (inputs: number, outputs: number, activation: DenseLayer['activation']) =>
      fc.record({
        kernel: floats(inputs * outputs),
        bias: floats(outputs),
        activation: fc.constant(activation),
      });
    return fc.record({
      kind: fc.constantFrom('ridge' as const, 'softmax' as const),
      labels: fc.uniqueArray(
        fc
          .string({ minLength: 1, unit: 'grapheme' })
          .filter((label) => label === label.trim() && label.length <= 100),
        { minLength: k, maxLength: k },
      ),
      standardize: fc.record({
        mean: floats(d),
        deviation: floats(d).map((values) => values.map((value) => Math.abs(value) || 1)),
      }),
      layers:
        hidden === 0
          ? fc.tuple(dense(d, k, 'linear'))
          : fc.tuple(dense(d, hidden, 'relu'), dense(hidden, k, 'linear')),
      calibration: fc.record({
        temperature: fc.double({ min: 0, minExcluded: true, noNaN: true, noDefaultInfinity: true }),
        rejectAbove: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0)),
      }),
    });
  });

/** The metadata of the fixture, made to fit another head. */
function describing({ kind, labels, calibration }: Head): HeadMetadata {
  const report = { ...metadata.report, examples: labels.map(() => 1) };
  return { ...metadata, kind, labels: [...labels], calibration, report };
}

/** Replaced weights of 1 to 4 dimensions, under any names. */
const anyOverlay: fc.Arbitrary<WeightOverlay> = fc
  .dictionary(
    fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' }),
    fc
      .array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 4 })
      .chain((shape) =>
        floats(shape.reduce((a, b) => a * b)).map((data) => ({ shape, data: data.map((x) => Math.abs(x)) })),
      ),
    { minKeys: 1, maxKeys: 4, noNullPrototype: true },
  )
  .map((weights) => new Map(Object.entries(weights)));

const plain = encodeHead(head, metadata);
const overlaid = encodeHead(head, overlaidMetadata, { overlay });

/** A fixture's file, edited before it is read again. */
function refusedAfter(
  edit: (tensors: Map<string, Tensor>, texts: Map<string, string>) => void,
  file: Safetensors = decodeSafetensors(plain, { maxBytes: MAX_HEAD_BYTES }),
): string {
  const tensors = new Map(file.tensors);
  const texts = new Map(file.metadata);
  edit(tensors, texts);
  const bytes = encodeSafetensors({ tensors, metadata: texts }, { allowNonFinite: true });
  return refusal(() => decodeHead(bytes));
}

describe('encodeHead and decodeHead', () => {
  it('give back the head and its metadata', () => {
    fc.assert(
      fc.property(anyHead, (head) => {
        const metadata = describing(head);
        expect(decodeHead(encodeHead(head, metadata))).toEqual({ head, metadata, overlay: new Map() });
      }),
    );
  });

  it('give back every float of the replaced weights, whatever the storage of the dense kernels', () => {
    fc.assert(
      fc.property(anyOverlay, fc.constantFrom('F32' as const, 'F16' as const), (overlay, kernels) => {
        const read = decodeHead(encodeHead(head, overlaidMetadata, { overlay, kernels }));
        expect(read.overlay).toEqual(overlay);
        expect(read.metadata).toEqual(overlaidMetadata);
        // What was read is written to the same bytes, although its weights come in another order.
        const again = encodeHead(read.head, read.metadata, { ...read, kernels });
        expect(again).toEqual(encodeHead(head, overlaidMetadata, { overlay, kernels }));
      }),
    );
  });

  it('write the same bytes for the same head, whatever the order of its keys', () => {
    const { schema, kind, preprocessing, ...rest } = metadata;
    const { size, range } = preprocessing;
    const reversed = { ...rest, preprocessing: { range, size }, kind, schema };
    expect(encodeHead(head, reversed)).toEqual(encodeHead(head, metadata));
  });

  it('store kernels, and only kernels, as halves when asked', () => {
    const { tensors } = decodeSafetensors(encodeHead(head, metadata, { kernels: 'F16' }), { maxBytes: 9999 });
    const halves = [...tensors].filter(([, { dtype }]) => dtype === 'F16').map(([name]) => name);
    expect(halves).toEqual(['dense_1/kernel', 'dense_2/kernel']);
    fc.assert(
      fc.property(floats(12), (values) => {
        const kernel = values.map((value) => value % 65504);
        const [first, ...rest] = head.layers;
        const layers = [
          { bias: Float32Array.of(0, 0, 0, 0), activation: 'relu' as const, ...first, kernel },
          ...rest,
        ];
        const read = decodeHead(encodeHead({ ...head, layers }, metadata, { kernels: 'F16' })).head;
        expect(read.layers[0]?.kernel).toEqual(fromHalf(toHalf(kernel)));
        expect(read.layers[1]?.bias).toEqual(head.layers[1]?.bias);
      }),
    );
  });
});

describe('version 1', () => {
  it('stays readable', () => {
    expect(decodeHead(golden('head-v1.safetensors'))).toEqual({ head, metadata, overlay: new Map() });
  });

  it('is still written, to the same bytes, where nothing of the trunk is replaced', () => {
    expect(encodeHead(head, metadata)).toEqual(golden('head-v1.safetensors'));
    expect(encodeHead(head, overlaidMetadata)).toEqual(golden('head-v1.safetensors'));
  });

  it('ignores the metadata of version 2, as its readers always did', () => {
    const edit = (_: unknown, texts: Map<string, string>) => texts.set('tuning', 'not even JSON');
    expect(refusedAfter(edit)).toBe('nothing was refused');
  });
});

describe('version 2', () => {
  it('stays readable', () => {
    expect(decodeHead(golden('head-v2.safetensors'))).toEqual({ head, metadata: overlaidMetadata, overlay });
  });

  it('is written where weights of the trunk are replaced, to the same bytes', () => {
    expect(overlaid).toEqual(golden('head-v2.safetensors'));
    expect(encodeHead(head, metadata, { overlay }).length).toBeLessThan(overlaid.length);
  });

  it('stores as halves the replaced kernels that halves hold exactly', () => {
    const { tensors } = decodeSafetensors(overlaid, { maxBytes: 9999 });
    const halves = [...tensors].filter(([, { dtype }]) => dtype === 'F16').map(([name]) => name);
    expect(halves).toEqual(['trunk/block_13_expand/kernel']);
  });

  it('differs from version 1 by the schema, its tensors and its two keys alone', () => {
    const edit = (tensors: Map<string, Tensor>, texts: Map<string, string>) => {
      texts.set('schema', 'topwork.head/1').delete('tuning');
      texts.delete('adaptation');
      for (const name of [...tensors.keys()]) if (name.startsWith('trunk/')) tensors.delete(name);
    };
    const { tensors, metadata: texts } = decodeSafetensors(overlaid, { maxBytes: 9999 });
    const [left, said] = [new Map(tensors), new Map(texts)];
    edit(left, said);
    expect(encodeSafetensors({ tensors: left, metadata: said })).toEqual(plain);
  });
});

describe('docs/formats.md', () => {
  it('tells every tensor and every metadata key of a head', () => {
    const docs = readFileSync(new URL('../../../docs/formats.md', import.meta.url), 'utf8');
    const { tensors, metadata: texts } = decodeSafetensors(overlaid, { maxBytes: 9999 });
    const names = [...tensors.keys(), ...texts.keys()].filter((name) => name !== 'dense_2/bias');
    for (const name of names.filter((name) => !name.startsWith('trunk/')))
      expect(docs).toContain(`\`${name}\``);
    expect(docs).toContain('`trunk/<name>`');
  });
});

describe('encodeHead', () => {
  it('refuses a head and metadata that differ', () => {
    for (const other of [
      { ...head, kind: 'ridge' as const },
      { ...head, labels: ['pears "ripe"', 'Äpfel'] },
      { ...head, calibration: { temperature: 1, rejectAbove: null } },
    ])
      expect(refusal(() => encodeHead(other, metadata))).toMatch(
        /^head_invalid: The head and its metadata differ/,
      );
  });

  it('refuses a head that decodeHead would refuse', () => {
    const [first, second] = head.layers;
    if (first === undefined || second === undefined) throw new Error('the fixture has two layers');
    const mean = Float32Array.of(Number.NaN, 0, 0);
    for (const other of [
      { ...head, layers: [] },
      { ...head, layers: [first] },
      { ...head, layers: [second, first] },
      { ...head, layers: [first, { ...second, activation: 'relu' as const }] },
      { ...head, standardize: { ...head.standardize, mean } },
      { ...head, standardize: { ...head.standardize, deviation: new Float32Array(3) } },
    ])
      expect(refusal(() => encodeHead(other, metadata))).toMatch(/^head_invalid/);
  });

  it('refuses a kernel that halves cannot hold', () => {
    const layers = [
      {
        kernel: Float32Array.of(0, 7e4, 0, 0, 0, 0),
        bias: new Float32Array(2),
        activation: 'linear' as const,
      },
    ];
    expect(refusal(() => encodeHead({ ...head, layers }, metadata, { kernels: 'F16' }))).toMatch(
      /^head_invalid: Tensor "dense\/kernel" is not finite at index 1/,
    );
  });

  it('refuses a head over the limit of bytes, which halves may still fit', () => {
    // 2304 features, 512 classes: 2304 * 512 * 4 = 4.72 MB as floats against a limit of 4.19 MB, half that as halves.
    const labels = Array.from({ length: 512 }, (_, i) => `class ${i}`);
    const standardize = { mean: new Float32Array(2304), deviation: new Float32Array(2304).fill(1) };
    const layers = [
      { kernel: new Float32Array(2304 * 512), bias: new Float32Array(512), activation: 'linear' as const },
    ];
    const large: Head = { ...head, labels, standardize, layers };
    expect(refusal(() => encodeHead(large, describing(large)))).toMatch(/^head_too_large/);
    expect(encodeHead(large, describing(large), { kernels: 'F16' }).length).toBeLessThan(MAX_HEAD_BYTES);
  });

  it('says to fine-tune fewer layers where the replaced weights are too many', () => {
    const kernel = { data: new Float32Array(1024 * 2048).fill(0.5), shape: [1, 1, 1024, 2048] };
    expect(
      refusal(() => encodeHead(head, metadata, { overlay: new Map([['deep/kernel', kernel]]) })),
    ).toMatch(/^head_too_large: .* has 419\d{4} bytes; at most 4194304 are taken. Fine-tune fewer layers\.$/);
  });
});

describe('decodeHead', () => {
  it.each<readonly [condition: string, edit: Parameters<typeof refusedAfter>[0], reason: RegExp]>([
    ['no schema', (_, texts) => texts.delete('schema'), /schema is "none"; topwork\.head\/2 is expected/],
    [
      'the schema of another artifact',
      (_, texts) => texts.set('schema', 'topwork.bn/1'),
      /schema is "topwork\.bn\/1"/,
    ],
    [
      'a newer schema',
      (_, texts) => texts.set('schema', 'topwork.head/3'),
      /version 3; version 2 is read.*Update/,
    ],
    ['an older schema that never was', (_, texts) => texts.set('schema', 'topwork.head/0'), /is expected/],
    ['missing metadata', (_, texts) => texts.delete('trunk'), /metadata is not valid at trunk/],
    [
      'metadata that is not JSON',
      (_, texts) => texts.set('labels', 'a, b'),
      /metadata key labels is not JSON/,
    ],
    ['metadata of the wrong form', (_, texts) => texts.set('labels', '{"0":"a"}'), /not valid at labels/],
    ['a digest in upper case', (_, texts) => texts.set('trunk', 'A'.repeat(64)), /not valid at trunk/],
    ['labels that are the same', (_, texts) => texts.set('labels', '["a","a"]'), /labels must differ/],
    ['an empty label', (_, texts) => texts.set('labels', '["a"," "]'), /not valid at labels\.1/],
    [
      'a temperature of 0',
      (_, texts) => texts.set('calibration', '{"temperature":0,"rejectAbove":null}'),
      /temperature/,
    ],
    [
      'an infinite temperature',
      (_, texts) => texts.set('calibration', '{"temperature":1e999,"rejectAbove":null}'),
      /temperature/,
    ],
    [
      'more labels than outputs',
      (_, texts) => setLabels(texts, 3),
      /"dense_2\/bias" has shape \[2\]; \[3\] is expected/,
    ],
    ['too many labels', (_, texts) => setLabels(texts, 513), /not valid at labels/],
    [
      'a report of other classes',
      (_, texts) => texts.set('labels', '["a"]'),
      /report counts 2 classes for 1 labels/,
    ],
    ['no activations', (_, texts) => texts.delete('activations'), /list of activations is not valid/],
    [
      'an unknown activation',
      (_, texts) => texts.set('activations', '["gelu","linear"]'),
      /activations is not valid at 0/,
    ],
    [
      'an activation on the logits',
      (_, texts) => texts.set('activations', '["relu","relu"]'),
      /must be linear/,
    ],
    [
      'more activations than layers',
      (_, texts) => texts.set('activations', '["relu","relu","linear"]'),
      /dense_2\/bias" has|dense_3\/bias" is missing/,
    ],
    [
      'fewer activations than layers',
      (_, texts) => texts.set('activations', '["linear"]'),
      /"dense\/bias" is missing/,
    ],
    ['a missing tensor', (tensors) => tensors.delete('dense_1/kernel'), /"dense_1\/kernel" is missing/],
    [
      'an unknown tensor',
      (tensors) => tensors.set('gamma', vector(1)),
      /"gamma" is not part of a head of version 1/,
    ],
    [
      'weights of the trunk in version 1',
      (tensors) => tensors.set('trunk/a/bias', vector(1)),
      /"trunk\/a\/bias" is not part of a head of version 1/,
    ],
    [
      'a broken chain of shapes',
      (tensors) => tensors.set('standardize/mean', vector(2)),
      /deviation" has shape \[3\]; \[2\] is expected/,
    ],
    [
      'a kernel turned round',
      (tensors) => tensors.set('dense_1/kernel', matrix(4, 3)),
      /has shape \[4,3\]; \[3,4\] is expected/,
    ],
    [
      'a vector as a matrix',
      (tensors) => tensors.set('standardize/mean', matrix(1, 3)),
      /mean" has shape \[1,3\]; \[any\]/,
    ],
    ['no features', (tensors) => tensors.set('standardize/mean', vector(0)), /mean" has shape \[0\]/],
    [
      'a deviation of 0',
      (tensors) => tensors.set('standardize/deviation', vector(3)),
      /deviation" must be above 0/,
    ],
    [
      'NaN',
      (tensors) => tensors.set('dense_2/bias', { ...vector(2), data: Float32Array.of(0, Number.NaN) }),
      /"dense_2\/bias" is not finite/,
    ],
    [
      'integers for floats',
      (tensors) => tensors.set('dense_2/bias', { dtype: 'I32', shape: [2], data: new Int32Array(2) }),
      /dtype I32/,
    ],
    [
      'halves other than in a kernel',
      (tensors) => tensors.set('dense_2/bias', { dtype: 'F16', shape: [2], data: new Uint16Array(2) }),
      /dtype F16/,
    ],
  ])('refuses %s', (_condition, edit, reason) => {
    const message = refusedAfter(edit);
    expect(message).toMatch(/^head_invalid: /);
    expect(message).toMatch(reason);
  });

  it.each<readonly [condition: string, edit: Parameters<typeof refusedAfter>[0], reason: RegExp]>([
    [
      'a tensor that is neither the head’s nor the trunk’s',
      (tensors) => tensors.set('trunks/a', vector(1)),
      /"trunks\/a" is not part of a head of version 2/,
    ],
    [
      'a variance below 0',
      (tensors) => tensors.set('trunk/bn/moving_variance', { ...vector(2), data: Float32Array.of(1, -1e-9) }),
      /moving_variance" has a variance below 0/,
    ],
    [
      'NaN',
      (tensors) => tensors.set('trunk/a/beta', { ...vector(1), data: Float32Array.of(Number.NaN) }),
      /"trunk\/a\/beta" is not finite/,
    ],
    [
      'infinity as a half',
      (tensors) =>
        tensors.set('trunk/a/kernel', { dtype: 'F16', shape: [1, 1], data: Uint16Array.of(0x7c00) }),
      /"trunk\/a\/kernel" is not finite/,
    ],
    [
      'integers',
      (tensors) => tensors.set('trunk/a/kernel', { dtype: 'I8', shape: [1, 1], data: new Int8Array(1) }),
      /"trunk\/a\/kernel" has dtype I8/,
    ],
    [
      'halves other than in a kernel',
      (tensors) => tensors.set('trunk/a/bias', { dtype: 'F16', shape: [2], data: new Uint16Array(2) }),
      /"trunk\/a\/bias" has dtype F16/,
    ],
    ['an empty weight', (tensors) => tensors.set('trunk/a/bias', vector(0)), /"trunk\/a\/bias" is empty/],
    ['a tuning that is not JSON', (_, texts) => texts.set('tuning', '{'), /key tuning is not JSON/],
    [
      'a tuning without proof',
      (_, texts) => texts.set('tuning', '{"from":null,"batchNorm":{"trainable":true,"training":false}}'),
      /not valid at tuning\.proof/,
    ],
    [
      'an adaptation to no images',
      (_, texts) => texts.set('adaptation', '{"images":0,"alpha":0.5}'),
      /not valid at adaptation\.images/,
    ],
    [
      'an adaptation beyond the observed',
      (_, texts) => texts.set('adaptation', '{"images":9,"alpha":1.5}'),
      /not valid at adaptation\.alpha/,
    ],
  ])('refuses a head of version 2 with %s', (_condition, edit, reason) => {
    const message = refusedAfter(edit, decodeSafetensors(overlaid, { maxBytes: 9999 }));
    expect(message).toMatch(/^head_invalid: /);
    expect(message).toMatch(reason);
  });

  it('ignores metadata that it does not know', () => {
    expect(refusedAfter((_, texts) => texts.set('format', 'pt'))).toBe('nothing was refused');
  });

  it('refuses a file that is too large as head_too_large, and one that is no safetensors as head_invalid', () => {
    expect(refusal(() => decodeHead(new Uint8Array(MAX_HEAD_BYTES + 1)))).toMatch(/^head_too_large/);
    expect(refusal(() => decodeHead(new Uint8Array(3)))).toMatch(/^head_invalid/);
  });

  it.each([
    ['version 1', plain],
    ['version 2', overlaid],
  ])('refuses damaged files of %s with its own codes only', (_version, good) => {
    const edits = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(edits, (edits) => {
        const bytes = good.slice();
        for (const [at, value] of edits) bytes[at] = value;
        mayRefuse(['head_invalid', 'head_too_large'], () => decodeHead(bytes));
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses every file that ends early', () => {
    for (let length = 0; length < overlaid.length; length++)
      expect(refusal(() => decodeHead(overlaid.subarray(0, length)))).toMatch(/^head_invalid/);
  });
});

function vector(length: number): Extract<Tensor, { dtype: 'F32' }> {
  return { dtype: 'F32', shape: [length], data: new Float32Array(length) };
}

function matrix(rows: number, columns: number): Tensor {
  return { dtype: 'F32', shape: [rows, columns], data: new Float32Array(rows * columns) };
}

function setLabels(texts: Map<string, string>, count: number): void {
  texts.set('labels', JSON.stringify(Array.from({ length: count }, (_, i) => `class ${i}`)));
  texts.set('report', JSON.stringify({ ...metadata.report, examples: Array(count).fill(1) }));
}
