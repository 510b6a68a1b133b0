// Every kernel of tfjs's WASM backend, and the gradients that it lacks: a chunk of its own, fetched when layers are trained.
/// <reference types="vite/client" />
import '@tensorflow/tfjs-backend-wasm/dist/register_all_kernels';
import relaxedUrl from '../../../dist/kernels/training-relaxed.wasm?url';
import simdUrl from '../../../dist/kernels/training-simd.wasm?url';
import { registerWasmTrainingKernels } from '../../../src/kernels/register.ts';
import { compile } from './module.ts';

/** For the current backend. @throws Error where WebAssembly has no SIMD, or the file cannot be fetched */
export async function registerGradients(): Promise<void> {
  await registerWasmTrainingKernels({
    compile: (build) => compile(build === 'relaxed' ? relaxedUrl : simdUrl),
  });
}
