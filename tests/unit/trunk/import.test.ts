// Importing small models: what is cut off, what is kept as it was, and that any tfjs program can load the result.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { digestStatistics, readStatistics } from '../../../src/trunk/batch-norm.ts';
import { importTrunk, type TrunkFiles } from '../../../src/trunk/import.ts';
import { readModel } from '../../../src/trunk/model-files.ts';
import {
  chain,
  functional,
  inferAt,
  type Net,
  netOf,
  predict,
  randomImages,
  relativeError,
} from '../../support/trunk-nets.ts';
import { keras2, keras3, RESIDUAL } from './keras-json.ts';

const { layers } = tf;
const IMAGES = randomImages([2, 9, 8, 3]);

beforeAll(startBackend);

/** A small trunk with a classifier on it. */
function classifier(
  head: readonly tf.layers.Layer[] = [layers.dense({ units: 5, name: 'top' })],
): Promise<Net> {
  return netOf(
    functional((x) =>
      chain(
        x,
        layers.conv2d({ filters: 4, kernelSize: 3, name: 'conv' }),
        layers.batchNormalization({ name: 'bn' }),
        layers.reLU({ name: 'relu' }),
        layers.conv2d({ filters: 6, kernelSize: 1, name: 'last' }),
        layers.globalAveragePooling2d({ name: 'pool' }),
        ...head,
      ),
    ),
  );
}

function importNet({ files }: Net, options: { top?: string } = {}): Promise<TrunkFiles> {
  return importTrunk(files.json, async () => files.bytes, options);
}

function jsonOf({ files }: TrunkFiles) {
  return JSON.parse(new TextDecoder().decode(files.get('model.json')));
}

/** The imported files by `tf.loadLayersModel(url)`. */
async function loadedByTfjs(trunk: TrunkFiles): Promise<tf.LayersModel> {
  const fetchFunc: typeof fetch = async (input) => {
    const path = String(input).replace('http://trunk.test/', '');
    const type = path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    return new Response(new Uint8Array(trunk.files.get(path) ?? []), { headers: { 'content-type': type } });
  };
  return tf.loadLayersModel('http://trunk.test/model.json', { fetchFunc });
}

