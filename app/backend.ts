// tfjs on its WASM backend in the browser: SIMD where the browser has it, one thread.
// Core, then gradients, then the backend: in another order training has no gradients.
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import plainUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm?url';
import { AppError } from '../src/contract/errors.ts';

/**
 * Makes `wasm` the current backend of this page or Web Worker; twice does no harm.
 * @throws AppError `internal` where WebAssembly is missing or its file cannot be fetched
 */
export async function startBackend(): Promise<void> {
  // The edge has one thread; and the threaded build starts its workers from blob: URLs, which the CSP forbids.
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plainUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    // Never fetched, but tfjs insists on a path for each build.
    'tfjs-backend-wasm-threaded-simd.wasm': simdUrl,
  });
  if (!(await tf.setBackend('wasm')))
    throw new AppError('internal', { detail: 'This browser could not start WebAssembly; try a newer one.' });
  await tf.ready();
}
