// The codecs of every platform: the WebAssembly decoders of jSquash, instantiated from modules that the platform loads.
// Loads nothing itself and leaves no trace in the global scope. Encoders are not part of it.
import { AppError } from '../contract/errors.ts';
import type { Codec, Codecs } from './decode.ts';
import type { Decoder } from './decoder.ts';
import { jpegDecoder, webpDecoder } from './emscripten-decoders.ts';
import { damaged } from './header.ts';
import { pngDecoder } from './png-decoder.ts';

/** How a platform gets a decoder's compiled module: called when first needed, and again if that failed. */
export type LoadModule = () => Promise<WebAssembly.Module>;

/** The largest heap that an idle decoder keeps, bytes; about what a 2-megapixel JPEG leaves. */
const MAX_IDLE_HEAP_BYTES = 32 * 1024 * 1024;

/**
 * Makes the codecs from the modules of `@jsquash/jpeg`, `@jsquash/png` and `@jsquash/webp`.
 * A decoder is instantiated at its first image and kept, until it fails or its heap has grown large: then the next
 * image gets a new instance.
 */
export function wasmCodecs(load: { readonly [format in keyof Codecs]: LoadModule }): Codecs {
  return {
    jpeg: codec('JPEG', load.jpeg, jpegDecoder),
    png: codec('PNG', load.png, pngDecoder),
    webp: codec('WebP', load.webp, webpDecoder),
  };
}

function codec(
  name: string,
  load: LoadModule,
  instantiate: (module: WebAssembly.Module) => Promise<Decoder>,
): Codec {
  const module = keeper(load);
  const instance = keeper(() => module.use(instantiate));
  return (bytes) =>
    instance.use((decoder) => {
      try {
        const pixels = decoder.decode(bytes);
        if (decoder.heapBytes > MAX_IDLE_HEAP_BYTES) instance.forget();
        return pixels;
      } catch (cause) {
        instance.forget();
        throw cause instanceof AppError ? cause : damaged(`The ${name} is damaged or incomplete.`, cause);
      }
    });
}

/** Keeps a value that is made when first used, and made again after a failure or after it was forgotten. */
function keeper<T>(make: () => Promise<T>) {
  let current: Promise<T> | undefined;
  const forget = () => {
    current = undefined;
  };
  return {
    /** Runs with the value at once when it is there: nothing can forget it in between. */
    async use<R>(run: (value: T) => R | Promise<R>): Promise<R> {
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