describe('importTrunk', () => {
  it.each([
    [undefined, 'last'],
    ['relu', 'relu'],
  ])('ends at %s: %s, and computes what the model computes there', async (top, end) => {
    const net = await classifier();
    const trunk = await importNet(net, top === undefined ? {} : { top });
    expect(trunk.model.graph.output).toBe(end);
    expect(trunk.facts.cuts.at(-1)?.layer).toBe(end);
    const expected = predict(net.oracle, IMAGES, end);
    expect(relativeError(await inferAt(trunk.model, end, IMAGES), expected)).toBeLessThan(1e-4);

    const again = await loadedByTfjs(trunk);
    expect(again.layers.at(-1)?.name).toBe(end);
    expect(predict(again, IMAGES, end)).toEqual(expected);
    again.dispose();
    net.oracle.dispose();
  });

  it('imports a sequential model, and tfjs loads the result', async () => {
    const keras = tf.sequential({
      layers: [
        layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [9, 8, 3], name: 'conv' }),
        layers.batchNormalization({ name: 'bn' }),
        layers.flatten({ name: 'flat' }),
        layers.dense({ units: 2, name: 'top' }),
      ],
    });
    const net = await netOf(keras);
    const trunk = await importNet(net);
    const again = await loadedByTfjs(trunk);
    expect(again.layers.map(({ name }) => name)).toEqual(['conv', 'bn']);
    expect(predict(again, IMAGES, 'bn')).toEqual(predict(net.oracle, IMAGES, 'bn'));
    again.dispose();
    net.oracle.dispose();
  });

  it.each([
    ['Keras 2', keras2],
    ['Keras 3', keras3],
  ])('writes a model of %s that can be read again', async (_, keras) => {
    const layersWithTop = [
      ...RESIDUAL,
      { type: 'GlobalAveragePooling2D', name: 'pool', inputs: ['sum'] },
      { type: 'Dense', name: 'top', config: { units: 2 }, inputs: ['pool'] },
    ];
    const shapes = {
      'conv/kernel': [3, 3, 3, 4],
      'bn/gamma': [4],
      'bn/beta': [4],
      'bn/moving_mean': [4],
      'bn/moving_variance': [4],
      'conv2/kernel': [1, 1, 4, 4],
      'conv2/bias': [4],
      'top/kernel': [4, 2],
      'top/bias': [2],
    };
    const weights = Object.entries(shapes).map(([name, shape]) => ({ name, shape, dtype: 'float32' }));
    const bytes = new Uint8Array(4 * (108 + 4 * 4 + 16 + 4 + 8 + 2));
    const trunk = await importTrunk(
      { modelTopology: keras(layersWithTop, 'top'), weightsManifest: [{ paths: ['w'], weights }] },
      async () => bytes,
    );
    const again = await readModel(jsonOf(trunk), async (path) => trunk.files.get(path) ?? new Uint8Array());
    expect(again.graph.nodes.map(({ name }) => name)).toEqual(RESIDUAL.map(({ name }) => name));
    expect(again.graph.output).toBe('sum');
  });

  it('names shards by their content, keeps only the trunk’s weights, and states its facts', async () => {
    const net = await classifier();
    const { files, facts, model, statistics } = await importNet(net);
    const parameters = 3 * 3 * 3 * 4 + 4 + 4 * 4 + 4 * 6 + 6;
    expect([...files.keys()].filter((path) => path !== 'model.json')).toHaveLength(1);
    for (const [path, bytes] of files)
      if (path !== 'model.json') {
        expect(path).toBe(`${await sha256Hex(bytes)}.bin`);
        expect(bytes.length).toBe(4 * parameters);
        expect(facts.weights).toBe(await sha256Hex(bytes));
      }
    expect(facts.parameters).toBe(parameters);
    expect(facts.digest).toBe(await sha256Hex(files.get('model.json') ?? new Uint8Array()));
    expect(facts.statistics).toBe(await digestStatistics(statistics));
    expect(statistics).toEqual(readStatistics(net.model));
    expect(facts.cuts).toEqual([
      { layer: 'relu', shape: [7, 6, 4], dim: 4, macs: 7 * 6 * 4 * 27 },
      { layer: 'last', shape: [7, 6, 6], dim: 6, macs: 7 * 6 * 4 * 27 + 7 * 6 * 6 * 4 },
    ]);
    expect(facts.batchNorm).toEqual([
      { layer: 'bn', channels: 4, epsilon: 1e-3, momentum: 0.99, scale: true, center: true, trainable: true },
    ]);
    expect(facts.range).toBeNull();
    for (const name of model.weights.names)
      expect(model.weights.get(name)).toEqual(net.model.weights.get(name));
    net.oracle.dispose();
  });

  it('splits weights into shards of 4 MiB, wherever a weight ends', async () => {
    const net = await netOf(
      functional((x) =>
        chain(
          x,
          layers.conv2d({ filters: 1000, kernelSize: 1 }),
          layers.conv2d({ filters: 1100, kernelSize: 1, name: 'b' }),
        ),
      ),
    );
    net.oracle.dispose();
    const { files, model } = await importNet(net);
    const bytes = 4 * (3 * 1000 + 1000 + 1000 * 1100 + 1100);
    const lengths = [...files].flatMap(([path, shard]) => (path === 'model.json' ? [] : [shard.length]));
    expect(lengths).toEqual([4 * 1024 * 1024, bytes - 4 * 1024 * 1024]);
    expect(model.weights.get('b/bias')).toEqual(net.model.weights.get('b/bias'));
  });

  it('keeps quantised weights as they are stored', async () => {
    const quantization = { dtype: 'uint8', min: -0.5, scale: 1 / 128 } as const;
    const sizes = {
      'conv/kernel': 108,
      'bn/gamma': 4,
      'bn/beta': 4,
      'bn/moving_mean': 4,
      'bn/moving_variance': 4,
    };
    const bytes = Uint8Array.from({ length: 108 + 16 }, (_, i) => i);
    const weights = Object.entries(sizes).map(([name, size]) => ({
      name,
      shape: name === 'conv/kernel' ? [3, 3, 3, 4] : [size],
      dtype: 'float32',
      quantization,
    }));
    const { files, model } = await importTrunk(
      { modelTopology: keras2(RESIDUAL.slice(0, 4), 'relu'), weightsManifest: [{ paths: ['w'], weights }] },
      async () => bytes,
    );
    const [shard] = [...files].filter(([path]) => path !== 'model.json');
    expect(shard?.[1]).toEqual(bytes);
    expect([...model.weights.get('bn/gamma').data]).toEqual([108, 109, 110, 111].map((b) => b / 128 - 0.5));
  });

  it('gives the same digest twice, and another for another weight, option or flag', async () => {
    const net = await classifier();
    net.oracle.dispose();
    const digestOf = async (json: unknown, bytes = net.files.bytes) =>
      (await importTrunk(json, async () => bytes)).facts.digest;
    const digest = await digestOf(net.files.json);
    const text = JSON.stringify(net.files.json);
    expect(await digestOf(JSON.parse(text))).toBe(digest);
    expect(
      await digestOf(
        net.files.json,
        net.files.bytes.map((b, i) => (i === 0 ? b ^ 1 : b)),
      ),
    ).not.toBe(digest);
    expect(await digestOf(JSON.parse(text.replace('"epsilon":0.001', '"epsilon":0.002')))).not.toBe(digest);
    expect(await digestOf(JSON.parse(text.replace('"trainable":true', '"trainable":false')))).not.toBe(
      digest,
    );
  });

  it('leaves the training configuration of the whole model out', async () => {
    const net = await classifier();
    net.oracle.dispose();
    const modelTopology = {
      model_config: net.files.json.modelTopology,
      training_config: { loss: 'x' },
      backend: 'tf',
    };
    const trunk = await importTrunk({ ...net.files.json, modelTopology }, async () => net.files.bytes);
    expect(Object.keys(jsonOf(trunk).modelTopology)).toEqual(['model_config', 'backend']);
  });

  it('says [0,255] where the model rescales by itself', async () => {
    const net = await netOf(
      functional((x) =>
        chain(
          x,
          layers.rescaling({ scale: 1 / 255 }),
          layers.conv2d({ filters: 4, kernelSize: 3, name: 'conv' }),
        ),
      ),
    );
    net.oracle.dispose();
    expect((await importNet(net)).facts.range).toEqual([0, 255]);
  });

  it.each(['conv', 'pool', 'top', 'nowhere'])('refuses to end at %s, and says where it can', async (top) => {
    const net = await classifier();
    net.oracle.dispose();
    await expect(importNet(net, { top })).rejects.toMatchObject({
      code: 'model_invalid',
      detail: expect.stringContaining('it can at relu, last'),
    });
  });

  it('refuses a model without any place to end', async () => {
    const net = await netOf(functional((x) => chain(x, layers.flatten(), layers.dense({ units: 2 }))));
    net.oracle.dispose();
    await expect(importNet(net)).rejects.toMatchObject({ code: 'model_invalid' });
  });
});
