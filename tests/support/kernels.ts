// What the tests of the training kernels share: the builds from dist/kernels, made-up numbers, two backends to compare.
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { KERNELS } from '../../scripts/support/build-kernels.ts';

/** For `registerWasmTrainingKernels`. */
export const compile = (build: string) => moduleOf('training', build);

export const moduleOf = (name: 'training' | 'descent' | 'algebra', build: string) =>
  new WebAssembly.Module(new Uint8Array(readFileSync(`${KERNELS}/${name}-${build}.wasm`)));

/** Numbers that look random and are the same every time, from -1 to 1. */
export function values(count: number, seed: number): Float32Array {
  let state = seed * 2654435761 + 1;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Elements of a shape. */
export const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** What a computation gives on a backend. */
export async function on(backend: 'cpu' | 'wasm', run: () => tf.Tensor): Promise<Float32Array> {
  await tf.setBackend(backend);
  const result = tf.tidy(run);
  const data = Float32Array.from(result.dataSync());
  result.dispose();
  return data;
}

/** Largest difference, as a share of the largest value. */
export function difference(a: Float32Array, b: Float32Array): number {
  const most = b.reduce((m, value) => Math.max(m, Math.abs(value)), 1e-6);
  return a.reduce((m, value, i) => Math.max(m, Math.abs(value - (b[i] ?? Number.NaN))), 0) / most;
}
