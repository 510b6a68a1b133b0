// tfjs's backend of this Web Worker, by name. What is not the plain one is fetched when it is asked for.
import type { DeeperBackend } from '../trainer.ts';
import { couldNotStart } from './start-error.ts';
import { startWasm } from './wasm.ts';

let started: { readonly name: DeeperBackend; readonly ready: Promise<void> } | null = null;

/**
 * Makes it the current backend; twice does no harm, and after a failure it tries again. One worker has one backend.
 * @throws AppError `internal` where this browser cannot run it
 */
export function startBackend(name: DeeperBackend): Promise<void> {
  if (started?.name === name) return started.ready;
  const ready = start(name).catch((cause: unknown) => {
    started = null;
    throw couldNotStart(name, cause);
  });
  started = { name, ready };
  return ready;
}

async function start(name: DeeperBackend): Promise<void> {
  switch (name) {
    case 'wasm':
      return startWasm();
    case 'webgl':
      if (!hasWebgl()) throw new Error('There is no WebGL 2, or only one in software.');
      return (await import('./webgl.ts')).startWebgl();
    default:
      return name satisfies never;
  }
}

function hasWebgl(): boolean {
  const canvas = new OffscreenCanvas(1, 1);
  return canvas.getContext('webgl2', { failIfMajorPerformanceCaveat: true }) !== null;
}
