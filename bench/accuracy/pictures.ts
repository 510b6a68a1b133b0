// Pictures as the trunk takes them, the layers that they are read at, and what of them is drawn.
import type { LabelledImage } from '../../scripts/support/fashion.ts';
import { toImages } from '../../scripts/support/features.ts';
import type { ModelManifest, Pooling } from '../../src/contract/manifest.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import { randomFrom } from '../../src/head/random.ts';
import { augment, sideToCrop } from '../../src/image/augment.ts';
import type { Lowering } from '../../src/trunk/lowering.ts';

/** Pictures at once. */
const BATCH = 16;

export type Range = ModelManifest['input']['range'];

/** @returns as many arrays [b,size,size,3] as batches */
export async function inputsOf(
  images: readonly LabelledImage[],
  spec: { readonly size: number; readonly range: Range },
): Promise<readonly NdArray[]> {
  const batches: NdArray[] = [];
  for (let at = 0; at < images.length; at += BATCH) {
    const files = images.slice(at, at + BATCH).map(({ bytes }) => bytes);
    batches.push(await toImages(files, spec));
  }
  return batches;
}

/** The same pictures mirrored, cropped and in other colours, as the app varies them. @param variant from 1 */
export async function variedInputsOf(
  images: readonly LabelledImage[],
  { size, range }: { readonly size: number; readonly range: Range },
  variant: number,
): Promise<readonly NdArray[]> {
  const larger = await inputsOf(images, { size: sideToCrop(size), range });
  let index = 0;
  return larger.map((batch) => {
    const n = batch.shape[0] ?? 0;
    const data = new Float32Array(n * size * size * 3);
    for (let i = 0; i < n; i++, index++) {
      const rng = randomFrom(1_000_003 * variant + 7919 * index);
      data.set(augment(rowsOf(batch, [i]).data, { size, range }, rng), i * size * size * 3);
    }
    return { data, shape: [n, size, size, 3] };
  });
}

/** What a trunk gives for all of them. @returns [n,...] */
export async function mapsOf(trunk: Lowering, inputs: readonly NdArray[]): Promise<NdArray> {
  const parts: NdArray[] = [];
  for (const input of inputs) parts.push(await trunk.run(input));
  return stacked(parts);
}

/** @returns [n,d] */
export async function featuresOf(
  trunk: Lowering,
  inputs: readonly NdArray[],
  pooling: Pooling = '1x1',
): Promise<NdArray> {
  const parts: NdArray[] = [];
  for (const input of inputs) parts.push(await trunk.features(input, pooling));
  return stacked(parts);
}

/** Some rows of an array [n,...]. */
export function rowsOf({ data, shape }: NdArray, rows: readonly number[]): NdArray {
  const length = data.length / (shape[0] ?? 1);
  const picked = new Float32Array(rows.length * length);
  rows.forEach((row, i) => {
    picked.set(data.subarray(row * length, (row + 1) * length), i * length);
  });
  return { data: picked, shape: [rows.length, ...shape.slice(1)] };
}

/** Batches one after the other. */
export function stacked(parts: readonly NdArray[]): NdArray {
  const data = new Float32Array(parts.reduce((sum, part) => sum + part.data.length, 0));
  let at = 0;
  for (const part of parts) {
    data.set(part.data, at);
    at += part.data.length;
  }
  const n = parts.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  return { data, shape: [n, ...(parts[0]?.shape.slice(1) ?? [])] };
}

/** Rows of `perClass` images of each class, and the other rows, both in random order. */
export function draw(
  labels: readonly number[],
  perClass: number,
  seed: number,
): { readonly drawn: readonly number[]; readonly left: readonly number[] } {
  const rng = randomFrom(seed);
  const order = labels.map((label, row) => ({ label, row, key: rng() })).sort((a, b) => a.key - b.key);
  const taken = new Map<number, number>();
  const isDrawn = order.map(({ label }) => {
    const count = (taken.get(label) ?? 0) + 1;
    taken.set(label, count);
    return count <= perClass;
  });
  const rows = (wanted: boolean) => order.filter((_, i) => isDrawn[i] === wanted).map(({ row }) => row);
  return { drawn: rows(true), left: rows(false) };
}
