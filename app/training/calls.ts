// Calls across to one Web Worker of the trainer: numbered, matched to their answers, with progress and abortion. Whoever
// starts the worker decides what a crash means.
import { DeviceError } from '../failure.ts';
import {
  type Call,
  type CallName,
  type Calls,
  type FromWorker,
  PROTOCOL_VERSION,
  type ProgressOf,
  receivedError,
  type ToWorker,
} from './protocol.ts';

export interface CallOptions<K extends CallName> {
  readonly transfer?: readonly Transferable[];
  readonly onProgress?: ((progress: ProgressOf<K>) => void) | null;
  readonly signal?: AbortSignal | undefined;
}

export interface Caller {
  ask<K extends CallName>(
    name: K,
    what: Calls[K]['ask'],
    options?: CallOptions<K>,
  ): Promise<Calls[K]['answer']>;
  /** Calls that wait for an answer. */
  readonly waiting: number;
  /** Ends the worker; every call that waits rejects. */
  end(error: unknown): void;
}

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: ((progress: never) => void) | null;
}

/**
 * @param options.onCrash the worker has thrown, or sent what cannot be read; it is not ended yet
 * @param options.onSettled after each answer; with the error, where it is one
 */
export function createCaller(
  worker: Worker,
  {
    onCrash,
    onSettled = () => {},
  }: {
    readonly onCrash: (detail: string) => void;
    readonly onSettled?: (error: Error | null) => void;
  },
): Caller {
  const pending = new Map<number, Pending>();
  let lastId = 0;
  let ended = false;

  worker.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => {
    const call = pending.get(data.id);
    if (call === undefined) return;
    if (data.kind === 'progress') {
      call.onProgress?.(data.progress as never);
      return;
    }
    pending.delete(data.id);
    const error = data.kind === 'failure' ? receivedError(data.error) : null;
    if (data.kind === 'answer') call.resolve(data.value as never);
    else call.reject(error);
    onSettled(error);
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    if (!ended) onCrash(event.message);
  });
  worker.addEventListener('messageerror', () => {
    if (!ended) onCrash('A message could not be read.');
  });

  return {
    ask: (name, what, { transfer = [], onProgress = null, signal } = {}) =>
      new Promise((resolve, reject) => {
        if (ended) {
          reject(new DeviceError('trainer_unavailable', { detail: 'The worker has ended.' }));
          return;
        }
        const id = ++lastId;
        pending.set(id, { resolve, reject, onProgress });
        const call = { name, ask: what } as unknown as Call;
        worker.postMessage({ kind: 'call', version: PROTOCOL_VERSION, id, call } satisfies ToWorker, [
          ...transfer,
        ]);
        signal?.addEventListener(
          'abort',
          () => worker.postMessage({ kind: 'abort', id } satisfies ToWorker),
          { once: true },
        );
      }),
    get waiting() {
      return pending.size;
    },
    end(error) {
      ended = true;
      worker.terminate();
      for (const { reject } of pending.values()) reject(error);
      pending.clear();
    },
  };
}
