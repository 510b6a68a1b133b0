// A backend that breaks down in use, by workers of our own that do what broken ones do.
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { DeviceError } from '../../../../../app/failure.ts';
import type { Storage } from '../../../../../app/storage/storage.ts';
import { type Backends, createBackends } from '../../../../../app/training/backends/choice.ts';
import { createTrainer } from '../../../../../app/training/bridge.ts';
import { type FromWorker, sentError, type ToWorker } from '../../../../../app/training/protocol.ts';
import type { BackendName } from '../../../../../app/training/trainer.ts';
import { ModelManifest } from '../../../../../src/contract/manifest.ts';
import { readFile } from '../../../support/files.ts';
import { inMemorySettings } from '../../../support/settings.ts';

type Trouble = 'none' | 'does not start' | 'hangs at start' | 'crashes' | 'hangs' | 'gives no numbers';

let manifest: ModelManifest;
beforeAll(async () => {
  const file = await readFile('models/mobilenet-v2/manifest.json');
  manifest = v.parse(ModelManifest, JSON.parse(new TextDecoder().decode(file)));
});

/** Answers as the trainer's worker does; what is not plain WebAssembly has trouble. */
class WorkerWithTrouble extends EventTarget {
  readonly trouble: Trouble;
  ended = false;
  #backend: BackendName = 'wasm';
  constructor(trouble: Trouble) {
    super();
    this.trouble = trouble;
  }
  terminate() {
    this.ended = true;
  }
  postMessage(message: ToWorker) {
    if (message.kind === 'call') queueMicrotask(() => this.#answer(message));
  }
  #answer({ id, call }: Extract<ToWorker, { kind: 'call' }>) {
    if (this.ended) return;
    if (call.name === 'load') this.#backend = call.ask.backend;
    const trouble = this.#backend === 'wasm' ? 'none' : this.trouble;
    const asked = call.name === 'features';
    const fail = (error: Error) => this.#say({ kind: 'failure', id, error: sentError(error) });
    if (trouble === 'hangs at start') return;
    if (call.name === 'load' && trouble === 'does not start') return fail(new Error('It does not start.'));
    if (trouble === 'hangs' && (asked || call.name === 'give')) return;
    if (asked && trouble === 'crashes') this.dispatchEvent(new ErrorEvent('error', { message: 'Lost.' }));
    else if (asked && trouble === 'gives no numbers') fail(new DeviceError('trainer_crashed'));
    else this.#say({ kind: 'answer', id, value: call.name === 'load' ? { backend: this.#backend } : [] });
  }
  #say(data: FromWorker) {
    this.dispatchEvent(new MessageEvent('message', { data }));
  }
}

type Measure = Parameters<typeof createBackends>[0]['measure'];

async function create(
  trouble: Trouble,
  {
    idleMs = 60_000,
    measure = () => Promise.reject(new Error('Nothing is tested here.')),
  }: { readonly idleMs?: number; readonly measure?: Measure } = {},
) {
  const settings = inMemorySettings();
  const results = [
    { backend: 'wasm', ms: 30, refused: null },
    { backend: 'webgl', ms: 5, refused: null },
  ] as const;
  if (trouble !== 'none') await settings.setSetting('backend', { testedFor: 'here', results });
  const backends: Backends = createBackends({ storage: settings, measure, testedFor: 'here' });
  const workers: WorkerWithTrouble[] = [];
  const trainer = createTrainer({
    storage: settings as Storage,
    trunks: { load: async () => ({ manifest, files: new Map() }), refresh: async () => false },
    createWorker: () => {
      const worker = new WorkerWithTrouble(trouble);
      workers.push(worker);
      return worker as unknown as Worker;
    },
    backends,
    ...{ hangMs: 50, idleMs },
  });
  const running = () => {
    const status = trainer.status.peek();
    return status.state === 'ready' ? status.backend : status.state;
  };
  return { trainer, backends, settings, running, workers };
}

describe('the backend in use', () => {
  it('is the one that was chosen', async () => {
    const { trainer, running } = await create('gives no numbers');
    await trainer.start();
    expect(running()).toBe('webgl');
  });

  it.each(['does not start', 'hangs at start'] as const)(
    'gives way to plain WebAssembly when it %s',
    async (trouble) => {
      const { trainer, running, settings, workers } = await create(trouble);
      await trainer.start();
      expect(running()).toBe('wasm');
      expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
      expect((await settings.setting('backend'))?.results).toContainEqual({
        ...{ backend: 'webgl', ms: null, refused: 'failed' },
      });
    },
  );

  it.each(['crashes', 'hangs', 'gives no numbers'] as const)(
    'gives way to plain WebAssembly, for good, when it %s; what waited is told',
    async (trouble) => {
      const { trainer, running, settings, backends, workers } = await create(trouble);
      await trainer.start();
      await expect(trainer.features([])).rejects.toMatchObject({ code: 'trainer_crashed' });
      await expect.poll(running).toBe('wasm');
      expect(await trainer.features([])).toEqual([]);
      expect(workers.map(({ ended }) => ended)).toEqual([true, false]);
      expect(await backends.chosen()).toBe('wasm');
      expect((await settings.setting('backend'))?.results).toContainEqual({
        ...{ backend: 'webgl', ms: null, refused: 'failed' },
      });
    },
  );
});

describe('the self-test', () => {
  it('waits until nobody has asked for a while, and is broken off when somebody asks', async () => {
    const signals: AbortSignal[] = [];
    const measure: Measure = (_, signal) => {
      signals.push(signal);
      return new Promise<never>(() => {});
    };
    const { trainer, backends } = await create('none', { idleMs: 30, measure });
    expect(backends.report.peek().testing).toBe(false);
    await trainer.start();
    expect(signals).toHaveLength(0);
    await expect.poll(() => signals.length).toBe(1);
    expect(backends.report.peek().testing).toBe(true);
    await trainer.features([]);
    expect(signals[0]?.aborted).toBe(true);
    // And comes again.
    await expect.poll(() => signals.length).toBe(2);
    trainer.stop();
    expect(signals[1]?.aborted).toBe(true);
  });
});
