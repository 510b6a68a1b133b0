// The trunk's own engine in this Web Worker: the build that this browser runs, fetched and compiled once.
/// <reference types="vite/client" />
import relaxedUrl from '../../../dist/kernels/engine-relaxed.wasm?url';
import simdUrl from '../../../dist/kernels/engine-simd.wasm?url';
import { chooseBuild } from '../../../src/kernels/build.ts';
import { lowerWasm } from '../../../src/trunk/engine/lower.ts';
import type { LowerTrunk } from '../../../src/trunk/lowering.ts';
import { compile } from './module.ts';

let loaded: Promise<LowerTrunk> | null = null;

/** @throws Error when it cannot be fetched, or there is no SIMD */
export function loadEngine(): Promise<LowerTrunk> {
  loaded ??= load().catch((cause: unknown) => {
    loaded = null;
    throw cause;
  });
  return loaded;
}

async function load(): Promise<LowerTrunk> {
  const build = chooseBuild();
  const module = await compile(build === 'relaxed' ? relaxedUrl : simdUrl);
  return (model, part) => lowerWasm(model, { ...part, module, build });
}
