// Small Keras models for tests: built by tfjs-layers, which then is the oracle, with weights that are hard on folding.
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { NdArray } from '../../src/contract/nd-array.ts';
import { product } from '../../src/trunk/graph.ts';
import { lowerInfer } from '../../src/trunk/infer.ts';
import { readModel, type TrunkModel } from '../../src/trunk/model-files.ts';
import { lowerTrain } from '../../src/trunk/train.ts';

/** What tfjs saves, as parsed model.json and the bytes of its only shard, `weights.bin`. */
export interface ModelFiles {
  readonly json: {
    readonly modelTopology: object;
    readonly weightsManifest: readonly [
      { readonly paths: readonly string[]; readonly weights: tf.io.WeightsManifestEntry[] },
    ];
  };
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** The same model twice. */
export interface Net {
  readonly oracle: tf.LayersModel;
  readonly model: TrunkModel;
  readonly files: ModelFiles;
}

/** Uniform in [0,1), the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Uniform images in [0,1]. */
export function randomImages(shape: readonly number[], seed = 1): NdArray {
  const random = randomOf(seed);
  return { data: Float32Array.from({ length: product(shape) }, random), shape };
}

/** A functional model on [height, width, 3]. */
export function functional(
  build: (x: tf.SymbolicTensor) => tf.SymbolicTensor,
  [height, width]: readonly [number, number] = [9, 8],
): tf.LayersModel {
  const inputs = tf.input({ shape: [height, width, 3] });
  return tf.model({ inputs, outputs: build(inputs) });
}

/** One layer applied to one or several tensors. */
export function apply(layer: tf.layers.Layer, ...inputs: tf.SymbolicTensor[]): tf.SymbolicTensor {
  const [x] = inputs;
  if (x === undefined) throw new Error('A layer needs an input.');
  return layer.apply(inputs.length === 1 ? x : inputs) as tf.SymbolicTensor;
}

/** Layers one after the other. */
export function chain(x: tf.SymbolicTensor, ...layers: readonly tf.layers.Layer[]): tf.SymbolicTensor {
  return layers.reduce((y, layer) => apply(layer, y), x);
}

/** Both readings of a model whose weights are replaced by `hardWeight`, or by `weights` where it names one. */
export async function netOf(
  keras: tf.LayersModel,
  options: { readonly seed?: number; readonly weights?: Readonly<Record<string, readonly number[]>> } = {},
): Promise<Net> {
  const { seed = 1, weights = {} } = options;
  const saved = await savedBy(keras);
  keras.dispose();
  const random = randomOf(seed);
  const specs = saved.weightSpecs ?? [];
  const floats = specs.flatMap(({ name, shape }) => [
    ...(weights[name] ?? Array.from({ length: product(shape) }, (_, i) => hardWeight(name, i, random()))),
  ]);
  const bytes = new Uint8Array(Float32Array.from(floats).buffer);
  const modelTopology = saved.modelTopology;
  if (modelTopology === undefined || modelTopology instanceof ArrayBuffer) throw new Error('No topology.');
  const json = { modelTopology, weightsManifest: [{ paths: ['weights.bin'], weights: specs }] as const };
  const oracle = await tf.loadLayersModel(
    tf.io.fromMemory({ modelTopology, weightSpecs: specs, weightData: bytes.buffer }),
  );
  return { oracle, model: await readModel(json, async () => bytes), files: { json, bytes } };
}

async function savedBy(keras: tf.LayersModel): Promise<tf.io.ModelArtifacts> {
  return new Promise((resolve, reject) => {
    const handler = tf.io.withSaveHandler(async (artifacts) => {
      resolve(artifacts);
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    });
    keras.save(handler).catch(reject);
  });
}

/** Weight `i` from a number in [0,1): zero and negative gamma, variance 0, means and offsets of both signs. */
function hardWeight(name: string, i: number, uniform: number): number {
  if (name.endsWith('/gamma')) return i % 4 === 1 ? 0 : 4 * uniform - 2;
  if (name.endsWith('/moving_variance')) return i % 5 === 2 ? 0 : 2 * uniform;
  return name.endsWith('kernel') ? uniform - 0.5 : 2 * uniform - 1;
}

/** A layer as Keras writes it: its class and its configuration. */
export type LayerJson = readonly [className: string, config: Readonly<Record<string, unknown>>];

/** Values of a weight, row-major, and its shape. */
export type Weight = readonly [shape: readonly number[], values: readonly number[]];

/** A sequential model from Keras's JSON, for what tfjs-layers cannot build. */
export async function sequentialOf(
  layers: readonly LayerJson[],
  weights: Readonly<Record<string, Weight>> = {},
  [height, width]: readonly [number, number] = [1, 1],
): Promise<TrunkModel> {
  const input: LayerJson = ['InputLayer', { name: 'input', batch_input_shape: [null, height, width, 3] }];
  const json = {
    modelTopology: {
      class_name: 'Sequential',
      config: { layers: [input, ...layers].map(([class_name, config]) => ({ class_name, config })) },
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: Object.entries(weights).map(([name, [shape]]) => ({ name, shape, dtype: 'float32' })),
      },
    ],
  };
  const floats = Object.values(weights).flatMap(([, values]) => [...values]);
  return readModel(json, async () => new Uint8Array(Float32Array.from(floats).buffer));
}

