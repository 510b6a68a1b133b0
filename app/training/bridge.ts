// The one object that owns the trainer's Web Worker: starts it when it is first needed, matches answers to calls, lets a
// newer camera frame take the place of one that waits, and starts another worker when one has crashed. A backend that
// crashes, hangs or gives no numbers gives way to plain WebAssembly.
import { type ReadonlySignal, signal } from '@preact/signals';
import { AppError } from '../../src/contract/errors.ts';
import { DeviceError } from '../failure.ts';
import type { Storage } from '../storage/storage.ts';
import type { Backends } from './backends/choice.ts';
import { createTrainerWorker } from './create-worker.ts';
import {
  type Call,
  type CallName,
  type Calls,
  type FromWorker,
  type GivenHead,
  PROTOCOL_VERSION,
  type ProgressOf,
  receivedError,
  type ToWorker,
  type TrunkFiles,
} from './protocol.ts';
import { defaultRecipe, featureSpaceOf } from './recipe.ts';
import type { BackendName, Frame, Prediction, PredictOptions, Trainer, TrainerStatus } from './trainer.ts';
import { createTrunkStore, type TrunkStore } from './trunk-store.ts';

/** A worker that crashes again so soon is not started again by itself, ms. */
const CRASH_LOOP_MS = 20_000;
/** A worker that answers nothing at all for so long hangs, ms. */
const HANG_MS = 30_000;
/** When nothing was asked for so long, the backends may be tested, ms. */
const IDLE_MS = 4_000;

