// The WebP codec of every platform: a WebAssembly decoder, instantiated from the module that the platform loads, and
// kept. Loads nothing itself and leaves no trace in the global scope.
import { AppError } from '../contract/errors.ts';
import type { Codec } from './decode.ts';
import { damaged } from './header.ts';
import { webpDecoder } from './webp-decoder.ts';

/** How a platform gets the decoder's compiled module: called when first needed, and again if that failed. */
export type LoadModule = () => Promise<WebAssembly.Module>;

/**
 * Makes the codec from the module of `@jsquash/webp`.
 * The decoder is instantiated at its first image and kept until it fails; the next image then gets a new instance. Its
 * heap grows with the largest image so far, which the contract's limits bound, and never shrinks.
 */
export function webpCodec(load: LoadModule): Codec {
  const module = keeper(load);
  const instance = keeper(() => module.use(webpDecoder));
  return (bytes, use) =>
    instance.use((decoder) => {
      // What `use` throws is passed on as it is; whatever the decoder throws means a damaged image.
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
        instance.forget();
        if (failure !== undefined) throw failure.error;
        throw error instanceof AppError ? error : damaged('The WebP is damaged or incomplete.', error);
      }
    });
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
