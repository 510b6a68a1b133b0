// Which build of the kernels an engine can run. No I/O.

/** `simd`: WebAssembly SIMD (2021); `relaxed`: with relaxed SIMD's fused multiply-add (Chromium 114, Node 21). */
export type KernelBuild = 'simd' | 'relaxed';

/** (module (func (param v128 v128 v128) (result v128) local.get 0 local.get 1 local.get 2 f32x4.relaxed_madd)) */
const RELAXED_MADD = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x08, 0x01, 0x60, 0x03, 0x7b, 0x7b, 0x7b, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x0d, 0x01, 0x0b, 0x00, 0x20, 0x00, 0x20, 0x01, 0x20, 0x02, 0xfd, 0x85, 0x02, 0x0b],
]);

/** The fastest build that this engine accepts; found out once. */
export function chooseBuild(): KernelBuild {
  chosen ??= WebAssembly.validate(RELAXED_MADD) ? 'relaxed' : 'simd';
  return chosen;
}

let chosen: KernelBuild | undefined;
