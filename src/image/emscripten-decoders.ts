// The JPEG and WebP decoders of jSquash (MozJPEG and libwebp, built with Emscripten) as values without globals.
// Used below the level of the packages' own `decode.js`, which can neither be told to start afresh after an abort,
// nor report what the decoder complained of.
import mozjpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import libwebp from '@jsquash/webp/codec/dec/webp_dec.js';
import { type Decoder, received } from './decoder.ts';
import { damaged } from './header.ts';
import type { Pixels } from './pixels.ts';

/** What is used of the modules that Emscripten generates. */
type Factory = (options: {
  readonly noInitialRun: true;
  readonly locateFile: (path: string) => string;
  readonly printErr: (line: string) => void;
  readonly instantiateWasm: (
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance) => void,
  ) => object;
}) => Promise<{ readonly decode: (bytes: Uint8Array, ...rest: readonly boolean[]) => unknown }>;

/** libjpeg's warnings that mean lost picture data; stray bytes between segments, which some cameras write, do not. */
const DATA_LOST = /^Premature end of JPEG file|^Corrupt JPEG data: (?!\d+ extraneous)/;

/**
 * The decoder for JPEG. It gives the same pixels everywhere: the integer DCT and fancy upsampling of libjpeg, in
 * WebAssembly without SIMD.
 */
export function jpegDecoder(module: WebAssembly.Module): Promise<Decoder> {
  return start(module, {
    factory: mozjpeg,
    rest: [false], // leave the orientation to us
    judge(complaints) {
      // libjpeg fills what is missing with grey and only warns.
      const serious = complaints.find((line) => DATA_LOST.test(line));
      if (serious !== undefined) throw damaged('The JPEG is damaged or incomplete.', new Error(serious));
    },
  });
}

/** The decoder for still WebP, lossy and lossless. */
export function webpDecoder(module: WebAssembly.Module): Promise<Decoder> {
  return start(module, { factory: libwebp, rest: [], judge: () => {} });
}

interface Parts {
  readonly factory: Factory;
  /** What `decode` takes after the bytes. */
  readonly rest: readonly boolean[];
  /** Told what the decoder printed while decoding; throws when that is serious. */
  readonly judge: (complaints: readonly string[]) => void;
}

async function start(module: WebAssembly.Module, { factory, rest, judge }: Parts): Promise<Decoder> {
  let complaints: string[] = [];
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
    const options = {
      noInitialRun: true,
      locateFile: (path: string) => path,
      printErr: (line: string) => complaints.push(line),
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
      complaints = [];
      const checked = (pixels: Pixels) => {
        judge(complaints);
        return use(pixels);
      };
      return received(checked, (receiver) => {
        receive = receiver;
        lending(standIns, () => glue.decode(bytes, ...rest));
      });
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
