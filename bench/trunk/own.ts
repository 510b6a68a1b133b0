// The trunk on our own engine.
import type { KernelBuild } from '../../src/kernels/build.ts';
import { lowerWasm } from '../../src/trunk/engine/lower.ts';
import type { Engine } from './engine.ts';

/** @param module dist/kernels/engine-<build>.wasm, compiled */
export function own(build: KernelBuild, module: WebAssembly.Module): Engine {
  return {
    name: `Topwork (${build === 'relaxed' ? 'relaxed SIMD' : 'SIMD128'})`,
    async prepare({ trunk, cut, images }) {
      const lowering = lowerWasm(trunk.model, { cut, module, build });
      return { run: async () => (await lowering.run(images)).data, dispose: () => lowering.dispose() };
    },
  };
}
