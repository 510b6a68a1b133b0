// A project on the real trainer: the real Web Worker, the real trunk, real pictures, real storage.
import { deleteDB } from 'idb';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createOpenProject, createProject } from '../../../../app/project/create.ts';
import type { OpenProject } from '../../../../app/project/open-project.ts';
import { openStorage } from '../../../../app/storage/database.ts';
import type { BurstId, ClassId, ProjectId } from '../../../../app/storage/schema.ts';
import type { Storage } from '../../../../app/storage/storage.ts';
import { TRUNK_CACHE } from '../../../../app/sw/names.ts';
import { createTrainer } from '../../../../app/training/bridge.ts';
import type { Trainer } from '../../../../app/training/trainer.ts';
import { createTrunkStore } from '../../../../app/training/trunk-store.ts';
import { garment } from '../../support/garments.ts';
import { createTrunkServer } from '../../support/trunk-fetch.ts';

const GARMENTS = ['trouser', 'bag'];
const PER_CLASS = 6;

let name: string;
let id: ProjectId;
let storage: Storage;
const trainers: Trainer[] = [];
const workers: Worker[] = [];

/** As after a reload of the page: a new Web Worker, nothing in memory. */
async function start(): Promise<OpenProject> {
  const trainer = createTrainer({
    storage,
    trunks: createTrunkStore({ storage, fetch: createTrunkServer().fetch }),
    createWorker: () => {
      // Vite finds a worker by this one expression.
      const worker = new Worker(new URL('../../../../app/training/worker.ts', import.meta.url), {
        type: 'module',
      });
      workers.push(worker);
      return worker;
    },
  });
  trainers.push(trainer);
  const open = await createOpenProject({ storage, trainer }, id);
  if (open === null) throw new Error('The project is there.');
  return open;
}

const file = async (part: 'train' | 'test', of: string, i: number) =>
  new File([await garment(part, of, i)], `${of}-${i}.png`, { type: 'image/png' });

async function learnt(open: OpenProject): Promise<void> {
  await vi.waitFor(
    () => {
      const { live, pending, fitting, error } = open.learning.value;
      expect(error).toBeNull();
      expect({ pending, fitting }).toEqual({ pending: 0, fitting: false });
      expect(live?.report.examples.reduce((a, b) => a + b)).toBe(open.examples.value.length);
    },
    { timeout: 40_000 },
  );
}

async function answers(open: OpenProject): Promise<(string | undefined)[]> {
  const best: (string | undefined)[] = [];
  for (const of of GARMENTS) {
    const prediction = await open.predictFile(await file('test', of, 1));
    best.push(prediction?.scores.toSorted((a, b) => b.score - a.score)[0]?.label);
  }
  return best;
}

beforeAll(async () => {
  name = `test-${crypto.randomUUID()}`;
  storage = await openStorage({ name });
  id = await createProject(storage);
});

afterAll(async () => {
  for (const trainer of trainers) trainer.stop();
  storage.close();
  await deleteDB(name);
  await caches.delete(TRUNK_CACHE);
});

describe('a project', () => {
  let open: OpenProject;

  it('learns from files and frames that came before the trunk did, and answers', async () => {
    open = await start();
    for (const [c, of] of GARMENTS.entries()) {
      const to = open.project.value.classes[c]?.id as ClassId;
      await open.renameClass(to, of);
      const files = await Promise.all(Array.from({ length: PER_CLASS - 1 }, (_, i) => file('train', of, i)));
      expect(await open.addFiles(to, files)).toEqual({ added: PER_CLASS - 1, refused: [] });
      const frame = await createImageBitmap(await file('train', of, PER_CLASS));
      await open.addFrame(to, frame, 'burst' as BurstId);
    }
    await learnt(open);
    expect(await answers(open)).toEqual(GARMENTS);
    await vi.waitFor(async () => expect(await storage.head(id, 'live')).not.toBeNull());
  });

  it('answers as before after a reload, and stores no other head for it', async () => {
    const before = await storage.head(id, 'live');
    open.close();
    open = await start();
    await learnt(open);
    expect(await answers(open)).toEqual(GARMENTS);
    await open.headFile();
    expect(await storage.head(id, 'live')).toEqual(before);
    expect(open.learning.value.live?.revision).toBe(before?.revision);
  });

  it('goes on after its Web Worker has crashed', async () => {
    const to = open.project.value.classes[0]?.id as ClassId;
    const count = workers.length;
    workers.at(-1)?.dispatchEvent(new ErrorEvent('error', { message: 'out of memory', cancelable: true }));
    await open.addFiles(to, [await file('train', GARMENTS[0] ?? '', 20)]);
    await learnt(open);
    expect(workers.length).toBe(count + 1);
    expect(await answers(open)).toEqual(GARMENTS);
  });

  it('forgets a class that is deleted, and knows it again when that is taken back', async () => {
    const bag = open.project.value.classes[1]?.id as ClassId;
    const undo = await open.deleteClass(bag);
    await vi.waitFor(() => expect(open.learning.value.live).toBeNull());
    expect(await answers(open)).toEqual([undefined, undefined]);
    await undo();
    await learnt(open);
    expect(await answers(open)).toEqual(GARMENTS);
    open.close();
  });
});
