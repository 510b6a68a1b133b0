// The other Web Worker of the trainer, for what takes long and much memory: fine-tuning, adapting, the lab. Started when
// it is needed, ended a while after nothing is asked any more; a crash is told to whoever waited.
import { AppError } from '../../src/contract/errors.ts';
import { DeviceError } from '../failure.ts';
import { type Caller, type CallOptions, createCaller } from './calls.ts';
import type { CallName, Calls } from './protocol.ts';
import type { DeeperBackend, Trainer } from './trainer.ts';
import type { TrunkStore } from './trunk-store.ts';

/** A worker of which nothing is asked for so long is ended, ms: its memory is worth more than its start. */
const IDLE_MS = 20_000;

export interface DeeperBridge extends Pick<Trainer, 'fineTuneCost' | 'fineTune' | 'adapt' | 'lab'> {
  /** Whether something runs. */
  readonly busy: boolean;
  stop(): void;
}

/**
 * @param options.backend asked at each start
 * @param options.onBroken a backend other than plain WebAssembly crashed, or gave no numbers
 */
export function createDeeperBridge({
  trunks,
  createWorker,
  backend,
  onBroken,
  idleMs = IDLE_MS,
}: {
  readonly trunks: Pick<TrunkStore, 'load'>;
  readonly createWorker: () => Worker;
  readonly backend: () => DeeperBackend;
  readonly onBroken: (backend: DeeperBackend) => void;
  readonly idleMs?: number;
}): DeeperBridge {
  let running: { readonly caller: Promise<Caller>; readonly end: (error: unknown) => void } | null = null;
  let asked = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;

  function start(): Promise<Caller> {
    if (running !== null) return running.caller;
    const runs = backend();
    const broken = (detail: string) => {
      if (runs !== 'wasm') onBroken(runs);
      mine.end(new DeviceError('trainer_crashed', { detail }));
    };
    const caller = createCaller(createWorker(), {
      onCrash: broken,
      onSettled: (error) => {
        if (error instanceof DeviceError && error.code === 'trainer_crashed') broken(error.message);
      },
    });
    const mine = {
      caller: trunks
        .load(() => {})
        .then((trunk) => caller.ask('loadDeeper', { ...trunk, backend: runs }))
        .then(
          () => caller,
          (error: unknown) => {
            if (runs !== 'wasm') onBroken(runs);
            mine.end(error);
            throw error;
          },
        ),
      end(error: unknown) {
        if (running === mine) running = null;
        caller.end(error);
      },
    };
    running = mine;
    return mine.caller;
  }

  async function ask<K extends CallName>(name: K, what: Calls[K]['ask'], options: CallOptions<K> = {}) {
    const { signal } = options;
    if (signal?.aborted === true) throw new AppError('aborted', { detail: 'It was stopped.' });
    asked++;
    clearTimeout(idle);
    try {
      return await (await start()).ask(name, what, options);
    } finally {
      asked--;
      if (asked === 0)
        idle = setTimeout(
          () => running?.end(new DeviceError('trainer_unavailable', { detail: 'Nothing was asked.' })),
          idleMs,
        );
    }
  }

  return {
    fineTuneCost: (settings, count) => ask('fineTuneCost', { settings, ...count }),
    fineTune: (job, { onEvent, onCheckpoint, signal }) =>
      ask('fineTune', job, {
        transfer: job.photos.map(({ data }) => data),
        onProgress: (said) => (said.kind === 'checkpoint' ? onCheckpoint(said.checkpoint) : onEvent(said)),
        signal,
      }),
    adapt: (job, hooks) => ask('adapt', job, hooks),
    lab: (job, hooks) => ask('lab', job, hooks),
    get busy() {
      return asked > 0;
    },
    stop() {
      clearTimeout(idle);
      running?.end(new DeviceError('trainer_unavailable', { detail: 'The trainer was stopped.' }));
    },
  };
}
