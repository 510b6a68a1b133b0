// tfjs's WASM backend on several threads. tfjs's own loader starts them from blob: URLs, which the page's
// Content-Security-Policy forbids; here Emscripten is given two files of this origin instead. Shared memory needs a
// cross-origin isolated page.
/// <reference types="vite/client" />
import { setThreadsCount } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import createModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js';
import mainScriptUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.js?url';
import wasmUrl from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-threaded-simd.wasm?url';
import { compile } from './module.ts';
import threadUrl from './pthread.js?url';
import { adopt, instantiateFrom } from './wasm.ts';

const MOST_THREADS = 4;
const PAGE_BYTES = 65_536;
/** The module asks for 4 GB of addresses, which phones refuse; it is happy with less. */
const MOST_MEMORY = 1024 ** 3;

/**
 * Makes it the current backend of this Web Worker. Waits for ever where a thread does not start: callers set a limit.
 * @throws Error where there is no shared memory, or a file cannot be fetched
 */
export async function startWasmThreads(): Promise<void> {
  if (!crossOriginIsolated) throw new Error('Threads need a cross-origin isolated page.');
  const compiled = await compile(wasmUrl);
  const options = {
    mainScriptUrlOrBlob: new URL(mainScriptUrl, location.href).href,
    locateFile: (path: string) => (path.endsWith('.worker.js') ? threadUrl : path),
    wasmMemory: new WebAssembly.Memory({ initial: 256, maximum: MOST_MEMORY / PAGE_BYTES, shared: true }),
    instantiateWasm: instantiateFrom(compiled),
  };
  const module = (await createModule(options)) as ThreadedModule;
  setThreadsCount(Math.min(MOST_THREADS, navigator.hardwareConcurrency));
  await adopt(module);
  // Emscripten has made eight, whatever is used.
  for (const idle of module.PThread.unusedWorkers.splice(0)) idle.terminate();
}

type ThreadedModule = Parameters<typeof adopt>[0] & {
  readonly PThread: { readonly unusedWorkers: Worker[] };
};
