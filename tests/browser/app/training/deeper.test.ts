// Fine-tuning, adapting and the lab as the page has them: a real Web Worker of their own, the real trunk, real images.
import { deleteDB } from 'idb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../../../../app/storage/database.ts';
import type { BurstId, ClassId, ExampleId } from '../../../../app/storage/schema.ts';
import type { Storage } from '../../../../app/storage/storage.ts';
import { TRUNK_CACHE } from '../../../../app/sw/names.ts';
import { createTrainer } from '../../../../app/training/bridge.ts';
import type { FineTuneEvent, FineTuneSettings } from '../../../../app/training/deeper.ts';
import type { Photo, Trained, Trainer, TrainingSet } from '../../../../app/training/trainer.ts';
import { createTrunkStore } from '../../../../app/training/trunk-store.ts';
import { decodeHead } from '../../../../src/artifact/head-file.ts';
import { MAX_HEAD_BYTES } from '../../../../src/contract/limits.ts';
import type { Checkpoint } from '../../../../src/head/fine-tune.ts';
import { garment } from '../../support/garments.ts';
import { newId } from '../../support/records.ts';
import { createTrunkServer } from '../../support/trunk-fetch.ts';

const GARMENTS = ['trouser', 'bag', 'ankle-boot'];
const PER_CLASS = 8;
const SETTINGS: FineTuneSettings = {
  from: 'block_12_add',
  to: 'block_13_expand_relu',
  batchNorm: { trainable: true, training: false },
  optimizer: 'adam',
  learningRate: 1e-3,
  weightDecay: 0,
  epochs: 3,
  batchSize: 8,
  validation: 0.25,
  patience: 0,
  seed: 1,
  augment: true,
};

let name: string;
let storage: Storage;
let trainer: Trainer;
let set: TrainingSet;
let live: Trained;
const stored = new Map<ExampleId, Uint8Array<ArrayBuffer>>();
const workers: Worker[] = [];

beforeAll(async () => {
  name = `test-${crypto.randomUUID()}`;
  storage = await openStorage({ name });
  trainer = createTrainer({
    storage,
    trunks: createTrunkStore({ storage, fetch: createTrunkServer().fetch }),
    createWorker: () => {
      const worker = new Worker(new URL('../../../../app/training/worker.ts', import.meta.url), {
        type: 'module',
      });
      workers.push(worker);
      return worker;
    },
  });
  const classes = GARMENTS.map((label) => ({ id: newId<ClassId>(), name: label }));
  for (const { name: of } of classes)
    for (let i = 0; i < PER_CLASS; i++) stored.set(newId<ExampleId>(), await garment('train', of, i));
  set = {
    classes,
    examples: [...stored.keys()].map((id, i) => ({
      id,
      class: classes[Math.floor(i / PER_CLASS)]?.id ?? newId<ClassId>(),
      burst: null as BurstId | null,
    })),
  };
  await trainer.features(photos());
  live = await trainer.fit(set);
}, 120_000);

afterAll(async () => {
  trainer.stop();
  storage.close();
  await deleteDB(name);
  await caches.delete(TRUNK_CACHE);
});

/** Fresh copies: they are transferred. */
const photos = (): readonly Photo[] => [...stored].map(([id, bytes]) => ({ id, data: bytes.slice().buffer }));

async function tune(
  settings: Partial<FineTuneSettings> = {},
  {
    resume = null,
    stop = new AbortController(),
  }: { resume?: Checkpoint | null; stop?: AbortController } = {},
) {
  const events: FineTuneEvent[] = [];
  const checkpoints: Checkpoint[] = [];
  const tuned = await trainer.fineTune(
    { set, photos: photos(), settings: { ...SETTINGS, ...settings }, resume },
    {
      onEvent: (event) => events.push(event),
      onCheckpoint: (checkpoint) => checkpoints.push(checkpoint),
      signal: stop.signal,
    },
  );
  return { tuned, events, checkpoints };
}

const accuracyOf = ({ report }: Trained) => report.accuracy?.value ?? 0;

