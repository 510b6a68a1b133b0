// WebAssembly modules as files, and what this browser can run of them. No tensors: tfjs does not come in with this file.

/** (module (func (result v128) i32.const 0 i8x16.splat)) */
const SIMD = new Uint8Array([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00, 0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x0f, 0x0b],
]);

export function hasSimd(): boolean {
  return WebAssembly.validate(SIMD);
}

/** @throws Error when it cannot be fetched */
export async function compile(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}
