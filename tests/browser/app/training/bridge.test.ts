// The trainer as the page has it: a real Web Worker, the real trunk, real images.
import { deleteDB } from 'idb';
import * as v from 'valibot';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openStorage } from '../../../../app/storage/database.ts';
import type { BurstId, ClassId, ExampleId } from '../../../../app/storage/schema.ts';
import type { Storage } from '../../../../app/storage/storage.ts';
import { TRUNK_CACHE } from '../../../../app/sw/names.ts';
import { createTrainer } from '../../../../app/training/bridge.ts';
import type { Trainer, TrainingSet } from '../../../../app/training/trainer.ts';
import { createTrunkStore } from '../../../../app/training/trunk-store.ts';
import { decodeHead } from '../../../../src/artifact/head-file.ts';
import { Conformance } from '../../../../src/contract/conformance.ts';
import { readFile } from '../../support/files.ts';
import { garment } from '../../support/garments.ts';
import { newId } from '../../support/records.ts';
import { createTrunkServer, type TrunkServer } from '../../support/trunk-fetch.ts';

const GARMENTS = ['trouser', 'bag', 'ankle-boot'];
const PER_CLASS = 6;

let name: string;
let storage: Storage;
let server: TrunkServer;
let trainer: Trainer;
const workers: Worker[] = [];

function create(): Trainer {
  return createTrainer({
    storage,
    trunks: createTrunkStore({ storage, fetch: server.fetch }),
    createWorker: () => {
      const worker = new Worker(new URL('../../../../app/training/worker.ts', import.meta.url), {
        type: 'module',
      });
      workers.push(worker);
      return worker;
    },
  });
}

beforeAll(async () => {
  name = `test-${crypto.randomUUID()}`;
  storage = await openStorage({ name });
  server = createTrunkServer();
  trainer = create();
});

afterAll(async () => {
  trainer.stop();
  storage.close();
  await deleteDB(name);
  await caches.delete(TRUNK_CACHE);
});

/** Two or three garments, their features computed. */
async function garments(classes = GARMENTS): Promise<TrainingSet> {
  const ids = classes.map(() => newId<ClassId>());
  const photos = await Promise.all(
    classes.flatMap((of, c) =>
      Array.from({ length: PER_CLASS }, async (_, i) => ({
        id: newId<ExampleId>(),
        class: ids[c] ?? newId<ClassId>(),
        data: (await garment('train', of, i)).buffer,
      })),
    ),
  );
  await trainer.features(photos.map(({ id, data }) => ({ id, data })));
  return {
    classes: classes.map((label, c) => ({ id: ids[c] ?? newId<ClassId>(), name: label })),
    examples: photos.map(({ id, class: of }) => ({ id, class: of, burst: null as BurstId | null })),
  };
}

const withBest = <T extends { readonly score: number }>(scores: readonly T[]): T | undefined =>
  scores.toSorted((a, b) => b.score - a.score)[0];

