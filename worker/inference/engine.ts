// The trunk's engine in workerd, which forbids compiling WASM at run time: both builds are imported as modules, and
// instantiated for each lowering. No I/O and no clock here.
import relaxed from '../../dist/kernels/engine-relaxed.wasm';
import simd from '../../dist/kernels/engine-simd.wasm';
import { chooseBuild } from '../../src/kernels/build.ts';
import { lowerWasm } from '../../src/trunk/engine/lower.ts';
import type { LowerTrunk } from '../../src/trunk/lowering.ts';

const MODULES = { relaxed, simd };

/** Makes a trunk, or the part of it after `from`, ready to run. @throws AppError as `lowerWasm` */
export const lowerTrunk: LowerTrunk = (model, part) => {
  const build = chooseBuild();
  return lowerWasm(model, { ...part, module: MODULES[build], build });
};