/** The floats of what `run` gives; every tensor that it makes is freed. */
export function evaluate(run: () => tf.Tensor): NdArray {
  const y = tf.tidy(run);
  try {
    return { data: Float32Array.from(y.dataSync()), shape: y.shape };
  } finally {
    y.dispose();
  }
}

/** What the oracle gives at one of its layers, in inference mode. */
export function predict(oracle: tf.LayersModel, images: NdArray, layer: string): NdArray {
  const model = tf.model({ inputs: oracle.inputs, outputs: oracle.getLayer(layer).output });
  return evaluate(() => model.predict(asTensor(images)) as tf.Tensor);
}

/** Runs the lowering for inference once. */
export async function inferAt(model: TrunkModel, cut: string, images: NdArray): Promise<NdArray> {
  const lowering = lowerInfer(model, { cut });
  try {
    return await lowering.run(images);
  } finally {
    lowering.dispose();
  }
}

/** Runs the lowering for training once, from the images, with `training` off. */
export function trainAt(model: TrunkModel, to: string, images: NdArray): NdArray {
  const top = lowerTrain(model, { from: null, to });
  try {
    return evaluate(() => top.call(asTensor(images), { training: false }));
  } finally {
    top.dispose();
  }
}

/** Caller disposes. */
export function asTensor({ data, shape: [n = 0, h = 0, w = 0, c = 0] }: NdArray): tf.Tensor4D {
  return tf.tensor4d(data, [n, h, w, c]);
}

/** Largest difference divided by the largest value. */
export function relativeError(actual: NdArray, expected: NdArray): number {
  expect(actual.shape).toEqual(expected.shape);
  let difference = 0;
  let largest = 0;
  for (let i = 0; i < expected.data.length; i++) {
    const a = actual.data[i] ?? Number.NaN;
    const b = expected.data[i] ?? Number.NaN;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, Math.abs(a - b));
    largest = Math.max(largest, Math.abs(b));
  }
  return largest === 0 ? difference : difference / largest;
}

/** Both lowerings agree with the oracle at every layer of a net. */
export async function expectAgreement(
  { oracle, model }: Net,
  images: NdArray,
  tolerance = 1e-4,
): Promise<void> {
  for (const layer of oracle.layers) {
    const expected = predict(oracle, images, layer.name);
    const inferred = relativeError(await inferAt(model, layer.name, images), expected);
    expect(inferred, `infer at ${layer.name}`).toBeLessThan(tolerance);
    if (layer.getClassName() === 'InputLayer') continue;
    const trained = relativeError(trainAt(model, layer.name, images), expected);
    expect(trained, `train at ${layer.name}`).toBeLessThan(tolerance);
  }
}