describe('the trainer', () => {
  it('downloads the trunk once, with progress in bytes, and needs no network afterwards', async () => {
    const seen: string[] = [];
    const stop = trainer.status.subscribe((status) => {
      seen.push(status.state === 'downloading' ? `${status.done} of ${status.of}` : status.state);
    });
    await trainer.start();
    stop();
    expect(seen[0]).toBe('idle');
    expect(seen.at(-1)).toBe('ready');
    const total = 2_257_984 + 114_591 + 150_384;
    expect(seen).toContain(`${total} of ${total}`);
    server.offline = true;
    const other = create();
    await other.start();
    expect(other.status.peek().state).toBe('ready');
    other.stop();
    server.offline = false;
  });

  it('makes the features of the golden images, to the bit', async () => {
    const text = new TextDecoder().decode(await readFile('dist/app/models/mobilenet-v2/conformance.json'));
    const { images } = v.parse(Conformance, JSON.parse(text));
    expect(images.length).toBeGreaterThan(3);
    for (const { name: image, data, expected } of images) {
      const bytes = Uint8Array.from(atob(data), (char) => char.charCodeAt(0));
      const [features] = await trainer.features([{ id: newId<ExampleId>(), data: bytes.buffer }]);
      const golden = expected.find(({ recipe }) => recipe === 'default')?.features ?? '';
      const floats = new Float32Array(Uint8Array.from(atob(golden), (char) => char.charCodeAt(0)).buffer);
      expect(features, image).toEqual(floats);
    }
  });

  it('fits, and recognises pictures that it has not seen', async () => {
    const set = await garments();
    const trained = await trainer.fit(set);
    expect(trained.classes).toEqual(set.classes.map(({ id }) => id));
    expect(decodeHead(new Uint8Array(trained.data)).metadata.labels).toEqual(GARMENTS);
    expect(trained.heldOut.length).toBe(GARMENTS.length * PER_CLASS);
    expect(trained.recall.every((share) => (share?.value ?? 0) > 0.5)).toBe(true);
    await trainer.useHead(trained);
    for (const [c, of] of GARMENTS.entries()) {
      const file = new File([await garment('test', of, 1)], 'x.png');
      const prediction = await trainer.predictFile(file, { evidence: 'top' });
      expect(withBest(prediction?.scores ?? [])).toMatchObject({ class: set.classes[c]?.id, label: of });
      expect(prediction?.evidence?.values.length).toBe(100);
    }
  });

  it('answers camera frames, the newest of those that wait', async () => {
    const trained = await trainer.fit(await garments());
    await trainer.useHead(trained);
    const frame = async () => createImageBitmap(new Blob([await garment('test', 'bag', 2)]));
    const frames = await Promise.all([frame(), frame(), frame(), frame()]);
    const answers = await Promise.all(frames.map((one) => trainer.predictFrame(one)));
    // The first is under way, the last waits, those between gave way.
    expect(answers.map((answer) => answer !== null)).toEqual([true, false, false, true]);
    expect(withBest(answers[3]?.scores ?? [])?.label).toBe('bag');
  });

  it('trains a softmax head with progress, and stops when told', async () => {
    const set = await garments(['trouser', 'bag']);
    const epochs: number[] = [];
    const trained = await trainer.trainSoftmax(
      set,
      { epochs: 5, hidden: 8 },
      { onProgress: ({ epoch }) => epochs.push(epoch), signal: new AbortController().signal },
    );
    expect(epochs).toEqual([1, 2, 3, 4, 5]);
    expect(trained.kind).toBe('softmax');
    const abort = new AbortController();
    const stopped = trainer.trainSoftmax(
      set,
      { epochs: 100_000 },
      { onProgress: () => abort.abort(), signal: abort.signal },
    );
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
  });

  it('prepares files: small ones to the byte, others redrawn, others refused', async () => {
    const png = await garment('test', 'bag', 0);
    const kept = await trainer.prepareFile(new File([png], 'bag.jpg', { type: 'image/jpeg' }));
    expect(kept).toMatchObject({ type: 'image/png', width: 28, height: 28 });
    expect(new Uint8Array(kept.data)).toEqual(png);
    const turned = await trainer.prepareFile(
      new File([await readFile('tests/golden/image/jpeg-orientation-6.jpg')], 'a.jpg'),
    );
    expect(turned.type).toBe('image/jpeg');
    await expect(trainer.prepareFile(new File([], 'empty'))).rejects.toMatchObject({ code: 'image_invalid' });
    await expect(trainer.prepareFile(new File(['%PDF-1.7'], 'a.jpg'))).rejects.toMatchObject({
      code: 'image_unsupported',
    });
  });

  it('rejects what waits when its worker ends, and works again', async () => {
    const set = await garments(['trouser', 'bag']);
    let pending: Promise<unknown> = Promise.resolve();
    await new Promise<void>((underWay) => {
      pending = trainer.trainSoftmax(
        set,
        { epochs: 100_000 },
        { onProgress: () => underWay(), signal: new AbortController().signal },
      );
    });
    workers[0]?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory' }));
    await expect(pending).rejects.toMatchObject({ code: 'trainer_crashed' });
    await trainer.start();
    expect(trainer.status.peek().state).toBe('ready');
    const again = await garments(['trouser', 'bag']);
    expect((await trainer.fit(again)).classes.length).toBe(2);
  });
});

describe('the download of the trunk', () => {
  afterEach(async () => {
    await caches.delete(TRUNK_CACHE);
  });

  const load = () => createTrunkStore({ storage, fetch: server.fetch }).load(() => {});

  it('goes on where it was cut off', async () => {
    await caches.delete(TRUNK_CACHE);
    server.requests.length = 0;
    server.breakAfter = 300_000;
    await expect(load()).rejects.toMatchObject({ code: 'offline' });
    const { files } = await load();
    expect([...files.values()].map(({ byteLength }) => byteLength)).toEqual([2_257_984, 114_591, 150_384]);
    expect(server.requests.some((request) => request.endsWith('.bin bytes=300000-'))).toBe(true);
  });

  it('tries once more when a file is not what its digest says, and then says so', async () => {
    await caches.delete(TRUNK_CACHE);
    server.damaged.add('/models/mobilenet-v2/model.json');
    server.requests.length = 0;
    await expect(load()).rejects.toMatchObject({ code: 'download_failed' });
    expect(server.requests.filter((request) => request.endsWith('model.json'))).toHaveLength(2);
    server.damaged.clear();
    await load();
  });

  it('says that there is no network when there is none', async () => {
    await caches.delete(TRUNK_CACHE);
    server.offline = true;
    await expect(load()).rejects.toMatchObject({ code: 'offline' });
    server.offline = false;
  });
});
