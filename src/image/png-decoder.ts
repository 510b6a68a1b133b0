// The PNG decoder of jSquash (the Rust crate png, built with wasm-bindgen) as a value without globals.
// The package's own glue keeps one instance for ever, and a panic leaves that instance with a broken stack: hence
// this one, which needs three of its exports and answers two of its imports.

import { type Decoder, received } from './decoder.ts';
import type { Pixels } from './pixels.ts';
import { checkPngChecksums } from './png-header.ts';

/** The import by which the decoder hands over its pixels; wasm-bindgen ends names with a hash. */
const HAND_OVER = /^__wbg_newwithownedu8clampedarrayandsh_/;

/** The decoder for PNG: palette, grey and 16 bit expanded or cut to 8-bit RGBA; gamma and profiles not applied. */
export async function pngDecoder(module: WebAssembly.Module): Promise<Decoder> {
  let memory: WebAssembly.Memory | undefined;
  let receive: (pixels: Pixels) => void = () => {};
  const heap = (at: number, length: number): Uint8Array => {
    if (memory === undefined) throw new Error('The decoder exports no memory.');
    return new Uint8Array(memory.buffer, at, length);
  };
  const answer = (name: string) => {
    if (HAND_OVER.test(name)) {
      return (at: number, length: number, width: number, height: number) => {
        receive({ width, height, data: heap(at, length) });
        call('__wbindgen_free', at, length, 1);
        return 0;
      };
    }
    return (at: number, length: number) => {
      throw new Error(name === '__wbindgen_throw' ? String.fromCharCode(...heap(at, length)) : name);
    };
  };
  const wbg = Object.fromEntries(WebAssembly.Module.imports(module).map(({ name }) => [name, answer(name)]));
  const { exports } = await WebAssembly.instantiate(module, { wbg });
  if (exports.memory instanceof WebAssembly.Memory) memory = exports.memory;
  const call = (name: string, ...args: readonly number[]): unknown => {
    const run = exports[name];
    if (typeof run !== 'function') throw new Error(`The decoder does not export ${name}.`);
    return Reflect.apply(run, undefined, args);
  };
  return {
    decode(bytes, use) {
      checkPngChecksums(bytes);
      const at = Number(call('__wbindgen_malloc', bytes.length, 1)) >>> 0;
      heap(at, bytes.length).set(bytes);
      return received(use, (receiver) => {
        receive = receiver;
        call('decode', at, bytes.length);
      });
    },
    get heapBytes() {
      return memory?.buffer.byteLength ?? 0;
    },
  };
}
