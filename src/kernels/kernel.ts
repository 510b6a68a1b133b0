// tfjs's kernel interface on one side, the WASM module on the other: what all kernels' descriptions share.
import type * as tf from '@tensorflow/tfjs-core';
import { addressOf, type WasmBackend } from './heap.ts';

/** What tfjs calls a kernel with. */
export interface Call<Attrs = Readonly<Record<string, never>>> {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: Attrs;
  readonly backend: WasmBackend;
}

/** tfjs's own kernel, for what ours does not do; undefined where the program has not registered it. */
export type Stock = ((call: Call<never>) => tf.TensorInfo) | undefined;

/** One kernel: it may pass a call on to the one in whose place it is. */
export interface Replacement {
  readonly name: string;
  readonly run: (call: Call<never>, stock: Stock) => tf.TensorInfo | readonly tf.TensorInfo[];
}

/** Bytes. */
export const FLOAT = 4;

export function kernel<Attrs>(
  name: string,
  run: (call: Call<Attrs>, stock: Stock) => tf.TensorInfo | readonly tf.TensorInfo[],
): Replacement {
  return { name, run: run as unknown as Replacement['run'] };
}

/** Passes a call on. @throws Error when tfjs's own kernel is not registered */
export function passOn(stock: Stock, call: Call<never>): tf.TensorInfo {
  if (stock === undefined) throw new Error("This needs tfjs's own kernel: register it before these.");
  return stock(call);
}

/** @throws Error when it is missing */
export function input(inputs: Call['inputs'], name: string): tf.TensorInfo {
  const found = inputs[name];
  if (found === undefined) throw new Error(`The input ${name} is needed.`);
  return found;
}

export function addresses(
  backend: WasmBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  out: tf.TensorInfo,
): [number, number, number] {
  return [addressOf(backend, a), addressOf(backend, b), addressOf(backend, out)];
}

export function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
