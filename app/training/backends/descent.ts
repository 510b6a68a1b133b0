// The kernels that train softmax heads, a chunk of its own: fetched with the first training. They need no backend, so that
// heads are trained by them whatever the trunk runs on.
/// <reference types="vite/client" />
import relaxedUrl from '../../../dist/kernels/descent-relaxed.wasm?url';
import simdUrl from '../../../dist/kernels/descent-simd.wasm?url';
import type { StartDescent } from '../../../src/head/descent.ts';
import { wasmDescent } from '../../../src/head/softmax-wasm.ts';
import { chooseBuild } from '../../../src/kernels/build.ts';

/**
 * Where WebAssembly has SIMD.
 * @throws as `compile` does
 */
export async function loadDescent(
  compile: (url: string) => Promise<WebAssembly.Module>,
): Promise<StartDescent> {
  return wasmDescent(await compile(chooseBuild() === 'relaxed' ? relaxedUrl : simdUrl));
}
