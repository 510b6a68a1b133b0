// The most floating-point operations a second that WASM SIMD does here, for a share to be told of it.
import { mkdirSync, readFileSync } from 'node:fs';
import { run } from '../../scripts/support/run.ts';
import type { KernelBuild } from '../../src/kernels/build.ts';

const FOLDER = '.cache/bench';
const TIMES = 2_000;
/** Floating-point operations of one product of each tile. */
const FLOPS = { six: 2 * 6 * 8 * 256, four: 2 * 4 * 8 * 256 };
const FEATURES = { simd: 'simd', relaxed: 'simd,relaxed-simd' } as const satisfies Record<
  KernelBuild,
  string
>;

/** A measurement of the peak: the better one of two tiles, GFLOP/s. */
export type Peak = () => number;

/** Compiles it with the options of the training kernels. */
export async function openPeak(build: KernelBuild): Promise<Peak> {
  mkdirSync(FOLDER, { recursive: true });
  const file = `${FOLDER}/peak-${build}.wasm`;
  const args = ['bench/train/assembly/peak.ts', '--outFile', file, '--optimizeLevel', '3', '--noAssert'];
  await run('assemblyscript', [...args, '--runtime', 'stub', '--importMemory', '--enable', FEATURES[build]], {
    bin: 'asc',
    quiet: true,
  });
  const memory = new WebAssembly.Memory({ initial: 8 });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(new Uint8Array(readFileSync(file))), {
    env: { memory },
  });
  const tiles = exports as unknown as Readonly<Record<'six' | 'four', (times: number) => void>>;
  return () => {
    const rates = (['six', 'four'] as const).map((name) => {
      const start = performance.now();
      tiles[name](TIMES);
      return (TIMES * FLOPS[name]) / (performance.now() - start) / 1e6;
    });
    return Math.max(...rates);
  };
}
