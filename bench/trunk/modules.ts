// The builds of our engine that this Node runs, compiled.
import { readFileSync } from 'node:fs';
import { KERNELS } from '../../scripts/support/build-kernels.ts';
import { chooseBuild, type KernelBuild } from '../../src/kernels/build.ts';

/** The fastest first. */
export function engineModules(): readonly {
  readonly build: KernelBuild;
  readonly module: WebAssembly.Module;
}[] {
  const builds: readonly KernelBuild[] = chooseBuild() === 'relaxed' ? ['relaxed', 'simd'] : ['simd'];
  return builds.map((build) => ({
    build,
    module: new WebAssembly.Module(new Uint8Array(readFileSync(`${KERNELS}/engine-${build}.wasm`))),
  }));
}