describe('fine-tuning', () => {
  it('trains the layers between the cuts, proves the others, and gives a head with both', async () => {
    // Nothing held out: the last epoch counts.
    const { tuned, events, checkpoints } = await tune({ validation: 0 });
    const epochs = events.flatMap((event) => (event.kind === 'epoch' ? [event.progress.epoch] : []));
    expect(epochs).toEqual([0, 1, 2, 3]);
    expect(events.filter(({ kind }) => kind === 'preparing')).toHaveLength(set.examples.length);
    expect(tuned.bestEpoch).toBe(3);
    expect(checkpoints[0]?.epoch).toBe(1);
    const { metadata, overlay } = decodeHead(new Uint8Array(tuned.trained.data));
    expect(metadata.cut).toBe(SETTINGS.to);
    expect(metadata.tuning).toEqual({
      ...{ from: SETTINGS.from, batchNorm: SETTINGS.batchNorm },
      proof: tuned.proof,
    });
    expect(tuned.proof.moved).toEqual([]);
    expect([...overlay.keys()].sort()).toEqual([
      'block_13_expand/kernel',
      'block_13_expand_BN/beta',
      'block_13_expand_BN/gamma',
    ]);
  });

  it('moves the statistics above the line, and tells it, when that is asked for', async () => {
    const { tuned } = await tune({ validation: 0, batchNorm: { trainable: true, training: true } });
    expect(tuned.proof.moved).toEqual(['block_13_expand_BN']);
    const { overlay } = decodeHead(new Uint8Array(tuned.trained.data));
    expect([...overlay.keys()]).toContain('block_13_expand_BN/moving_variance');
  });

  it('goes on from a checkpoint to the same bits as without a break', async () => {
    const whole = await tune({ validation: 0 });
    const [first = null] = whole.checkpoints;
    const resumed = await tune({ validation: 0 }, { resume: first });
    expect(resumed.events.flatMap((event) => (event.kind === 'epoch' ? [event.progress.epoch] : []))).toEqual(
      [2, 3],
    );
    expect(resumed.tuned.trained.revision).toBe(whole.tuned.trained.revision);
  });

  it('stops in the middle of an epoch when told, and works again', async () => {
    const stop = new AbortController();
    const training = trainer.fineTune(
      { set, photos: photos(), settings: { ...SETTINGS, epochs: 500 }, resume: null },
      {
        onEvent: ({ kind }) => kind === 'epoch' && stop.abort(),
        onCheckpoint: () => {},
        signal: stop.signal,
      },
    );
    await expect(training).rejects.toMatchObject({ code: 'aborted' });
    await expect(trainer.fineTuneCost(SETTINGS, { photos: 24, classes: 3 })).resolves.toBeDefined();
  });

  it('answers with the tuned layers, and with the trunk as it is for other heads', async () => {
    const { tuned } = await tune({ validation: 0 });
    const [photo] = photos();
    const ask = async (head: Trained) => {
      await trainer.useHead(head);
      return (await trainer.predictFile(new Blob([photo?.data ?? new ArrayBuffer(0)])))?.scores;
    };
    const before = await ask(live);
    expect(await ask(tuned.trained)).not.toEqual(before);
    expect(await ask(live)).toEqual(before);
  });

  it('tells a crash, and starts another worker for the next', async () => {
    const training = tune();
    await expect.poll(() => workers.length).toBeGreaterThan(1);
    workers.at(-1)?.dispatchEvent(new ErrorEvent('error', { message: 'Out of memory.' }));
    await expect(training).rejects.toMatchObject({ code: 'trainer_crashed' });
    await expect(trainer.fineTuneCost(SETTINGS, { photos: 24, classes: 3 })).resolves.toBeDefined();
  });
});

describe('the cost', () => {
  it('grows with what is trained, and says when the file would be too large', async () => {
    const count = { photos: 24, classes: 3 };
    const little = await trainer.fineTuneCost(SETTINGS, count);
    const much = await trainer.fineTuneCost(
      { ...SETTINGS, from: 'block_6_project_BN', to: 'out_relu' },
      count,
    );
    expect(little.parameters).toBeLessThan(much.parameters);
    expect(little.headBytes).toBeLessThan(MAX_HEAD_BYTES);
    expect(much.headBytes).toBeGreaterThan(MAX_HEAD_BYTES);
    expect(much.bytes).toBeGreaterThan(little.bytes);
  });

  it('stays below what a phone has, wherever the line is, and refuses batches that cannot be parted', async () => {
    const count = { photos: 200, classes: 3 };
    const deep = { ...SETTINGS, from: 'block_1_project_BN', batchSize: 32 };
    expect((await trainer.fineTuneCost(deep, count)).bytes).toBeLessThan(300 * 1024 * 1024);
    const byBatch = { ...deep, batchNorm: { trainable: true, training: true } };
    await expect(trainer.fineTuneCost(byBatch, count)).rejects.toMatchObject({ code: 'training_too_large' });
  });

  it('knows how large the file will be', async () => {
    const { headBytes } = await trainer.fineTuneCost(SETTINGS, { photos: 24, classes: 3 });
    const { tuned } = await tune({ validation: 0 });
    expect(headBytes / tuned.trained.data.byteLength).toBeGreaterThan(0.95);
    expect(headBytes / tuned.trained.data.byteLength).toBeLessThan(1.15);
  });

  it('refuses a line that is no cut below the head', async () => {
    const upsideDown = { ...SETTINGS, from: SETTINGS.to, to: SETTINGS.from };
    await expect(trainer.fineTuneCost(upsideDown, { photos: 24, classes: 3 })).rejects.toMatchObject({
      code: 'not_trainable',
    });
  });
});

