// What an instance of a WebAssembly image decoder looks like to the codecs that keep it.
import type { Pixels } from './pixels.ts';

/** A decoder's instance; once `decode` has thrown it must not be used again. */
export interface Decoder {
  /** Decodes at once. @throws whatever the decoder throws on damaged or incomplete bytes */
  decode(bytes: Uint8Array): Pixels;
  /** Bytes of its heap, which grows with the largest image decoded and never shrinks. */
  readonly heapBytes: number;
}
