// AssemblyScript -> the two builds of the gradient kernels, in dist/kernels.
import { mkdirSync, renameSync } from 'node:fs';
import { run } from './run.ts';

/** Where the builds are. */
export const KERNELS = 'dist/kernels';

export async function buildKernels(): Promise<void> {
  mkdirSync(KERNELS, { recursive: true });
  for (const [build, features] of [
    ['simd', ['simd']],
    ['relaxed', ['simd', 'relaxed-simd']],
  ] as const) {
    // Written aside, so that whoever reads it meanwhile finds a whole one.
    const aside = `${KERNELS}/.${process.pid}-${build}.wasm`;
    await run(
      'assemblyscript',
      [
        ...['src/kernels/assembly/index.ts', '--outFile', aside, '--optimizeLevel', '3'],
        ...['--noAssert', '--runtime', 'stub', '--importMemory', '--enable', features.join(',')],
      ],
      { bin: 'asc', quiet: true },
    );
    renameSync(aside, `${KERNELS}/training-${build}.wasm`);
  }
}
