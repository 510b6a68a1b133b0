// The image codecs in Node: decoders read from node_modules and compiled when first needed.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Codecs } from '../../src/image/decode.ts';
import { webpCodec } from '../../src/image/webp-codec.ts';

const { resolve } = createRequire(import.meta.url);

/** The decoders for this Node process; decoding is the same, bit for bit, as in workerd and in browsers. */
export function nodeCodecs(): Codecs {
  return { webp: webpCodec(() => compile('@jsquash/webp/codec/dec/webp_dec.wasm')) };
}

async function compile(name: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(resolve(name)));
}
