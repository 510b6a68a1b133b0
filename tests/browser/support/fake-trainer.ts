// A trainer without tfjs: it remembers what it was asked, and waits where a test wants it to.
import { signal } from '@preact/signals';
import * as v from 'valibot';
import { DeviceError } from '../../../app/failure.ts';
import type { ExampleId, FeatureSpace } from '../../../app/storage/schema.ts';
import type { Trained, Trainer, TrainerStatus, TrainingSet } from '../../../app/training/trainer.ts';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { ModelManifest } from '../../../src/contract/manifest.ts';
import { readFile } from './files.ts';
import { SPACE } from './records.ts';

type Head = Parameters<Trainer['useHead']>[0];

export interface FakeTrainer extends Trainer {
  /** Says that it is ready: a new Web Worker, which knows no features. */
  ready(space?: FeatureSpace): void;
  /** Every pending and later call rejects until it is ready again. */
  crash(): void;
  /** Calls of this kind wait until the function that comes back is called. */
  hold(kind: 'features' | 'fit' | 'prepare'): () => void;
  /** Photos that cannot be read, by id. */
  readonly unreadable: Set<ExampleId>;
  /** Makes fitting fail. */
  refuseFit: boolean;
  readonly computed: ExampleId[];
  readonly given: ExampleId[];
  readonly fits: TrainingSet[];
  readonly heads: Head[];
  /** Most calls of `fit` at one time. */
  readonly mostFits: number;
}

/** Not ready yet. */
export async function createFakeTrainer(): Promise<FakeTrainer> {
  const file = await readFile('models/mobilenet-v2/manifest.json');
  const manifest = v.parse(ModelManifest, JSON.parse(new TextDecoder().decode(file)));
  const status = signal<TrainerStatus>({ state: 'idle' });
  const held = new Map<string, Promise<void>>();
  let down = withResolvers<never>();
  let known = new Set<ExampleId>();
  let fitting = 0;
  let mostFits = 0;
  const log = {
    computed: [] as ExampleId[],
    given: [] as ExampleId[],
    fits: [] as TrainingSet[],
    heads: [] as Head[],
  };

  /** The answer, unless the Web Worker ends before. */
  async function answer<T>(kind: string, work: () => T | Promise<T>): Promise<T> {
    if (status.peek().state !== 'ready' && kind !== 'prepare') throw new DeviceError('trainer_unavailable');
    await Promise.race([held.get(kind), down.promise]);
    return work();
  }

  async function fit(set: TrainingSet): Promise<Trained> {
    log.fits.push(set);
    mostFits = Math.max(mostFits, ++fitting);
    try {
      return await answer('fit', async () => {
        if (self.refuseFit)
          throw new DeviceError('trainer_unavailable', { detail: 'It was told to refuse.' });
        const strange = set.examples.filter(({ id }) => !known.has(id));
        if (strange.length > 0) throw new Error(`${strange.length} examples have no features.`);
        return learn(set);
      });
    } finally {
      fitting--;
    }
  }

  async function learn(set: TrainingSet, kind: Trained['kind'] = 'ridge'): Promise<Trained> {
    const data = new TextEncoder().encode(JSON.stringify([kind, set]));
    return {
      kind,
      data: data.buffer,
      revision: await sha256Hex(data),
      classes: set.classes.map(({ id }) => id),
      report: {
        examples: set.classes.map(({ id }) => set.examples.filter((one) => one.class === id).length),
        ...{ heldOut: 'none', accuracy: null, lambda: null },
      },
      ...{ heldOut: [], doubtful: [], suspects: [], recall: set.classes.map(() => null) },
      ...{ outlook: null, fitMs: 0 },
    };
  }

  const photo = async () => ({
    type: 'image/webp' as const,
    data: crypto.getRandomValues(new Uint8Array(8)).buffer,
    ...{ width: 4, height: 4 },
  });

  const self: FakeTrainer = {
    ...log,
    status,
    unreadable: new Set(),
    refuseFit: false,
    get mostFits() {
      return mostFits;
    },
    ready(space = SPACE) {
      known = new Set();
      down = withResolvers();
      status.value = { state: 'ready', manifest, backend: 'wasm', space };
    },
    crash() {
      const error = new DeviceError('trainer_crashed');
      status.value = { state: 'failed', error };
      down.reject(error);
    },
    hold(kind) {
      const { promise, resolve } = withResolvers<void>();
      held.set(kind, promise);
      return () => {
        held.delete(kind);
        resolve();
      };
    },
    start: async () => {},
    prepareFile: (file) =>
      answer('prepare', async () => {
        if (!file.type.startsWith('image/'))
          throw new DeviceError('photo_missing', { detail: 'Not a picture.' });
        return photo();
      }),
    prepareFrame: (frame) => {
      frame.close();
      return answer('prepare', photo);
    },
    features: (photos) =>
      answer('features', () => {
        if (photos.some(({ id }) => self.unreadable.has(id))) throw new Error('It cannot be read.');
        for (const { id } of photos) {
          log.computed.push(id);
          known.add(id);
        }
        return photos.map(({ data }) => Float32Array.from(new Uint8Array(data)));
      }),
    give: (features) =>
      answer('give', () => {
        for (const { id } of features) {
          log.given.push(id);
          known.add(id);
        }
      }),
    fit,
    trainSoftmax: (set) => answer('fit', () => learn(set, 'softmax')),
    fineTuneCost: notHere,
    fineTune: notHere,
    adapt: notHere,
    lab: notHere,
    useHead: (head) => answer('head', () => void log.heads.push(head)),
    predictFrame: async () => null,
    predictFile: async () => null,
    stop() {},
  };
  return self;
}

function withResolvers<T>() {
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<T>((done, fail) => {
    resolve = done;
    reject = fail;
  });
  promise.catch(() => {});
  return { promise, resolve, reject };
}

/** The fake does not train what lies below a head. */
function notHere(): Promise<never> {
  return Promise.reject(new Error('The fake does not train what lies below a head.'));
}
