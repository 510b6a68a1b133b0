// One thread of tfjs's threaded WASM module: a classic script that is served as it stands. What the package's own
// tfjs-backend-wasm-threaded-simd.worker.js does in a browser, which the package has only as a text for a blob: URL.
// Knows the messages of exactly that version of Emscripten.
const Module = {
  // The compiled module came by message, and an answer has to be there at once.
  instantiateWasm(imports, done) {
    const instance = new WebAssembly.Instance(Module.wasmModule, imports);
    done(instance);
    Module.wasmModule = null;
    return instance.exports;
  },
};
let thread = Module;
let ready = false;
const waiting = [];

// Called by the main script once it is initialised here.
self.startWorker = (instance) => {
  thread = instance;
  postMessage({ cmd: 'loaded' });
};

self.onunhandledrejection = (event) => {
  throw event.reason ?? event;
};

self.onmessage = ({ data }) => {
  try {
    handle(data);
  } catch (error) {
    thread.__emscripten_thread_crashed?.();
    throw error;
  }
};

function handle(data) {
  switch (data.cmd) {
    case 'load':
      Module.wasmModule = data.wasmModule;
      for (const handler of data.handlers) {
        Module[handler] = (...args) => postMessage({ cmd: 'callHandler', handler, args });
      }
      Module.wasmMemory = data.wasmMemory;
      Module.buffer = data.wasmMemory.buffer;
      Module.ENVIRONMENT_IS_PTHREAD = true;
      importScripts(data.urlOrBlob);
      self.WasmBackendModuleThreadedSimd(Module);
      return;
    case 'run':
      run(data);
      return;
    case 'cancel':
      if (thread._pthread_self()) thread.__emscripten_thread_exit(-1);
      return;
    case 'processProxyingQueue':
      if (ready) thread.executeNotifiedProxyingQueue(data.queue);
      else waiting.push(data.queue);
  }
}

function run({ pthread_ptr: pointer, start_routine: routine, arg, ...rest }) {
  thread.__emscripten_thread_init(pointer, 0, 0, 1);
  thread.establishStackSpace();
  thread.PThread.receiveObjectTransfer(rest);
  thread.PThread.threadInitTLS();
  ready = true;
  for (const queue of waiting.splice(0)) thread.executeNotifiedProxyingQueue(queue);
  try {
    thread.invokeEntryPoint(routine, arg);
  } catch (error) {
    if (error === 'unwind') return;
    if (!(error instanceof thread.ExitStatus)) throw error;
    if (!thread.keepRuntimeAlive()) thread.__emscripten_thread_exit(error.status);
  }
}
