import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../../src/artifact/safetensors.ts';
import { decodeStatistics, encodeStatistics } from '../../../src/artifact/statistics-file.ts';
import { MAX_STATISTICS_BYTES } from '../../../src/contract/limits.ts';
import type { Statistics } from '../../../src/trunk/batch-norm.ts';
import { golden, mayRefuse, refusal, statistics } from './fixtures.ts';

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0);
const anyLayer: fc.Arbitrary<Statistics> = fc.nat(4).chain((channels) => {
  const vector = fc.float32Array({
    minLength: channels,
    maxLength: channels,
    noNaN: true,
    noDefaultInfinity: true,
  });
  return fc.record({
    layer: fc.string({ unit: 'binary', maxLength: 8 }),
    mean: vector,
    variance: vector.map((values) => values.map((value) => Math.abs(value))),
    epsilon: number.map((value) => Math.abs(value) || 1e-3),
    momentum: number,
  });
});
const anyLayers = fc.uniqueArray(anyLayer, { selector: ({ layer }) => layer, maxLength: 5 });
const byLayer = (layers: readonly Statistics[]) =>
  new Map(layers.map((statistics) => [statistics.layer, statistics]));

function refusedAfter(edit: (tensors: Map<string, Tensor>, texts: Map<string, string>) => void): string {
  const file = decodeSafetensors(encodeStatistics(statistics), { maxBytes: MAX_STATISTICS_BYTES });
  const tensors = new Map(file.tensors);
  const texts = new Map(file.metadata);
  edit(tensors, texts);
  return refusal(() =>
    decodeStatistics(encodeSafetensors({ tensors, metadata: texts }, { allowNonFinite: true })),
  );
}

describe('encodeStatistics and decodeStatistics', () => {
  it('give back every layer, and the same bytes whatever their order', () => {
    fc.assert(
      fc.property(anyLayers, (layers) => {
        const bytes = encodeStatistics(layers);
        expect(byLayer(decodeStatistics(bytes))).toEqual(byLayer(layers));
        expect(encodeStatistics([...layers].reverse())).toEqual(bytes);
      }),
    );
  });

  it('hold a trunk without BatchNorm', () => {
    expect(decodeStatistics(encodeStatistics([]))).toEqual([]);
  });
});

describe('version 1', () => {
  it('stays readable and is still written to the same bytes', () => {
    expect(byLayer(decodeStatistics(golden('statistics-v1.safetensors')))).toEqual(byLayer(statistics));
    expect(encodeStatistics(statistics)).toEqual(golden('statistics-v1.safetensors'));
  });
});

describe('encodeStatistics', () => {
  const [layer] = statistics;
  if (layer === undefined) throw new Error('the fixture has layers');

  it.each<readonly [condition: string, layers: readonly Statistics[], reason: RegExp]>([
    ['a layer twice', [layer, layer], /"bn_Conv1" is there twice/],
    ['a negative variance', [{ ...layer, variance: Float32Array.of(1, -1e-9) }], /negative variance/],
    ['a variance and epsilon of 0', [{ ...layer, epsilon: 0 }], /divide by zero/],
    ['a negative epsilon', [{ ...layer, epsilon: -1e-3 }], /negative epsilon/],
    ['an epsilon that is no number', [{ ...layer, epsilon: Number.NaN }], /epsilon that is not a finite/],
    ['an infinite momentum', [{ ...layer, momentum: Infinity }], /momentum that is not a finite/],
    [
      'an infinite mean',
      [{ ...layer, mean: Float32Array.of(0, Infinity) }],
      /"bn_Conv1\/moving_mean" is not finite/,
    ],
    ['another count of variances', [{ ...layer, variance: Float32Array.of(1) }], /2 means and 1 variances/],
  ])('refuses %s', (_condition, layers, reason) => {
    const message = refusal(() => encodeStatistics(layers));
    expect(message).toMatch(/^artifact_invalid: /);
    expect(message).toMatch(reason);
  });
});

describe('decodeStatistics', () => {
  const scalar: Tensor = { dtype: 'F32', shape: [], data: new Float32Array(1) };

  it.each<readonly [condition: string, edit: Parameters<typeof refusedAfter>[0], reason: RegExp]>([
    ['a head', (_, texts) => texts.set('schema', 'topwork.head/1'), /topwork\.bn\/1 is expected/],
    [
      'a newer schema',
      (_, texts) => texts.set('schema', 'topwork.bn/10'),
      /version 10; version 1 is read.*Update/,
    ],
    ['a missing mean', (tensors) => tensors.delete('bn_Conv1/moving_mean'), /"bn_Conv1" has no moving_mean/],
    [
      'a missing variance',
      (tensors) => tensors.delete('bn_Conv1/moving_variance'),
      /"bn_Conv1" has no moving_variance/,
    ],
    ['a missing epsilon', (_, texts) => texts.delete('bn_Conv1/epsilon'), /"bn_Conv1" has no epsilon/],
    [
      'an epsilon in hexadecimal',
      (_, texts) => texts.set('bn_Conv1/epsilon', '0x1'),
      /epsilon that is not a finite/,
    ],
    ['an empty momentum', (_, texts) => texts.set('bn_Conv1/momentum', ''), /momentum that is not a finite/],
    [
      'a momentum too large',
      (_, texts) => texts.set('bn_Conv1/momentum', '1e999'),
      /momentum that is not a finite/,
    ],
    ['another tensor', (tensors) => tensors.set('bn_Conv1/gamma', scalar), /neither a moving_mean nor/],
    ['a scalar', (tensors) => tensors.set('bn_Conv1/moving_mean', scalar), /not an F32 vector/],
  ])('refuses %s', (_condition, edit, reason) => {
    const message = refusedAfter(edit);
    expect(message).toMatch(/^artifact_invalid: /);
    expect(message).toMatch(reason);
  });

  it('refuses a file over the limit', () => {
    expect(refusal(() => decodeStatistics(new Uint8Array(MAX_STATISTICS_BYTES + 1)))).toMatch(
      /^artifact_too_large/,
    );
  });

  it('refuses damaged files with its own codes only', () => {
    const good = encodeStatistics(statistics);
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, value) => {
        const bytes = good.slice();
        bytes[at] = value;
        mayRefuse(['artifact_invalid', 'artifact_too_large'], () => decodeStatistics(bytes));
      }),
      { numRuns: 2000 },
    );
  });
});
