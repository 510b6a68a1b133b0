// The image codecs in workerd, where an import of a .wasm file is a compiled module.
import jpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm';
import png from '@jsquash/png/codec/pkg/squoosh_png_bg.wasm';
import webp from '@jsquash/webp/codec/dec/webp_dec.wasm';
import { wasmCodecs } from '../../src/image/wasm-codecs.ts';

/** The decoders for this isolate; instantiated at the first image of each format. */
export const codecs = wasmCodecs({
  jpeg: async () => jpeg,
  png: async () => png,
  webp: async () => webp,
});
