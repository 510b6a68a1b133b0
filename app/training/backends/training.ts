// What training the trunk's own layers needs of a backend beyond inference: every kernel and gradient of tfjs, and for
// WebAssembly the gradients that tfjs lacks. One thread: their heap is not shared.
// The order matters: gradients ask for flags that the core sets up.
import '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import type { DeeperBackend } from '../trainer.ts';
import { startBackend } from './start.ts';

/** @throws AppError `internal` where this browser cannot run it; Error where it cannot train on it */
export async function startTraining(backend: DeeperBackend): Promise<void> {
  switch (backend) {
    case 'webgl':
      await import('./webgl-training.ts');
      return startBackend(backend);
    case 'wasm': {
      const { registerGradients } = await import('./wasm-training.ts');
      await startBackend(backend);
      return registerGradients();
    }
    default:
      return backend satisfies never;
  }
}
