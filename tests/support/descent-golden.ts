// The golden check of a softmax head by kernels of our own, the same for every platform: without fused multiply-adds the
// numbers are the same to the last bit. Imports nothing of any platform; module and expected digest are the caller's.
import * as v from 'valibot';
import { randomFrom } from '../../src/head/random.ts';
import { wasmDescent } from '../../src/head/softmax-wasm.ts';

const Golden = v.object({ adam: v.string(), sgd: v.string() });

/**
 * @param module the build `simd`
 * @param golden the parsed content of tests/golden/head/descent.json
 * @returns what differs, in words; nothing where all is well
 */
export async function checkDescentGolden(
  module: WebAssembly.Module,
  golden: unknown,
): Promise<readonly string[]> {
  const expected = v.parse(Golden, golden);
  const wrong: string[] = [];
  for (const kind of ['adam', 'sgd'] as const) {
    const found = await digestOf(module, kind);
    if (found !== expected[kind]) wrong.push(`${kind} is ${found}`);
  }
  return wrong;
}

/** SHA-256, in hex, of the values of all layers after 40 batches. */
async function digestOf(module: WebAssembly.Module, kind: 'adam' | 'sgd'): Promise<string> {
  const rng = randomFrom(8);
  const descent = wasmDescent(module)([37, 11, 5], { kind, learningRate: 0.01, l2: 1e-3, rng });
  for (let step = 0; step < 40; step++)
    descent.step(
      Array.from({ length: 1 + (step % 17) }, () => ({
        input: Float32Array.from({ length: 37 }, () => 4 * rng() - 2),
        label: Math.floor(5 * rng()),
        weight: 2 * rng(),
      })),
    );
  const { layers } = await descent.read();
  const values = Float32Array.from(layers.flatMap(({ kernel, bias }) => [...kernel, ...bias]));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', values));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
