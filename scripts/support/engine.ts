// The trunk's engine in Node: the builds of dist/kernels, as the Worker and the app run them.
import { existsSync, readFileSync } from 'node:fs';
import { chooseBuild, type KernelBuild } from '../../src/kernels/build.ts';
import { lowerWasm, type WasmLowering } from '../../src/trunk/engine/lower.ts';
import type { LowerTrunk } from '../../src/trunk/lowering.ts';
import { KERNELS } from './build-kernels.ts';

const modules = new Map<KernelBuild, WebAssembly.Module>();

/** A build, compiled once. @throws Error that says how to make it when it is missing */
export function engineModule(build: KernelBuild): WebAssembly.Module {
  const known = modules.get(build);
  if (known !== undefined) return known;
  const file = `${KERNELS}/engine-${build}.wasm`;
  if (!existsSync(file)) throw new Error(`${file} is missing: run "npm run build" first.`);
  const module = new WebAssembly.Module(new Uint8Array(readFileSync(file)));
  modules.set(build, module);
  return module;
}

/** Makes a trunk, or the part of it after `from`, ready to run; caller disposes. @throws AppError as `lowerWasm` */
export const lowerTrunk: LowerTrunk<WasmLowering> = (model, part) => {
  const build = chooseBuild();
  return lowerWasm(model, { ...part, module: engineModule(build), build });
};
