// The image codecs in the browser: decoders fetched as assets when first needed, so that the app starts without them.
/// <reference types="vite/client" />
import jpegUrl from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm?url';
import pngUrl from '@jsquash/png/codec/pkg/squoosh_png_bg.wasm?url';
import webpUrl from '@jsquash/webp/codec/dec/webp_dec.wasm?url';
import { wasmCodecs } from '../src/image/wasm-codecs.ts';

/** The decoders for this page or Web Worker; offline they need the service worker to have cached their files. */
export const codecs = wasmCodecs({
  jpeg: () => compile(jpegUrl),
  png: () => compile(pngUrl),
  webp: () => compile(webpUrl),
});

async function compile(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status}`);
  return WebAssembly.compile(await response.arrayBuffer());
}
