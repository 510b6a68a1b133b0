// The JPEG and WebP decoders of jSquash (MozJPEG and libwebp, built with Emscripten) as values without globals.
// Used below the level of the packages' own `decode.js`, which can neither be told to start afresh after an abort,
// nor report what the decoder complained of.
import mozjpeg from '@jsquash/jpeg/codec/dec/mozjpeg_dec.js';
import libwebp from '@jsquash/webp/codec/dec/webp_dec.js';
import type { Decoder } from './decoder.ts';
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
}) => Promise<{ readonly decode: (bytes: Uint8Array, applyOrientation?: boolean) => unknown }>;

/**
 * The decoder for JPEG. It gives the same pixels everywhere: the integer DCT and fancy upsampling of libjpeg, in
 * WebAssembly without SIMD.
 */
export async function jpegDecoder(module: WebAssembly.Module): Promise<Decoder> {
  const factory: Factory = mozjpeg;
  const { decode, complaints, heap } = await start(factory, module);
  return {
    decode(bytes) {
      complaints.length = 0;
      const result = decode(bytes, false);
      // libjpeg fills what is missing with grey and only warns.
      const serious = complaints.find((line) => DATA_LOST.test(line));
      if (serious !== undefined) throw damaged('The JPEG is damaged or incomplete.', new Error(serious));
      return asPixels(result);
    },
    get heapBytes() {
      return heap.buffer.byteLength;
    },
  };
}

/** The decoder for still WebP, lossy and lossless. */
export async function webpDecoder(module: WebAssembly.Module): Promise<Decoder> {
  const factory: Factory = libwebp;
  const { decode, heap } = await start(factory, module);
  return {
    decode: (bytes) => asPixels(decode(bytes)),
    get heapBytes() {
      return heap.buffer.byteLength;
    },
  };
}

/** libjpeg's warnings that mean lost picture data; stray bytes between segments, which some cameras write, do not. */
const DATA_LOST = /^Premature end of JPEG file|^Corrupt JPEG data: (?!\d+ extraneous)/;

async function start(factory: Factory, module: WebAssembly.Module) {
  const complaints: string[] = [];
  let heap: WebAssembly.Memory | undefined;
  const glue = await new Promise<Awaited<ReturnType<Factory>>>((resolve, reject) => {
    const options = {
      noInitialRun: true,
      locateFile: (path: string) => path,
      printErr: (line: string) => complaints.push(line),
      instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
        WebAssembly.instantiate(module, imports)
          .then((instance) => {
            heap = Object.values(instance.exports).find((item) => item instanceof WebAssembly.Memory);
            done(instance);
          })
          .catch(reject);
        return {};
      },
    } as const;
    withImageData(() => factory(options)).then(resolve, reject);
  });
  if (heap === undefined) throw new Error('The decoder exports no memory.');
  return {
    complaints,
    heap,
    decode: (bytes: Uint8Array, ...rest: [boolean?]) => withImageData(() => glue.decode(bytes, ...rest)),
  };
}

/** What stands in for `ImageData` where the platform has none. */
class PlainImageData implements Pixels {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

/**
 * Runs what needs a global `ImageData`, lending one where there is none. The glue also leaves one behind, and in
 * workerd a `location`, on which other libraries decide that they are in a browser: both are taken away again.
 */
function withImageData<T>(run: () => T): T {
  const absent = ['ImageData', 'location'].filter((name) => !(name in globalThis));
  if (absent.includes('ImageData')) Reflect.set(globalThis, 'ImageData', PlainImageData);
  try {
    return run();
  } finally {
    for (const name of absent) Reflect.deleteProperty(globalThis, name);
  }
}

function asPixels(result: unknown): Pixels {
  if (
    typeof result === 'object' &&
    result !== null &&
    'width' in result &&
    'height' in result &&
    'data' in result
  ) {
    const { width, height, data } = result;
    const isBytes = data instanceof Uint8ClampedArray || data instanceof Uint8Array;
    if (typeof width === 'number' && typeof height === 'number' && isBytes) return { width, height, data };
  }
  throw new Error('The decoder gave no pixels.');
}
