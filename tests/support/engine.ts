// The engine's two builds for tests, from dist/kernels.
import { engineModule } from '../../scripts/support/engine.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import type { KernelBuild } from '../../src/kernels/build.ts';
import { lowerWasm, type WasmLowering } from '../../src/trunk/engine/lower.ts';
import type { TrunkModel } from '../../src/trunk/model-files.ts';

export const BUILDS = ['simd', 'relaxed'] as const;

/** Both builds, compiled. */
export const ENGINES: Readonly<Record<KernelBuild, WebAssembly.Module>> = {
  simd: engineModule('simd'),
  relaxed: engineModule('relaxed'),
};

/** Caller disposes. */
export function lowered(
  model: TrunkModel,
  build: KernelBuild,
  cut: string,
  from: string | null = null,
): WasmLowering {
  return lowerWasm(model, { cut, from, module: ENGINES[build], build });
}

/** Runs the engine once. */
export async function engineAt(
  model: TrunkModel,
  build: KernelBuild,
  cut: string,
  images: NdArray,
): Promise<NdArray> {
  const lowering = lowered(model, build, cut);
  try {
    return await lowering.run(images);
  } finally {
    lowering.dispose();
  }
}
