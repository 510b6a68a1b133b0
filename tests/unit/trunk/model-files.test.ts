// A model as files: what is refused, each with a code of its own, and that nothing else than an AppError ever comes out.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { AppError } from '../../../src/contract/errors.ts';
import { product } from '../../../src/trunk/graph.ts';
import { importTrunk } from '../../../src/trunk/import.ts';
import { readModel } from '../../../src/trunk/model-files.ts';
import { inferAt, randomImages, trainAt } from '../../support/trunk-nets.ts';
import { keras2, keras3, RESIDUAL } from './keras-json.ts';

beforeAll(startBackend);

type Entry = { name: string; shape: readonly number[]; dtype: string };

/** Weights of the residual model, in the order of its file. */
const WEIGHTS: readonly Entry[] = (
  [
    ['conv/kernel', [3, 3, 3, 4]],
    ['bn/gamma', [4]],
    ['bn/beta', [4]],
    ['bn/moving_mean', [4]],
    ['bn/moving_variance', [4]],
    ['conv2/kernel', [1, 1, 4, 4]],
    ['conv2/bias', [4]],
  ] as const
).map(([name, shape]) => ({ name, shape, dtype: 'float32' }));

const FLOATS = WEIGHTS.reduce((sum, { shape }) => sum + product(shape), 0);

/** model.json of the residual model and a reader of its one shard. */
function residual(
  change: {
    weights?: readonly Entry[];
    bytes?: Uint8Array;
    path?: string;
    topology?: unknown;
    format?: string;
  } = {},
) {
  const {
    weights = WEIGHTS,
    bytes = new Uint8Array(new Float32Array(FLOATS).fill(0.5).buffer),
    path = 'weights.bin',
    topology = keras2(RESIDUAL, 'sum'),
    format = 'layers-model',
  } = change;
  const json = { format, modelTopology: topology, weightsManifest: [{ paths: [path], weights }] };
  return readModel(json, async () => bytes);
}

describe('readModel', () => {
  it('reads topology and weights of a model of Keras 2 or 3', async () => {
    const images = randomImages([1, 8, 8, 3]);
    const of2 = await residual();
    const of3 = await residual({ topology: keras3(RESIDUAL, 'sum') });
    expect(of2.weights.names).toEqual(WEIGHTS.map(({ name }) => name));
    expect(await inferAt(of3, 'sum', images)).toEqual(await inferAt(of2, 'sum', images));
  });

  it('joins the shards of a group in their order', async () => {
    const floats = Float32Array.from({ length: FLOATS }, (_, i) => i);
    const bytes = new Uint8Array(floats.buffer);
    const model = await readModel(
      {
        modelTopology: keras2(RESIDUAL, 'sum'),
        weightsManifest: [{ paths: ['a', 'b', 'c'], weights: WEIGHTS }],
      },
      async (path) =>
        ({ a: bytes.subarray(0, 13), b: bytes.subarray(13, 101), c: bytes.subarray(101) })[path] ?? bytes,
    );
    expect([...model.weights.get('conv2/bias').data]).toEqual([...floats.subarray(-4)]);
  });

  it('takes a shard that is named by its SHA-256, and refuses another under that name', async () => {
    const bytes = new Uint8Array(FLOATS * 4);
    const path = `${await sha256Hex(bytes)}.bin`;
    await expect(residual({ bytes, path })).resolves.toBeDefined();
    const changed = Uint8Array.from(bytes, (byte, i) => (i === 40 ? byte ^ 1 : byte));
    await expect(residual({ bytes: changed, path })).rejects.toMatchObject({ code: 'digest_mismatch' });
    // Truncated is another digest as well: the name is checked first.
    await expect(residual({ bytes: bytes.subarray(1), path })).rejects.toMatchObject({
      code: 'digest_mismatch',
    });
  });

  it.each<[string, string, Parameters<typeof residual>[0]]>([
    ['a truncated shard', 'model_truncated', { bytes: new Uint8Array(FLOATS * 4 - 1) }],
    ['extra bytes', 'model_invalid', { bytes: new Uint8Array(FLOATS * 4 + 1) }],
    ['a missing weight', 'model_weight_missing', { weights: WEIGHTS.slice(0, -1) }],
    [
      'a weight that is listed twice',
      'model_invalid',
      { weights: [...WEIGHTS, ...WEIGHTS.slice(-1)], bytes: new Uint8Array((FLOATS + 4) * 4) },
    ],
    [
      'a weight of another shape',
      'model_invalid',
      { weights: WEIGHTS.map((w) => (w.name === 'conv2/kernel' ? { ...w, shape: [4, 4] } : w)) },
    ],
    [
      'a weight of another type',
      'model_invalid',
      { weights: WEIGHTS.map((w) => (w.name === 'bn/gamma' ? { ...w, dtype: 'int32' } : w)) },
    ],
    ['no topology', 'model_invalid', { topology: null }],
    [
      'layers that do not fit each other',
      'shape_mismatch',
      { topology: keras2([...RESIDUAL, { type: 'Add', name: 'odd', inputs: ['relu', 'image'] }], 'odd') },
    ],
    [
      'maps that cannot be joined',
      'shape_mismatch',
      {
        topology: keras2(
          [
            ...RESIDUAL,
            { type: 'MaxPooling2D', name: 'pool', inputs: ['sum'] },
            { type: 'Concatenate', name: 'odd', inputs: ['pool', 'sum'] },
          ],
          'odd',
        ),
      },
    ],
    [
      'a convolution of a vector',
      'shape_mismatch',
      {
        topology: keras2(
          [
            ...RESIDUAL,
            { type: 'Flatten', name: 'flat', inputs: ['sum'] },
            { type: 'ZeroPadding2D', name: 'odd', inputs: ['flat'] },
          ],
          'odd',
        ),
      },
    ],
    [
      'a batchNorm of rows',
      'model_layer_unknown',
      {
        topology: keras2(
          RESIDUAL.map((layer) => (layer.name === 'bn' ? { ...layer, config: { axis: 1 } } : layer)),
          'sum',
        ),
      },
    ],
    [
      'a softmax over rows',
      'model_layer_unknown',
      {
        topology: keras2(
          [...RESIDUAL, { type: 'Softmax', name: 'odd', config: { axis: 1 }, inputs: ['sum'] }],
          'odd',
        ),
      },
    ],
    [
      'a window that is larger than the map',
      'shape_mismatch',
      {
        topology: keras2(
          RESIDUAL.map((l) => (l.name === 'conv2' ? { ...l, config: { filters: 4, kernel_size: 9 } } : l)),
          'sum',
        ),
      },
    ],
    [
      'a reshape to another size',
      'shape_mismatch',
      {
        topology: keras2(
          [...RESIDUAL, { type: 'Reshape', name: 'odd', config: { target_shape: [7, -1] }, inputs: ['sum'] }],
          'odd',
        ),
      },
    ],
  ])('refuses %s', async (_, code, change) => {
    await expect(residual(change)).rejects.toMatchObject({ name: 'AppError', code });
  });

  it('refuses a graph-model, and says why', async () => {
    await expect(residual({ format: 'graph-model', topology: { node: [] } })).rejects.toMatchObject({
      code: 'model_invalid',
      detail: expect.stringContaining('whose BatchNorm is gone'),
    });
  });

  it('passes on what the reader of shards throws', async () => {
    const offline = new Error('offline');
    const json = {
      modelTopology: keras2(RESIDUAL, 'sum'),
      weightsManifest: [{ paths: ['x'], weights: WEIGHTS }],
    };
    await expect(readModel(json, () => Promise.reject(offline))).rejects.toBe(offline);
  });
});

