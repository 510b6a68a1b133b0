// One thread of the engine in Node; engine-threads.ts starts it.
import { parentPort } from 'node:worker_threads';
import { serve } from '../../src/kernels/team.ts';

export interface TeamMessage {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

parentPort?.on('message', ({ module, memory }: TeamMessage) => {
  parentPort?.postMessage('serves');
  serve(module, memory);
  parentPort?.postMessage('left');
});
