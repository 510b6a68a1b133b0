// A trunk of three layers for tests of routes: real files in the real format, and small enough to lower at once.
import * as v from 'valibot';
import { encodeStatistics } from '../../../src/artifact/statistics-file.ts';
import { ModelManifest } from '../../../src/contract/manifest.ts';
import { importTrunk } from '../../../src/trunk/import.ts';
import type { FetchAsset } from '../../../worker/catalog.ts';

/** Channels at the only cut. */
export const CHANNELS = 4;
/** The cut's name. */
export const CUT = 'relu';

/** A trunk as the assets folder has it. */
export interface TinyTrunk {
  readonly manifest: ModelManifest;
  /** By path, such as `/models/index.json`. */
  readonly assets: ReadonlyMap<string, Uint8Array<ArrayBuffer>>;
  /** Answers from `assets`, and 404 for what is not there. */
  readonly fetchAsset: FetchAsset;
}

/** Conv2D 3x3 of stride 16, BatchNormalization, ReLU, on 32 px; other names make other digests. */
export async function tinyTrunk(...names: readonly string[]): Promise<readonly [TinyTrunk, ...TinyTrunk[]]> {
  const assets = new Map<string, Uint8Array<ArrayBuffer>>();
  const fetchAsset: FetchAsset = async (path) => {
    const found = assets.get(path);
    return found === undefined ? new Response(null, { status: 404 }) : new Response(found);
  };
  const trunks: TinyTrunk[] = [];
  for (const name of names) {
    const manifest = await addTrunk(name, assets);
    trunks.push({ manifest, assets, fetchAsset });
  }
  assets.set('/models/index.json', json({ models: names }));
  const [first, ...rest] = trunks;
  if (first === undefined) throw new Error('Name a trunk.');
  return [first, ...rest];
}

async function addTrunk(name: string, assets: Map<string, Uint8Array<ArrayBuffer>>): Promise<ModelManifest> {
  const shapes = {
    'conv/kernel': [3, 3, 3, CHANNELS],
    'norm/gamma': [CHANNELS],
    'norm/beta': [CHANNELS],
    'norm/moving_mean': [CHANNELS],
    'norm/moving_variance': [CHANNELS],
  };
  const count = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const total = Object.values(shapes).reduce((sum, shape) => sum + count(shape), 0);
  // The same weights for the same name; in (0,1), so that variances are positive.
  const seed = [...name].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7);
  const weights = Float32Array.from({ length: total }, (_, i) => (((i + 1) * seed * 0.618034) % 1) + 0.01);
  const { files, statistics, facts } = await importTrunk(
    {
      format: 'layers-model',
      modelTopology: topology,
      weightsManifest: [
        {
          paths: ['weights.bin'],
          weights: Object.entries(shapes).map(([each, shape]) => ({ name: each, shape, dtype: 'float32' })),
        },
      ],
    },
    async () => new Uint8Array(weights.buffer),
  );
  const manifest = v.parse(ModelManifest, {
    ...facts,
    schema: 'topwork.trunk/1',
    name,
    input: { size: 32, range: [0, 1] },
    defaults: { cut: CUT, pooling: '1x1', size: 32 },
    files: [],
    licence: 'MIT',
    source: 'made for tests',
  });
  for (const [path, bytes] of files) assets.set(`/models/${name}/${path}`, new Uint8Array(bytes));
  assets.set(`/models/${name}/bn.safetensors`, encodeStatistics(statistics));
  assets.set(`/models/${name}/manifest.json`, json(manifest));
  return manifest;
}

function json(value: unknown): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new TextEncoder().encode(JSON.stringify(value)));
}

const after = (name: string) => [[[name, 0, 0, {}]]];
const topology = {
  class_name: 'Model',
  config: {
    name: 'tiny',
    layers: [
      {
        class_name: 'InputLayer',
        name: 'input',
        config: { name: 'input', batch_input_shape: [null, 32, 32, 3] },
        inbound_nodes: [],
      },
      {
        class_name: 'Conv2D',
        name: 'conv',
        config: {
          name: 'conv',
          filters: CHANNELS,
          kernel_size: [3, 3],
          strides: [16, 16],
          padding: 'valid',
          use_bias: false,
        },
        inbound_nodes: after('input'),
      },
      {
        class_name: 'BatchNormalization',
        name: 'norm',
        config: { name: 'norm', axis: [3], momentum: 0.99, epsilon: 0.001 },
        inbound_nodes: after('conv'),
      },
      { class_name: 'ReLU', name: CUT, config: { name: CUT }, inbound_nodes: after('norm') },
    ],
    input_layers: [['input', 0, 0]],
    output_layers: [[CUT, 0, 0]],
  },
};
