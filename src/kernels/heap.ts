// The heap of tfjs's WASM backend, and tensors in it by address.
import type * as tf from '@tensorflow/tfjs-core';

/** What is used of tfjs's `BackendWasm`, whose own types do not tell. */
export interface WasmBackend {
  readonly dataIdMap: { get(id: object): { readonly memoryOffset: number } };
  makeOutput(shape: readonly number[], dtype: 'float32'): tf.TensorInfo;
  disposeData(id: object): boolean;
  incRef(id: object): void;
}

/**
 * The memory that holds the tensors of the current backend.
 * @throws Error when the backend is not the WASM one, or runs with threads: their heap is shared
 */
export function heapOf(backend: object): WebAssembly.Memory {
  const { asm } = (backend as { wasm?: { asm?: Readonly<Record<string, unknown>> } }).wasm ?? {};
  const memory = Object.values(asm ?? {}).find((value) => value instanceof WebAssembly.Memory);
  if (memory === undefined)
    throw new Error(
      "Make tfjs's WASM backend the current one first: await tf.setBackend('wasm'), with WASM_HAS_MULTITHREAD_SUPPORT false.",
    );
  return memory;
}

export function addressOf(backend: WasmBackend, { dataId }: tf.TensorInfo): number {
  return backend.dataIdMap.get(dataId).memoryOffset;
}

/** Runs with so many floats of scratch, and frees them. */
export function withScratch(backend: WasmBackend, floats: number, run: (address: number) => void): void {
  const scratch = backend.makeOutput([Math.max(1, floats)], 'float32');
  try {
    run(addressOf(backend, scratch));
  } finally {
    backend.disposeData(scratch.dataId);
  }
}