describe('readModel on hostile JSON', () => {
  const bytes = new Uint8Array(new Float32Array(FLOATS).fill(0.5).buffer);
  const refusable = async <T>(work: Promise<T>): Promise<T | null> => {
    try {
      return await work;
    } catch (error) {
      if (error instanceof AppError && error.code !== 'internal') return null;
      throw error;
    }
  };
  const read = (json: unknown) => refusable(readModel(json, async () => bytes));

  it('refuses any JSON with an AppError', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), async (a, b, c) => {
        expect(await read(a)).toBeNull();
        expect(
          await read({ modelTopology: { class_name: 'Functional', config: b }, weightsManifest: [] }),
        ).toBeNull();
        expect(await read({ modelTopology: keras2(RESIDUAL, 'sum'), weightsManifest: c })).toBeNull();
      }),
    );
  });

  it('refuses a model with one value changed, or runs it', async () => {
    const small = fc.oneof(
      fc.integer({ min: -2, max: 9 }),
      fc.constantFrom(
        null,
        true,
        false,
        '',
        'conv',
        'relu',
        'sum',
        'same',
        'valid',
        'Add',
        'Dense',
        'Flatten',
        'Softmax',
      ),
      fc.constantFrom([], {}, [1], [2, 2], [[1, 2], 1], [[['bn', 0, 0, {}]]]),
      fc.double({ min: -2, max: 2, noNaN: true }),
    );
    const valid = {
      modelTopology: keras2(RESIDUAL, 'sum'),
      weightsManifest: [{ paths: ['w'], weights: WEIGHTS }],
    };
    const paths = pathsOf(valid);
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...paths),
        fc.option(small, { nil: undefined }),
        async (path, value) => {
          const json = withValue(valid, path, value);
          const model = await read(json);
          if (model === null) return;
          await refusable(importTrunk(json, async () => bytes));
          const { output, inputShape } = model.graph;
          const images = randomImages([2, ...inputShape]);
          const inferred = await inferAt(model, output, images);
          expect(inferred.data).toHaveLength(product(inferred.shape));
          if (model.graph.nodes.length > 1)
            expect(trainAt(model, output, images).shape).toEqual(inferred.shape);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

type Path = readonly string[];

/** Where every value of a JSON document is. */
function pathsOf(value: unknown): readonly Path[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => [
    [key],
    ...pathsOf(inner).map((path) => [key, ...path]),
  ]);
}

/** A copy with the value at a path replaced, or left out where it is undefined. */
function withValue(document: unknown, path: Path, value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  const entries = Object.entries(document as object).map(([k, inner]) => [
    k,
    k === key ? withValue(inner, rest, value) : inner,
  ]);
  const kept = entries.filter(([, inner]) => inner !== undefined);
  return Array.isArray(document) ? kept.map(([, inner]) => inner) : Object.fromEntries(kept);
}