interface Pending {
  readonly resolve: (value: never) => void;
  readonly reject: (error: unknown) => void;
  readonly onProgress: ((progress: never) => void) | null;
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
  createWorker = createTrainerWorker,
  backends = null,
  hangMs = HANG_MS,
  idleMs = IDLE_MS,
}: {
  readonly storage: Storage;
  readonly trunks?: TrunkStore;
  readonly createWorker?: () => Worker;
  /** Null: plain WebAssembly. */
  readonly backends?: Backends | null;
  readonly hangMs?: number;
  readonly idleMs?: number;
}): Trainer {
  const status = signal<TrainerStatus>({ state: 'idle' });
  const pending = new Map<number, Pending>();
  let worker: Worker | null = null;
  let lastId = 0;
  let starting: Promise<void> | null = null;
  let head: GivenHead | null = null;
  let frameBusy = false;
  let waitingFrame: WaitingFrame | null = null;
  /** That of `worker`. */
  let backend: BackendName = 'wasm';
  let watching = false;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let selfTest: AbortController | null = null;
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
      call.onProgress?.(message.progress as never);
      return;
    }
    pending.delete(message.id);
    rest();
    if (message.kind === 'answer') {
      call.resolve(message.value as never);
      return;
    }
    const error = receivedError(message.error);
    call.reject(error);
    if (backend !== 'wasm' && error instanceof DeviceError && error.code === 'trainer_crashed')
      crash(error.message);
  }

  function crash(detail: string): void {
    const error = new DeviceError('trainer_crashed', { detail });
    const wasReady = status.peek().state === 'ready';
    const again = backend !== 'wasm' || performance.now() - crashedAt > CRASH_LOOP_MS;
    if (backend !== 'wasm') backends?.refuse(backend);
    end(error);
    // `load` is told by what it waits for.
    if (!wasReady) return;
    crashedAt = performance.now();
    starting = null;
    status.value = { state: 'failed', error };
    if (again) void start().catch(() => {});
  }

  function end(error: unknown): void {
    worker?.terminate();
    worker = null;
    backend = 'wasm';
    frameBusy = false;
    clearTimeout(idle);
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    waitingFrame?.frame.close();
    waitingFrame?.resolve(null);
    waitingFrame = null;
  }

  /** A backend that hangs answers nothing any more, not even this. */
  function watch(): void {
    if (watching || backend === 'wasm' || pending.size === 0) return;
    watching = true;
    const watched = worker;
    const timer = setTimeout(() => {
      if (worker === watched) crash('The backend hangs.');
    }, hangMs);
    void ask('give', [])
      .catch(() => {})
      .finally(() => {
        clearTimeout(timer);
        watching = false;
        setTimeout(watch, hangMs);
      });
  }

  /** Nobody waits: after a while the backends may have the machine. */
  function rest(): void {
    clearTimeout(idle);
    if (backends === null || pending.size > 0) return;
    idle = setTimeout(() => {
      if (status.peek().state !== 'ready' || document.visibilityState === 'hidden') return;
      selfTest = new AbortController();
      void backends.testOnce(selfTest.signal);
    }, idleMs);
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
      readonly onProgress?: ((progress: ProgressOf<K>) => void) | null;
      readonly signal?: AbortSignal | undefined;
    } = {},
  ): Promise<Calls[K]['answer']> {
    return new Promise((resolve, reject) => {
      const id = ++lastId;
      const to = workerNow();
      clearTimeout(idle);
      selfTest?.abort();
      pending.set(id, { resolve, reject, onProgress });
      const call = { name, ask: what } as unknown as Call;
      to.postMessage({ kind: 'call', version: PROTOCOL_VERSION, id, call } satisfies ToWorker, transfer);
      watch();
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
      const running = await loadOnto(trunk, (await backends?.chosen()) ?? 'wasm');
      backend = running;
      await ask('useHead', head);
      status.value = {
        ...{ state: 'ready', manifest, backend: running },
        space: featureSpaceOf(manifest, defaultRecipe(manifest)),
      };
    } catch (error) {
      starting = null;
      status.value = { state: 'failed', error };
      throw error;
    }
  }

  /** The backend that runs: plain WebAssembly when the one that was chosen does not start. */
  async function loadOnto(trunk: TrunkFiles, chosen: BackendName): Promise<BackendName> {
    // Copied and not transferred: a second start reads them again anyway, and the first is rare.
    const loading = ask('load', { ...trunk, backend: chosen });
    if (chosen === 'wasm') return (await loading).backend;
    const hangs = new DeviceError('trainer_crashed', { detail: `${chosen} does not start.` });
    const timer = setTimeout(() => end(hangs), hangMs);
    try {
      return (await loading).backend;
    } catch (error) {
      // Without a network a file may be missing: that is no judgement.
      if (navigator.onLine) backends?.refuse(chosen);
      end(error);
      return loadOnto(trunk, 'wasm');
    } finally {
      clearTimeout(timer);
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
    ...rest: [Calls[K]['ask'], Parameters<typeof ask<K>>[2]?]
  ) {
    await start();
    return ask(name, ...rest);
  }

  async function askUnlessStopped<K extends CallName>(
    name: K,
    what: Calls[K]['ask'],
    hooks: Parameters<typeof ask<K>>[2] & { readonly signal: AbortSignal },
  ) {
    if (hooks.signal.aborted) throw new AppError('aborted', { detail: 'It was stopped.' });
    return askLoaded(name, what, hooks);
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
    trainSoftmax: (set, options, hooks) => askUnlessStopped('trainSoftmax', { set, options }, hooks),
    fineTuneCost: (settings, photos) => askLoaded('fineTuneCost', { settings, photos }),
    fineTune: (job, { onEvent, onCheckpoint, signal: abort }) =>
      askUnlessStopped('fineTune', job, {
        transfer: job.photos.map(({ data }) => data),
        onProgress: (said) => (said.kind === 'checkpoint' ? onCheckpoint(said.checkpoint) : onEvent(said)),
        signal: abort,
      }),
    adapt: (job, hooks) => askUnlessStopped('adapt', job, hooks),
    lab: (job, hooks) => askUnlessStopped('lab', job, hooks),
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
      selfTest?.abort();
      end(new DeviceError('trainer_unavailable', { detail: 'The trainer was stopped.' }));
      starting = null;
      status.value = { state: 'idle' };
    },
  };
}
