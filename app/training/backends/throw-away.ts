// Measures a backend in a Web Worker that is ended afterwards, so that one which hangs or crashes harms nothing.
import {
  type Call,
  type FromWorker,
  type Measurement,
  PROTOCOL_VERSION,
  receivedError,
  type ToWorker,
  type TrunkFiles,
} from '../protocol.ts';
import type { BackendName } from '../trainer.ts';

/** @throws whatever the worker fails with; the signal's reason */
export async function measureApart(
  createWorker: () => Worker,
  trunk: TrunkFiles,
  backend: BackendName,
  signal: AbortSignal,
): Promise<Measurement> {
  signal.throwIfAborted();
  const worker = createWorker();
  try {
    return await new Promise<Measurement>((resolve, reject) => {
      const ask = (id: number, call: Call) =>
        worker.postMessage({ kind: 'call', version: PROTOCOL_VERSION, id, call } satisfies ToWorker);
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        reject(new Error(event.message));
      });
      worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
        if (data.kind === 'failure') reject(receivedError(data.error));
        else if (data.kind === 'answer' && data.id === 1) ask(2, { name: 'measure', ask: null });
        else if (data.kind === 'answer') resolve(data.value as Measurement);
      });
      ask(1, { name: 'load', ask: { ...trunk, backend } });
    });
  } finally {
    worker.terminate();
  }
}
