// The codecs of every platform: the WebAssembly decoders of jSquash, instantiated from modules that the platform loads.
// Loads nothing itself and leaves no trace in the global scope. Encoders are not part of it.
import { AppError } from '../contract/errors.ts';
import type { Codec, Codecs } from './decode.ts';
import type { Decoder } from './decoder.ts';
import { jpegDecoder, webpDecoder } from './emscripten-decoders.ts';
import { damaged } from './header.ts';
import type { Pixels } from './pixels.ts';
import { pngDecoder } from './png-decoder.ts';
import { readImageHeader } from './sniff.ts';

/** How a platform gets a decoder's compiled module: called when first needed, and again if that failed. */
export type LoadModule = () => Promise<WebAssembly.Module>;

/** The largest heap that an idle decoder keeps, bytes; about what a 3.5-megapixel PNG leaves, or a JPEG of twice that. */
const MAX_IDLE_HEAP_BYTES = 40 * 1024 * 1024;
/**
 * How large the heaps may be together, bytes. Room for three decoders of small photos: an instance that is given up is
 * garbage that engines collect late (workerd after some thirty of them), so that it must not happen at every image.
 */
const MAX_HEAPS_BYTES = 56 * 1024 * 1024;
/** What a heap needs for each pixel at most, bytes, beside the file: measured for PNG, lossless WebP, progressive JPEG. */
const HEAP_BYTES_PER_PIXEL = 11;

/**
 * Makes the codecs from the modules of `@jsquash/jpeg`, `@jsquash/png` and `@jsquash/webp`.
 * A decoder is instantiated at its first image and kept until it fails, its heap has grown large, or another one's next
 * image needs the room; the next image of that format then gets a new instance.
 */
export function wasmCodecs(load: { readonly [format in keyof Codecs]: LoadModule }): Codecs {
  const heaps = new Map<Keeper<Decoder>, number>();
  const giveUp = (instance: Keeper<Decoder>) => {
    heaps.delete(instance);
    instance.forget();
  };
  const makeRoom = (bytes: number, mine: Keeper<Decoder>) => {
    const others = [...heaps].filter(([instance]) => instance !== mine);
    const held = others.reduce((sum, [, heap]) => sum + heap, 0);
    if (held + bytes > MAX_HEAPS_BYTES) for (const [instance] of others) giveUp(instance);
  };
  const codec = (
    name: string,
    loadModule: LoadModule,
    instantiate: (module: WebAssembly.Module) => Promise<Decoder>,
  ): Codec => {
    const module = keeper(loadModule);
    const instance = keeper(() => module.use(instantiate));
    return (bytes, use) =>
      instance.use((decoder) => {
        makeRoom(Math.max(decoder.heapBytes, heapBytesFor(bytes)), instance);
        try {
          const result = decodeWith(decoder, name, bytes, use);
          heaps.set(instance, decoder.heapBytes);
          if (decoder.heapBytes > MAX_IDLE_HEAP_BYTES) giveUp(instance);
          return result;
        } catch (error) {
          giveUp(instance);
          throw error;
        }
      });
  };
  return {
    jpeg: codec('JPEG', load.jpeg, jpegDecoder),
    png: codec('PNG', load.png, pngDecoder),
    webp: codec('WebP', load.webp, webpDecoder),
  };
}

/** An upper estimate of the heap that decoding takes, by the image's header. */
function heapBytesFor(bytes: Uint8Array): number {
  const { width, height } = readImageHeader(bytes, { maxPixels: Number.POSITIVE_INFINITY });
  return bytes.length + width * height * HEAP_BYTES_PER_PIXEL;
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
