// The trunk in a Worker on our own engine, without tfjs.
import relaxed from '../../dist/kernels/engine-relaxed.wasm';
import simd from '../../dist/kernels/engine-simd.wasm';
import { chooseBuild } from '../../src/kernels/build.ts';
import { lowerWasm } from '../../src/trunk/engine/lower.ts';
import { reading, serve } from './serve.ts';

export default serve(
  reading(async (model, cut) => {
    const build = chooseBuild();
    return lowerWasm(model, { cut, module: build === 'relaxed' ? relaxed : simd, build });
  }),
);
