// The codecs of every platform: the WebAssembly decoders of jSquash, instantiated from modules that the platform loads.
// Loads nothing itself and leaves no trace in the global scope. Encoders are not part of it.
import { AppError } from '../contract/errors.ts';
import type { Codec, Codecs } from './decode.ts';
import type { Decoder } from './decoder.ts';
import { jpegDecoder, webpDecoder } from './emscripten-decoders.ts';
import { damaged } from './header.ts';
import type { Pixels } from './pixels.ts';
import { pngDecoder } from './png-decoder.ts';

/** How a platform gets a decoder's compiled module: called when first needed, and again if that failed. */
export type LoadModule = () => Promise<WebAssembly.Module>;

/** The largest heap that an idle decoder keeps, bytes; about what a 7-megapixel JPEG leaves. */
const MAX_IDLE_HEAP_BYTES = 32 * 1024 * 1024;

/**
 * Makes the codecs from the modules of `@jsquash/jpeg`, `@jsquash/png` and `@jsquash/webp`.
 * A decoder is instantiated at its first image. Only the one used last is kept, since its heap begins at 16 MB, and
 * only until it fails or its heap has grown large; the next image of that format then gets a new instance.
 */
export function wasmCodecs(load: { readonly [format in keyof Codecs]: LoadModule }): Codecs {
  let last: Keeper<Decoder> | undefined;
  const codec = (
    name: string,
    loadModule: LoadModule,
    instantiate: (module: WebAssembly.Module) => Promise<Decoder>,
  ): Codec => {
    const module = keeper(loadModule);
    const instance = keeper(() => module.use(instantiate));
    return (bytes, use) =>
      instance.use((decoder) => {
        if (last !== instance) last?.forget();
        last = instance;
        try {
          return decodeWith(decoder, name, bytes, use);
        } catch (error) {
          instance.forget();
          throw error;
        } finally {
          if (decoder.heapBytes > MAX_IDLE_HEAP_BYTES) instance.forget();
        }
      });
  };
  return {
    jpeg: codec('JPEG', load.jpeg, jpegDecoder),
    png: codec('PNG', load.png, pngDecoder),
    webp: codec('WebP', load.webp, webpDecoder),
  };
}

/** Whatever the decoder throws means a damaged image; what `use` throws is passed on as it is. */
function decodeWith<R>(decoder: Decoder, name: string, bytes: Uint8Array, use: (pixels: Pixels) => R): R {
  let failure: { readonly error: unknown } | undefined;
  try {
    return decoder.decode(bytes, (pixels) => {
      try {
        return use(pixels);
      } catch (error) {
        failure = { error };
        throw error;
      }
    });
  } catch (error) {
    if (failure !== undefined) throw failure.error;
    throw error instanceof AppError ? error : damaged(`The ${name} is damaged or incomplete.`, error);
  }
}

interface Keeper<T> {
  /** Runs with the value at once when it is there: nothing can forget it in between. */
  use<R>(run: (value: T) => R | Promise<R>): Promise<R>;
  /** Makes the next use begin with a new value. */
  forget(): void;
}

/** Keeps a value that is made when first used, and made again after a failure or after it was forgotten. */
function keeper<T>(make: () => Promise<T>): Keeper<T> {
  let current: Promise<T> | undefined;
  const forget = () => {
    current = undefined;
  };
  return {
    async use(run) {
      for (;;) {
        current ??= make();
        const mine = current;
        const value = await mine.catch((error: unknown) => {
          if (mine === current) forget();
          throw error;
        });
        // While this call waited, another one may have found the value broken.
        if (mine === current) return run(value);
      }
    },
    forget,
  };
}
