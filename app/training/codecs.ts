// The image codecs in the browser: the decoder fetched as an asset when first needed, so that the app starts without it.
/// <reference types="vite/client" />
import webpUrl from '@jsquash/webp/codec/dec/webp_dec.wasm?url';
import { webpCodec } from '../../src/image/webp-codec.ts';

/** The decoders for this page or Web Worker; offline they need the service worker to have cached their files. */
export const codecs = { webp: webpCodec(() => compile(webpUrl)) };

async function compile(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}
