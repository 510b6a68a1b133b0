// The one object that owns the trainer's Web Worker: starts it when it is first needed, matches answers to calls, lets a
// newer camera frame take the place of one that waits, and starts another worker when one has crashed. A backend that
// crashes, hangs or gives no numbers gives way to plain WebAssembly.
import { type ReadonlySignal, signal } from '@preact/signals';
import { AppError } from '../../src/contract/errors.ts';
import { DeviceError } from '../failure.ts';
import type { Storage } from '../storage/storage.ts';
import type { Backends } from './backends/choice.ts';
import { type Caller, type CallOptions, createCaller } from './calls.ts';
import { createTrainerWorker } from './create-worker.ts';
import { createDeeperBridge } from './deeper-bridge.ts';
import type { CallName, Calls, TrunkFiles } from './protocol.ts';
import { defaultRecipe, featureSpaceOf } from './recipe.ts';
import type {
  BackendName,
  Frame,
  GivenHead,
  Prediction,
  PredictOptions,
  Trainer,
  TrainerStatus,
} from './trainer.ts';
import { createTrunkStore, type TrunkStore } from './trunk-store.ts';

/** A worker that crashes again so soon is not started again by itself, ms. */
const CRASH_LOOP_MS = 20_000;
/** A worker that answers nothing at all for so long hangs, ms. */
const HANG_MS = 30_000;
/** When nothing was asked for so long, the backends may be tested, ms. */
const IDLE_MS = 4_000;

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
  const deeper = createDeeperBridge({
    ...{ trunks, createWorker },
    backend: () => (backend === 'webgl' ? 'webgl' : 'wasm'),
    onBroken: (broken) => backends?.refuse(broken),
  });
  let caller: Caller | null = null;
  let starting: Promise<void> | null = null;
  let head: GivenHead | null = null;
  let frameBusy = false;
  let waitingFrame: WaitingFrame | null = null;
  /** That of `caller`. */
  let backend: BackendName = 'wasm';
  let watching = false;
  let idle: ReturnType<typeof setTimeout> | undefined;
  let selfTest: AbortController | null = null;
  let crashedAt = Number.NEGATIVE_INFINITY;

  function callerNow(): Caller {
    if (caller !== null) return caller;
    const made: Caller = createCaller(createWorker(), {
      onCrash: (detail) => {
        if (caller === made) crash(detail);
      },
      onSettled(error) {
        rest();
        if (backend !== 'wasm' && error instanceof DeviceError && error.code === 'trainer_crashed')
          crash(error.message);
      },
    });
    caller = made;
    return made;
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
    const ending = caller;
    caller = null;
    backend = 'wasm';
    frameBusy = false;
    clearTimeout(idle);
    ending?.end(error);
    waitingFrame?.frame.close();
    waitingFrame?.resolve(null);
    waitingFrame = null;
  }

  /** A backend that hangs answers nothing any more, not even this. */
  function watch(): void {
    if (watching || backend === 'wasm' || caller === null || caller.waiting === 0) return;
    watching = true;
    const watched = caller;
    const timer = setTimeout(() => {
      if (caller === watched) crash('The backend hangs.');
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
    if (backends === null || (caller?.waiting ?? 0) > 0) return;
    idle = setTimeout(() => {
      if (status.peek().state !== 'ready' || document.visibilityState === 'hidden' || deeper.busy) return;
      selfTest = new AbortController();
      void backends.testOnce(selfTest.signal);
    }, idleMs);
  }

  function ask<K extends CallName>(name: K, what: Calls[K]['ask'], options?: CallOptions<K>) {
    clearTimeout(idle);
    selfTest?.abort();
    const answer = callerNow().ask(name, what, options);
    watch();
    return answer;
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
  async function askLoaded<K extends CallName>(name: K, ...rest: [Calls[K]['ask'], CallOptions<K>?]) {
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
    async trainSoftmax(set, options, hooks) {
      if (hooks.signal.aborted) throw new AppError('aborted', { detail: 'The training was cancelled.' });
      return askLoaded('trainSoftmax', { set, options }, hooks);
    },
    // The chosen backend is known once the trunk is loaded.
    fineTuneCost: (settings, count) => start().then(() => deeper.fineTuneCost(settings, count)),
    fineTune: (job, hooks) => start().then(() => deeper.fineTune(job, hooks)),
    adapt: (job, hooks) => start().then(() => deeper.adapt(job, hooks)),
    lab: (job, hooks) => start().then(() => deeper.lab(job, hooks)),
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
      deeper.stop();
      end(new DeviceError('trainer_unavailable', { detail: 'The trainer was stopped.' }));
      starting = null;
      status.value = { state: 'idle' };
    },
  };
}
