// What an instance of a WebAssembly image decoder looks like to the codecs that keep it. The decoders are elsewhere.
import type { Pixels } from './pixels.ts';

/** A decoder's instance; once `decode` has thrown it must not be used again. */
export interface Decoder {
  /**
   * Decodes and lends the pixels, which lie in the heap, to `use`.
   * @returns what `use` returns
   * @throws whatever the decoder throws on damaged or incomplete bytes, or `use` throws
   */
  decode<R>(bytes: Uint8Array, use: (pixels: Pixels) => R): R;
  /** Bytes of its heap, which grows with the largest image decoded and never shrinks. */
  readonly heapBytes: number;
}

/**
 * Runs a decoder that hands its pixels to a callback before it returns.
 * @returns what `use` makes of them
 * @throws Error when no pixels came
 */
export function received<R>(use: (pixels: Pixels) => R, run: (receive: (pixels: Pixels) => void) => void): R {
  const results: { readonly value: R }[] = [];
  run((pixels) => {
    results.push({ value: use(pixels) });
  });
  const [first] = results;
  if (first === undefined) throw new Error('The decoder gave no pixels.');
  return first.value;
}