describe('the lab', () => {
  it('shows that batch statistics make an answer depend on its batch-mates, and stored ones do not', async () => {
    const ids = [...stored.keys()];
    const [photo] = ids;
    if (photo === undefined) throw new Error('There is no photo.');
    const mates = [[], ids.slice(1, 5), ids.slice(-4)];
    const classes = new Map(set.examples.map(({ id, class: of }) => [id, of]));
    const said: number[] = [];
    const { modes } = await trainer.lab(
      { photo, mates, photos: photos(), classes, head: live },
      { onProgress: ({ done, of }) => said.push(done / of), signal: new AbortController().signal },
    );
    expect(
      modes.map(({ trainable, training, normalizeBy, same }) => [trainable, training, normalizeBy, same]),
    ).toEqual([
      [true, true, 'batch', false],
      [true, false, 'stored', true],
      [false, true, 'stored', true],
      [false, false, 'stored', true],
    ]);
    const movedOf = modes.map(({ moved }) => moved.filter(({ mean }) => mean > 0).length);
    expect(movedOf).toEqual([modes[0]?.moved.length, 0, 0, 0]);
    expect(modes.map(({ learnt }) => learnt.layers === learnt.of)).toEqual([true, true, false, false]);
    expect(modes.map(({ learnt }) => learnt.layers > 0)).toEqual([true, true, false, false]);
    expect(said).toEqual(said.toSorted((a, b) => a - b));
    expect(said.at(-1)).toBe(1);
  });
});

describe('adapting to a light', () => {
  const adapt = (frames: readonly ArrayBuffer[], stop = new AbortController()) =>
    trainer.adapt(
      { set, photos: photos(), frames, alpha: 0.5, head: live },
      { onProgress: () => {}, signal: stop.signal },
    );
  const inTheDark = async (garments: readonly string[], each: number) =>
    Promise.all(
      garments.flatMap((of) =>
        Array.from({ length: each }, async (_, i) => darkened(await garment('test', of, i))),
      ),
    );

  it('gives a head with the statistics of the light, which it answers with', async () => {
    const frames = await inTheDark(GARMENTS, 4);
    const adapted = await adapt(frames);
    const { metadata, overlay } = decodeHead(new Uint8Array(adapted.trained.data));
    expect(metadata.adaptation).toEqual({ images: 12, alpha: 0.5 });
    expect(overlay.size).toBe(2 * adapted.drift.length);
    expect(adapted.trained.adapted).toBe(true);
    const mean = (drift: readonly { readonly mean: number }[]) =>
      drift.reduce((sum, one) => sum + one.mean, 0) / drift.length;
    expect(mean(adapted.drift)).toBeGreaterThan(mean(adapted.usual));
    await trainer.useHead(adapted.trained);
    const answers = await Promise.all(frames.map((frame) => trainer.predictFile(new Blob([frame]))));
    const tops = answers.map((answer) => answer?.scores.toSorted((a, b) => b.score - a.score)[0]);
    expect(tops.map((top) => top?.label)).toEqual(adapted.frames.map(({ after }) => after.score.label));
    tops.forEach((top, i) => {
      expect(top?.score).toBeCloseTo(adapted.frames[i]?.after.score.score ?? 0, 6);
    });
    expect(accuracyOf(adapted.trained)).toBeGreaterThan(0.5);
  });

  it('refuses too few frames, and frames of too few classes', async () => {
    await expect(adapt(await inTheDark(GARMENTS, 3))).rejects.toMatchObject({ code: 'light_too_few_frames' });
    await expect(adapt(await inTheDark(['trouser'], 12))).rejects.toMatchObject({
      code: 'light_too_few_classes',
    });
  });

  it('stops when told', async () => {
    const stop = new AbortController();
    const adapting = adapt(await inTheDark(GARMENTS, 4), stop);
    stop.abort();
    await expect(adapting).rejects.toMatchObject({ code: 'aborted' });
  });
});

/** A quarter as bright. */
async function darkened(bytes: Uint8Array<ArrayBuffer>): Promise<ArrayBuffer> {
  const bitmap = await createImageBitmap(new Blob([bytes]));
  const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('There is no canvas.');
  context.filter = 'brightness(25%)';
  context.drawImage(bitmap, 0, 0);
  return (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer();
}
