// The real trunk for tests: its folder as the build makes it, tfjs-layers' reading of the same files, real images.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import * as v from 'valibot';
import { nodeCodecs } from '../../scripts/support/codecs.ts';
import { ModelManifest } from '../../src/contract/manifest.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import { decodeImage } from '../../src/image/decode.ts';
import { preprocess } from '../../src/image/preprocess.ts';
import { readModel, type TrunkModel } from '../../src/trunk/model-files.ts';

/** Folder of the default trunk. */
export const TRUNK_FOLDER = fileURLToPath(new URL('../../models/mobilenet-v2', import.meta.url));

/** A trunk's folder, read. */
export interface TrunkFolder {
  readonly model: TrunkModel;
  readonly manifest: ModelManifest;
}

/** @throws Error that says how to make the folder when there is none */
export async function loadTrunk(folder = TRUNK_FOLDER): Promise<TrunkFolder> {
  const json: unknown = JSON.parse(new TextDecoder().decode(readTrunkFile('model.json', folder)));
  const model = await readModel(json, async (path) => readTrunkFile(path, folder));
  const manifest: unknown = JSON.parse(new TextDecoder().decode(readTrunkFile('manifest.json', folder)));
  return { model, manifest: v.parse(ModelManifest, manifest) };
}

/** @throws Error that says how to make the folder when there is none */
export function readTrunkFile(path: string, folder = TRUNK_FOLDER): Uint8Array<ArrayBuffer> {
  const file = `${folder}/${path}`;
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first.`);
  return new Uint8Array(readFileSync(file));
}

/** The same files by `tf.loadLayersModel(url)`, as any tfjs program would load them. Caller disposes. */
export async function loadOracle(folder = TRUNK_FOLDER): Promise<tf.LayersModel> {
  const fetchFunc: typeof fetch = async (input) => {
    const path = String(input).replace('http://trunk.test/', '');
    const type = path.endsWith('.json') ? 'application/json' : 'application/octet-stream';
    return new Response(readTrunkFile(path, folder), { headers: { 'content-type': type } });
  };
  return tf.loadLayersModel('http://trunk.test/model.json', { fetchFunc });
}

/** The first images of Fashion-MNIST's test set, one class after the other, as a batch [n,size,size,3]. */
export async function realImages(count: number, { size, range }: ModelManifest['input']): Promise<NdArray> {
  const codecs = nodeCodecs();
  const floats = size * size * 3;
  const data = new Float32Array(count * floats);
  for (let i = 0; i < count; i++) {
    const pixels = await decodeImage(realImage(i), codecs);
    preprocess(pixels, { size, range }, data.subarray(i * floats, (i + 1) * floats));
  }
  return { data, shape: [count, size, size, 3] };
}

/** File `i` of the test set, in the order of `realImages`. */
export function realImage(i: number): Uint8Array {
  const folder = new URL('../data/fashion-mnist/test/', import.meta.url);
  const classes = readdirSync(folder).sort();
  const name = classes[i % classes.length];
  const files = readdirSync(new URL(`${name}/`, folder)).sort();
  return new Uint8Array(readFileSync(new URL(`${name}/${files[Math.floor(i / classes.length)]}`, folder)));
}

/** The images `indices` of a batch, as a batch. */
export function pick({ data, shape }: NdArray, indices: readonly number[]): NdArray {
  const [, ...image] = shape;
  const floats = image.reduce((a, b) => a * b, 1);
  const picked = new Float32Array(indices.length * floats);
  indices.forEach((index, i) => {
    picked.set(data.subarray(index * floats, (index + 1) * floats), i * floats);
  });
  return { data: picked, shape: [indices.length, ...image] };
}
