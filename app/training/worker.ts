// The trainer's Web Worker: messages in, jobs by urgency, messages out. tfjs is fetched when the trunk is loaded; photos
// are prepared before that.
import { AppError } from '../../src/contract/errors.ts';
import { DeviceError } from '../failure.ts';
import type { DeeperEngine } from './deeper/deeper-engine.ts';
import type { Work } from './deeper/work.ts';
import type { Engine } from './engine.ts';
import { prepareFile, prepareFrame } from './prepare-photo.ts';
import {
  type Call,
  type CallName,
  type FromWorker,
  PROTOCOL_VERSION,
  type ProgressOf,
  sentError,
  type ToWorker,
} from './protocol.ts';
import { createScheduler, type Job } from './scheduler.ts';

/** Lower goes first. */
const URGENCY: Readonly<Record<Call['name'], number>> = {
  load: 0,
  loadDeeper: 0,
  measure: 0,
  give: 0,
  useHead: 0,
  predictFrame: 1,
  prepareFrame: 2,
  prepareFile: 2,
  predictFile: 2,
  features: 3,
  fit: 4,
  trainSoftmax: 5,
  fineTuneCost: 5,
  fineTune: 5,
  adapt: 5,
  lab: 5,
};

const scheduler = createScheduler(breathe);
const running = new Map<number, AbortController>();
let engine: Engine | null = null;
let deeper: DeeperEngine | null = null;

self.addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'abort') return running.get(data.id)?.abort('stopped');
  const { id, version, call } = data;
  const abort = new AbortController();
  running.set(id, abort);
  const asked =
    version === PROTOCOL_VERSION
      ? scheduler.run(URGENCY[call.name], jobOf(id, call, abort.signal))
      : Promise.reject(
          new DeviceError('trainer_crashed', { detail: 'Page and worker are of two versions.' }),
        );
  void asked
    .then(
      (value) => send({ kind: 'answer', id, value }),
      (error: unknown) => send({ kind: 'failure', id, error: sentError(error) }),
    )
    .finally(() => running.delete(id));
});

async function* jobOf(id: number, call: Call, signal: AbortSignal): Job<unknown> {
  if (signal.aborted) throw new AppError('aborted', { detail: 'It was stopped.' });
  switch (call.name) {
    case 'load': {
      const { createEngine } = await import('./engine.ts');
      engine = await createEngine(call.ask);
      return { backend: call.ask.backend };
    }
    case 'measure':
      return loaded().measure();
    case 'prepareFile':
      return prepareFile(call.ask);
    case 'prepareFrame':
      return prepareFrame(call.ask);
    case 'give':
      return loaded().give(call.ask);
    case 'useHead':
      return loaded().useHead(call.ask);
    case 'predictFrame':
      return loaded().predictFrame(call.ask);
    case 'predictFile':
      return loaded().predictFile(call.ask);
    case 'features':
      return yield* loaded().features(call.ask);
    case 'fit':
      return yield* loaded().fit(call.ask);
    case 'trainSoftmax':
      return yield* loaded().trainSoftmax(call.ask, workOf<'trainSoftmax'>(id, signal).say, signal);
    case 'loadDeeper': {
      const { createDeeperEngine } = await import('./deeper/deeper-engine.ts');
      deeper = await createDeeperEngine(call.ask);
      return null;
    }
    case 'fineTuneCost':
      return loadedDeeper().fineTuneCost(call.ask);
    case 'fineTune':
      return yield* loadedDeeper().fineTune(call.ask, workOf(id, signal));
    case 'adapt':
      return yield* loadedDeeper().adapt(call.ask, workOf(id, signal));
    case 'lab':
      return yield* loadedDeeper().lab(call.ask, workOf(id, signal));
    default:
      return call satisfies never;
  }
}

function workOf<K extends CallName>(id: number, signal: AbortSignal): Work<ProgressOf<K>> {
  return { say: (progress) => send({ kind: 'progress', id, progress }), signal, breathe };
}

function loadedDeeper(): DeeperEngine {
  if (deeper === null) throw new DeviceError('trainer_unavailable', { detail: 'The trunk is not loaded.' });
  return deeper;
}

function loaded(): Engine {
  if (engine === null) throw new DeviceError('trainer_unavailable', { detail: 'The trunk is not loaded.' });
  return engine;
}

function send(message: FromWorker): void {
  self.postMessage(message);
}

const { port1, port2 } = new MessageChannel();
const resumed: (() => void)[] = [];
port2.onmessage = () => resumed.shift()?.();

/** Lets messages in: faster than a timer, which browsers hold back. */
function breathe(): Promise<void> {
  return new Promise((resolve) => {
    resumed.push(resolve);
    port1.postMessage(null);
  });
}
