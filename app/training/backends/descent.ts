// The kernels that train softmax heads, a chunk of its own: fetched with the first training. Whatever the backend of the
// trunk is, heads are trained by them; by tfjs on that backend where WebAssembly has no SIMD, or the file is out of reach.
/// <reference types="vite/client" />
import relaxedUrl from '../../../dist/kernels/descent-relaxed.wasm?url';
import simdUrl from '../../../dist/kernels/descent-simd.wasm?url';
import type { StartDescent } from '../../../src/head/descent.ts';
import { startDescent } from '../../../src/head/softmax-descent.ts';
import { wasmDescent } from '../../../src/head/softmax-wasm.ts';
import { chooseBuild } from '../../../src/kernels/build.ts';
import { compile, hasSimd } from './wasm.ts';

let compiled: Promise<WebAssembly.Module> | null = null;

export async function chooseDescent(): Promise<StartDescent> {
  if (!hasSimd()) return startDescent;
  compiled ??= compile(chooseBuild() === 'relaxed' ? relaxedUrl : simdUrl);
  try {
    return wasmDescent(await compiled);
  } catch {
    compiled = null;
    return startDescent;
  }
}
