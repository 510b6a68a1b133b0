// The WebP decoder of jSquash (libwebp, built with Emscripten) as a value without globals.
// Used below the level of the package's own `decode.js`, which can neither be told to start afresh after an abort, nor
// to leave the picture in the decoder's heap.
import libwebp from '@jsquash/webp/codec/dec/webp_dec.js';
import type { Pixels } from './pixels.ts';

/** A decoder's instance; once `decode` has thrown it must not be used again. */
export interface WebpDecoder {
  /**
   * Decodes a still WebP, lossy or lossless, and lends the pixels, which lie in the heap, to `use`.
   * @returns what `use` returns
   * @throws whatever the decoder throws on damaged or incomplete bytes, or `use` throws
   */
  decode<R>(bytes: Uint8Array, use: (pixels: Pixels) => R): R;
  /** Bytes of its heap, which grows with the largest image decoded and never shrinks. */
  readonly heapBytes: number;
}

/** What is used of the module that Emscripten generates. */
type Factory = (options: {
  readonly noInitialRun: true;
  readonly locateFile: (path: string) => string;
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ) => object;
}) => Promise<{ readonly decode: (bytes: Uint8Array) => unknown }>;

/** @param module of `@jsquash/webp/codec/dec/webp_dec.wasm` */
export async function webpDecoder(module: WebAssembly.Module): Promise<WebpDecoder> {
  let receive: (pixels: Pixels) => void = () => {};
  // The decoder copies its picture into a `new Uint8ClampedArray` and puts that into a `new ImageData`, both looked up
  // in the global scope. These stand in for them: no copy, and the picture is seen before the decoder frees it.
  const standIns = {
    Uint8ClampedArray: new Proxy(Uint8ClampedArray, {
      construct: (_, [view]: readonly unknown[]) => Object(view),
    }),
    ImageData: new Proxy(Object, {
      construct(_, [data, width, height]: readonly unknown[]) {
        if (data instanceof Uint8Array && typeof width === 'number' && typeof height === 'number') {
          receive({ data, width, height });
        }
        return {};
      },
    }),
  };
  let memory: WebAssembly.Memory | undefined;
  const glue = await new Promise<Awaited<ReturnType<Factory>>>((resolve, reject) => {
    const factory: Factory = libwebp;
    const options = {
      noInitialRun: true,
      locateFile: (path: string) => path,
      instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
        WebAssembly.instantiate(module, imports)
          .then((instance) => {
            memory = Object.values(instance.exports).find((item) => item instanceof WebAssembly.Memory);
            done(instance);
          })
          .catch(reject);
        return {};
      },
    } as const;
    lending(standIns, () => factory(options)).then(resolve, reject);
  });
  return {
    decode(bytes, use) {
      const results: ReturnType<typeof use>[] = [];
      receive = (pixels) => {
        results.push(use(pixels));
      };
      lending(standIns, () => glue.decode(bytes));
      for (const result of results) return result;
      throw new Error('The decoder gave no pixels.');
    },
    get heapBytes() {
      return memory?.buffer.byteLength ?? 0;
    },
  };
}

/**
 * Runs, at once, what looks things up in the global scope, with stand-ins for them. Afterwards the scope is as it was:
 * the glue itself leaves an `ImageData` in Node, and a `location` in workerd, from which other libraries would conclude
 * that they are in a browser.
 */
function lending<T>(standIns: Readonly<Record<string, object>>, run: () => T): T {
  const touched = [...Object.keys(standIns), ...('location' in globalThis ? [] : ['location'])];
  const before = touched.map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)] as const);
  for (const [name, value] of Object.entries(standIns)) {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  try {
    return run();
  } finally {
    for (const [name, descriptor] of before) {
      if (descriptor === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, descriptor);
    }
  }
}
