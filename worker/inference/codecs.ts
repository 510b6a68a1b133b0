// The image codecs in workerd, where an import of a .wasm file is a compiled module.
import webp from '@jsquash/webp/codec/dec/webp_dec.wasm';
import { webpCodec } from '../../src/image/webp-codec.ts';

/** The decoders for this isolate; instantiated at the first image that needs them. */
export const codecs = { webp: webpCodec(async () => webp) };
