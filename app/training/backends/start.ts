// The backend of this Web Worker, by name. What is not the plain one is fetched when it is asked for.
import { AppError } from '../../../src/contract/errors.ts';
import type { BackendName } from '../trainer.ts';
import { startWasm } from './wasm.ts';

let started: { readonly name: BackendName; readonly ready: Promise<void> } | null = null;

/**
 * Makes it the current backend; twice does no harm, and after a failure it tries again. One worker has one backend.
 * @throws AppError `internal` where this browser cannot run it
 */
export function startBackend(name: BackendName): Promise<void> {
  if (started?.name === name) return started.ready;
  const ready = start(name).catch((cause: unknown) => {
    started = null;
    const detail = `This browser could not start ${name}. Reload the page, or try a newer browser. (${cause})`;
    throw new AppError('internal', { detail, cause });
  });
  started = { name, ready };
  return ready;
}

async function start(name: BackendName): Promise<void> {
  switch (name) {
    case 'wasm':
      return startWasm();
    case 'wasm-threads':
      return (await import('./wasm-threads.ts')).startWasmThreads();
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
