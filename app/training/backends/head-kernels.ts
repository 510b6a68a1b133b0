// The kernels that train heads, a chunk of its own: fetched with the first training. They need no backend, so that heads
// are trained by them whatever the trunk runs on. Where WebAssembly has SIMD.
/// <reference types="vite/client" />
import algebraUrl from '../../../dist/kernels/algebra-simd.wasm?url';
import relaxedUrl from '../../../dist/kernels/descent-relaxed.wasm?url';
import simdUrl from '../../../dist/kernels/descent-simd.wasm?url';
import type { Algebra } from '../../../src/head/algebra.ts';
import type { StartDescent } from '../../../src/head/descent.ts';
import { wasmAlgebra } from '../../../src/head/ridge-wasm.ts';
import { wasmDescent } from '../../../src/head/softmax-wasm.ts';
import { chooseBuild } from '../../../src/kernels/build.ts';

type Compile = (url: string) => Promise<WebAssembly.Module>;

/** @throws as `compile` does */
export async function loadDescent(compile: Compile): Promise<StartDescent> {
  return wasmDescent(await compile(chooseBuild() === 'relaxed' ? relaxedUrl : simdUrl));
}

/**
 * For one fit. The build without fused multiply-adds: the edge and other phones make the same head to the bit.
 * @throws as `compile` does
 */
export async function loadAlgebra(compile: Compile): Promise<Algebra> {
  algebra ??= compile(algebraUrl);
  try {
    return wasmAlgebra(await algebra);
  } catch (error) {
    algebra = null;
    throw error;
  }
}

/** Fits are many: it is compiled once. */
let algebra: Promise<WebAssembly.Module> | null = null;
