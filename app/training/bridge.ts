// The one object that owns the trainer's Web Worker: starts it when it is first needed, matches answers to calls, lets a
// newer camera frame take the place of one that waits, and starts another worker when one has crashed.
import { type ReadonlySignal, signal } from '@preact/signals';
import { AppError } from '../../src/contract/errors.ts';
import type { TrainingProgress } from '../../src/head/trainer.ts';
import { DeviceError } from '../failure.ts';
import type { Storage } from '../storage/storage.ts';
import {
  type Call,
  type CallName,
  type Calls,
  type FromWorker,
  type GivenHead,
  PROTOCOL_VERSION,
  receivedError,
  type ToWorker,
} from './protocol.ts';
import { defaultRecipe, featureSpaceOf } from './recipe.ts';
import type { Frame, Prediction, PredictOptions, Trainer, TrainerStatus } from './trainer.ts';
import { createTrunkStore, type TrunkStore } from './trunk-store.ts';

/** A worker that crashes again so soon is not started again by itself, ms. */
const CRASH_LOOP_MS = 20_000;

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: ((progress: TrainingProgress) => void) | null;
}

interface WaitingFrame {
  readonly frame: Frame;
  readonly options: PredictOptions;
  readonly resolve: (prediction: Prediction | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts nothing yet. */
export function createTrainer({
  storage,
  trunks = createTrunkStore({ storage }),
  createWorker = () =>
    new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'trainer' }),
}: {
  readonly storage: Storage;
  readonly trunks?: TrunkStore;
  readonly createWorker?: () => Worker;
}): Trainer {
  const status = signal<TrainerStatus>({ state: 'idle' });
  const pending = new Map<number, Pending>();
  let worker: Worker | null = null;
  let lastId = 0;
  let starting: Promise<void> | null = null;
  let head: GivenHead | null = null;
  let frameBusy = false;
  let waitingFrame: WaitingFrame | null = null;
  let crashedAt = Number.NEGATIVE_INFINITY;

  function workerNow(): Worker {
    if (worker !== null) return worker;
    const made = createWorker();
    made.addEventListener('message', ({ data }: MessageEvent<FromWorker>) => receive(data));
    made.addEventListener('error', (event) => {
      event.preventDefault();
      if (worker === made) crash(event.message);
    });
    made.addEventListener('messageerror', () => {
      if (worker === made) crash('A message could not be read.');
    });
    worker = made;
    return made;
  }

  function receive(message: FromWorker): void {
    const call = pending.get(message.id);
    if (call === undefined) return;
    if (message.kind === 'progress') {
      call.onProgress?.(message.progress);
      return;
    }
    pending.delete(message.id);
    if (message.kind === 'answer') call.resolve(message.value as never);
    else call.reject(receivedError(message.error));
  }

  function crash(detail: string): void {
    const wasReady = status.peek().state === 'ready';
    const again = performance.now() - crashedAt > CRASH_LOOP_MS;
    crashedAt = performance.now();
    const error = new DeviceError('trainer_crashed', { detail });
    end(error);
    status.value = { state: 'failed', error };
    if (wasReady && again) void start().catch(() => {});
  }

  function end(error: unknown): void {
    worker?.terminate();
    worker = null;
    starting = null;
    frameBusy = false;
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    waitingFrame?.frame.close();
    waitingFrame?.resolve(null);
    waitingFrame = null;
  }

  function ask<K extends CallName>(
    name: K,
    what: Calls[K]['ask'],
    {
      transfer = [],
      onProgress = null,
      signal: abort,
    }: {
      readonly transfer?: Transferable[];
      readonly onProgress?: ((progress: TrainingProgress) => void) | null;
      readonly signal?: AbortSignal | undefined;
    } = {},
  ): Promise<Calls[K]['answer']> {
    return new Promise((resolve, reject) => {
      const id = ++lastId;
      const to = workerNow();
      pending.set(id, { resolve, reject, onProgress });
      const call = { name, ask: what } as unknown as Call;
      to.postMessage({ kind: 'call', version: PROTOCOL_VERSION, id, call } satisfies ToWorker, transfer);
      abort?.addEventListener('abort', () => to.postMessage({ kind: 'abort', id } satisfies ToWorker), {
        once: true,
      });
    });
  }

  async function load(): Promise<void> {
    status.value = { state: 'starting' };
    try {
      const trunk = await trunks.load((done, of) => {
        status.value = { state: 'downloading', done, of };
      });
      status.value = { state: 'starting' };
      const { manifest } = trunk;
      // Copied and not transferred: a second start reads them again anyway, and the first is rare.
      const { backend } = await ask('load', { ...trunk, backend: 'wasm' });
      await ask('useHead', head);
      status.value = {
        ...{ state: 'ready', manifest, backend },
        space: featureSpaceOf(manifest, defaultRecipe(manifest)),
      };
    } catch (error) {
      starting = null;
      status.value = { state: 'failed', error };
      throw error;
    }
  }

  function start(): Promise<void> {
    starting ??= load().then(() => {
      // A newer trunk is for the next start; without a network there is none.
      void trunks.refresh().catch(() => {});
    });
    return starting;
  }

  /** Calls that need the trunk wait for it. */
  async function askLoaded<K extends CallName>(
    name: K,
    ...rest: [Calls[K]['ask'], Parameters<typeof ask>[2]?]
  ) {
    await start();
    return ask(name, ...rest);
  }

  function nextFrame(): void {
    const next = waitingFrame;
    if (next === null || frameBusy) return;
    waitingFrame = null;
    frameBusy = true;
    const { frame, options } = next;
    void ask('predictFrame', { frame, options }, { transfer: [frame] })
      .then(next.resolve, next.reject)
      .finally(() => {
        frameBusy = false;
        nextFrame();
      });
  }

  return {
    status: status as ReadonlySignal<TrainerStatus>,
    start,
    prepareFile: (file) => ask('prepareFile', file),
    prepareFrame: (frame) => ask('prepareFrame', frame, { transfer: [frame] }),
    features: (photos) => askLoaded('features', photos),
    give: async (features) => void (await askLoaded('give', features)),
    fit: (set) => askLoaded('fit', set),
    async trainSoftmax(set, options, { onProgress, signal: abort }) {
      if (abort.aborted) throw new AppError('aborted', { detail: 'The training was cancelled.' });
      return askLoaded('trainSoftmax', { set, options }, { onProgress, signal: abort });
    },
    async useHead(given) {
      head = given;
      if (status.peek().state === 'ready') await ask('useHead', given);
    },
    predictFrame(frame, options = {}) {
      if (status.peek().state !== 'ready' || head === null) {
        frame.close();
        return Promise.resolve(null);
      }
      return new Promise((resolve, reject) => {
        waitingFrame?.frame.close();
        waitingFrame?.resolve(null);
        waitingFrame = { frame, options, resolve, reject };
        nextFrame();
      });
    },
    predictFile: (file, options = {}) => askLoaded('predictFile', { file, options }),
    stop() {
      end(new DeviceError('trainer_unavailable', { detail: 'The trainer was stopped.' }));
      status.value = { state: 'idle' };
    },
  };
}
