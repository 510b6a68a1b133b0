// The pointwise products in whole numbers, compiled, and started in an engine's own memory, so that they read and write
// what the engine's programs do.
import { mkdirSync, readFileSync } from 'node:fs';
import { run } from '../../scripts/support/run.ts';
import type { KernelBuild } from '../../src/kernels/build.ts';
import type { Address } from '../../src/kernels/engine.ts';

const FOLDER = '.cache/bench';
const FEATURES = { simd: 'simd', relaxed: 'simd,relaxed-simd' } as const satisfies Record<
  KernelBuild,
  string
>;

/** See assembly/index.ts. */
export interface Products {
  quantize16(x: Address, y: Address, count: number, inverse: number): void;
  quantize8(
    ...args: [x: Address, y: Address, sums: Address, pixels: number, k: number, inverse: number, zero: number]
  ): void;
  sixteen(...args: ProductArguments): void;
  /** In the relaxed build alone; in the other one it does nothing. */
  eight(...args: [...ProductArguments, sums: Address, correction: number]): void;
}

type ProductArguments = [
  ...[x: Address, w: Address, scale: Address, bias: Address, y: Address, residual: Address],
  ...[k: number, panels: number, ldy: number, low: number, high: number, pixels: number],
];

/** Compiles both builds, with the options of the engine. */
export async function compileProducts(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  for (const build of ['simd', 'relaxed'] as const) {
    const args = ['bench/precision/assembly/index.ts', '--outFile', fileOf(build), '--optimizeLevel', '1'];
    const shared = ['--noAssert', '--runtime', 'stub', '--importMemory', '--enable', FEATURES[build]];
    await run('assemblyscript', [...args, ...shared], { bin: 'asc', quiet: true });
  }
}

/** @throws Error where `compileProducts` has not run */
export function openProducts(build: KernelBuild, memory: WebAssembly.Memory): Products {
  const module = new WebAssembly.Module(new Uint8Array(readFileSync(fileOf(build))));
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Products;
}

function fileOf(build: KernelBuild): string {
  return `${FOLDER}/products-${build}.wasm`;
}
