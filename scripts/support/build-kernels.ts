// AssemblyScript -> the two builds of each WASM module, in dist/kernels: `training`, which works in tfjs's heap,
// `engine`, which runs trunks (on several threads: `engine-threads`), `descent` and `algebra`, which train softmax and ridge heads, each in a memory of its own.
import { mkdirSync, renameSync, statSync } from 'node:fs';
import { run } from './run.ts';

/** Where the builds are. */
export const KERNELS = 'dist/kernels';

const MODULES = [
  {
    name: 'training',
    source: 'src/kernels/assembly/index.ts',
    options: ['--optimizeLevel', '3', '--importMemory'],
  },
  // From level 2 on the multiply-adds are put in an order in which they wait for each other: a tenth slower.
  { name: 'engine', source: 'src/kernels/assembly/engine/index.ts', options: ['--optimizeLevel', '1'] },
  {
    name: 'engine-threads',
    source: 'src/kernels/assembly/engine/shared-memory.ts',
    options: [
      ...['--optimizeLevel', '1', '--enable', 'threads', '--importMemory', '--sharedMemory'],
      ...['--initialMemory', '1', '--maximumMemory', '65536'],
    ],
  },
  { name: 'descent', source: 'src/kernels/assembly/descent/index.ts', options: ['--optimizeLevel', '3'] },
  { name: 'algebra', source: 'src/kernels/assembly/algebra/index.ts', options: ['--optimizeLevel', '1'] },
] as const;

const BUILDS = [
  ['simd', ['simd']],
  ['relaxed', ['simd', 'relaxed-simd']],
] as const;

/** @param options.quiet says nothing of the sizes */
export async function buildKernels({ quiet = true }: { readonly quiet?: boolean } = {}): Promise<void> {
  mkdirSync(KERNELS, { recursive: true });
  const all = MODULES.flatMap((module) => BUILDS.map((build) => ({ ...module, build })));
  await Promise.all(
    all.map(async ({ name, source, options, build: [build, features] }) => {
      // Written aside, so that whoever reads it meanwhile finds a whole one.
      const aside = `${KERNELS}/.${process.pid}-${name}-${build}.wasm`;
      const shared = ['--noAssert', '--runtime', 'stub', '--enable', features.join(',')];
      await run('assemblyscript', [source, '--outFile', aside, ...options, ...shared], {
        bin: 'asc',
        quiet: true,
      });
      renameSync(aside, `${KERNELS}/${name}-${build}.wasm`);
    }),
  );
  if (!quiet)
    for (const { name, build } of all) {
      const file = `${KERNELS}/${name}-${build[0]}.wasm`;
      console.log(`${file}  ${(statSync(file).size / 1024).toFixed(1)} KiB`);
    }
}
