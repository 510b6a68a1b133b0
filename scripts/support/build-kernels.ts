// AssemblyScript -> the two builds of the gradient kernels, in dist/kernels.
import { mkdirSync } from 'node:fs';
import { run } from './run.ts';

/** Where the builds are. */
export const KERNELS = 'dist/kernels';

export async function buildKernels(): Promise<void> {
  mkdirSync(KERNELS, { recursive: true });
  for (const [build, features] of [
    ['simd', ['simd']],
    ['relaxed', ['simd', 'relaxed-simd']],
  ] as const)
    await run(
      'assemblyscript',
      [
        ...[
          'src/kernels/assembly/index.ts',
          '--outFile',
          `${KERNELS}/training-${build}.wasm`,
          '--optimizeLevel',
          '3',
        ],
        ...['--noAssert', '--runtime', 'stub', '--importMemory', '--enable', features.join(',')],
      ],
      { bin: 'asc', quiet: true },
    );
}
