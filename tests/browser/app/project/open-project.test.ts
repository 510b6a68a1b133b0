import { deleteDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOpenProject, createProject } from '../../../../app/project/create.ts';
import type { OpenProject } from '../../../../app/project/open-project.ts';
import { openStorage } from '../../../../app/storage/database.ts';
import type { BurstId, ClassId, ExampleId, FeatureSpace, ProjectId } from '../../../../app/storage/schema.ts';
import type { Storage } from '../../../../app/storage/storage.ts';
import { MAX_HEAD_CLASSES } from '../../../../src/contract/limits.ts';
import { createFakeTrainer, type FakeTrainer } from '../../support/fake-trainer.ts';
import { aHead, digest, newId, SPACE, someFeatures } from '../../support/records.ts';

const BURST = 'burst-1' as BurstId;
const PROGRESS = { onProgress: () => {} };

let name: string;
let id: ProjectId;
let storage: Storage;
let trainer: FakeTrainer;
let open: OpenProject;
const closing: { close(): void }[] = [];

beforeEach(async () => {
  name = `test-${crypto.randomUUID()}`;
  storage = await openStorage({ name });
  trainer = await createFakeTrainer();
  id = await createProject(storage, 'Leaves');
  open = await openAgain();
});

afterEach(async () => {
  for (const one of closing.splice(0)) one.close();
  storage.close();
  await deleteDB(name);
});

async function openAgain(deps = { storage, trainer }): Promise<OpenProject> {
  const project = await createOpenProject(deps, id);
  if (project === null) throw new Error('The project is there.');
  closing.push(project);
  return project;
}

/** Another tab: its own connection and its own trainer. */
async function openElsewhere(): Promise<OpenProject> {
  const other = await openStorage({ name });
  const project = await openAgain({ storage: other, trainer: await createFakeTrainer() });
  closing.push(other);
  return project;
}

const frame = () => createImageBitmap(new ImageData(4, 4));
const until = (condition: () => void | Promise<void>) =>
  vi.waitFor(condition, { timeout: 5000, interval: 5 });
const classIds = (of = open) => of.project.value.classes.map((one) => one.id);
const names = (of = open) => of.project.value.classes.map((one) => one.name);
const first = () => classIds()[0] as ClassId;
const second = () => classIds()[1] as ClassId;

async function shoot(to: ClassId, n = 1, of = open): Promise<ExampleId[]> {
  const ids: ExampleId[] = [];
  for (let i = 0; i < n; i++) ids.push((await of.addFrame(to, await frame(), BURST)).id);
  return ids;
}

/** Waits until the live head is of the examples that are shown, and is stored. */
async function settled(of = open): Promise<void> {
  await until(async () => {
    expect(of.learning.value).toMatchObject({ pending: 0, fitting: false });
    const shown = of.examples.value.filter((example) => !trainer.unreadable.has(example.id));
    const taught = of.project.value.classes.filter((one) =>
      shown.some((example) => example.class === one.id),
    );
    expect(learntFrom(of.learning.value.live)).toEqual({
      classes: taught.map((one) => ({ id: one.id, name: one.name })),
      examples: shown.map((example) => ({ id: example.id, class: example.class, burst: example.burst })),
    });
    expect(learntFrom(await storage.head(id, 'live'))).toEqual(learntFrom(of.learning.value.live));
  });
}

/** The fake trainer's head says what it was fitted on. */
function learntFrom(head: { readonly data: ArrayBuffer } | null): unknown {
  return head === null ? null : JSON.parse(new TextDecoder().decode(head.data))[1];
}

/** What is stored equals what is shown. */
async function expectStored(of = open): Promise<void> {
  const again = await openStorage({ name });
  try {
    const project = await again.project(id);
    expect({ ...project, updatedAt: 0 }).toEqual({ ...of.project.value, updatedAt: 0 });
    expect(await again.examples(id)).toEqual(of.examples.value);
    for (const example of of.examples.value)
      expect((await again.photo(example.id))?.data.byteLength).toBe(example.bytes);
  } finally {
    again.close();
  }
}

describe('createProject', () => {
  it('makes a project with two empty classes and words for what has no name yet', async () => {
    expect(open.project.value).toMatchObject({
      title: 'Leaves',
      classes: [
        { name: 'Class 1', colour: 0 },
        { name: 'Class 2', colour: 1 },
      ],
    });
    expect(open.examples.value).toEqual([]);
    const other = await storage.project(await createProject(storage, '  '));
    expect(other?.title).toBe('My project');
  });
});

describe('createOpenProject', () => {
  it('gives null for a project that is not there', async () => {
    expect(await createOpenProject({ storage, trainer }, newId())).toBeNull();
  });
});

describe('classes', () => {
  it('get the next free name and the least used colour', async () => {
    await open.renameClass(second(), 'Class 3');
    await open.addClass();
    expect(open.project.value.classes).toMatchObject([
      { name: 'Class 1', colour: 0 },
      { name: 'Class 3', colour: 1 },
      { name: 'Class 4', colour: 2 },
    ]);
    await open.deleteClass(first());
    await open.addClass('Ash');
    expect(open.project.value.classes.at(-1)).toMatchObject({ name: 'Ash', colour: 0 });
    await expectStored();
  });

  it('are trimmed, and refused when empty, too long or taken', async () => {
    await open.renameClass(first(), '  Oak ');
    expect(names()[0]).toBe('Oak');
    await open.renameClass(first(), 'Oak');
    await expect(open.renameClass(second(), 'Oak ')).rejects.toMatchObject({ code: 'class_name_taken' });
    await expect(open.addClass('Oak')).rejects.toMatchObject({ code: 'class_name_taken' });
    await expect(open.addClass(' ')).rejects.toMatchObject({ code: 'class_name_invalid' });
    await expect(open.addClass('x'.repeat(101))).rejects.toMatchObject({ code: 'class_name_invalid' });
    await expect(open.renameClass(newId(), 'Ash')).rejects.toMatchObject({ code: 'class_missing' });
    expect(names()).toEqual(['Oak', 'Class 2']);
    await expectStored();
  });

  it('with the same letters in another encoding are the same', async () => {
    await open.addClass('Caf\u00e9');
    await expect(open.addClass('Cafe\u0301')).rejects.toMatchObject({ code: 'class_name_taken' });
  });

  it('are at most as many as a head has', async () => {
    const classes = Array.from({ length: MAX_HEAD_CLASSES }, (_, i) => ({
      ...{ id: newId<ClassId>(), name: `${i}`, colour: 0 },
    }));
    await storage.updateProject(id, (project) => ({ ...project, classes }));
    await expect(open.addClass()).rejects.toMatchObject({ code: 'too_many_classes' });
  });

  it('move, take another colour, and stay so', async () => {
    const [a, b] = [first(), second()];
    const c = await open.addClass('Third');
    await open.moveClass(c, 0);
    expect(classIds()).toEqual([c, a, b]);
    await open.moveClass(a, 99);
    expect(classIds()).toEqual([c, b, a]);
    await open.recolourClass(b, 7);
    expect(open.project.value.classes[1]?.colour).toBe(7);
    await expectStored();
  });

  it('merge, and come apart again exactly', async () => {
    const [a, b] = [first(), second()];
    const mine = await shoot(a, 2);
    await shoot(b, 2);
    const before = [open.project.value.classes, open.examples.value];
    const undo = await open.mergeClass(a, b);
    expect(classIds()).toEqual([b]);
    expect(open.examples.value.map((example) => example.class)).toEqual([b, b, b, b]);
    await expectStored();
    await undo();
    expect([open.project.value.classes, open.examples.value]).toEqual(before);
    expect(open.examples.value.filter((example) => example.class === a).map((one) => one.id)).toEqual(mine);
    await expectStored();
  });

  it('are deleted with their photos, and come back exactly', async () => {
    await shoot(first(), 2);
    await shoot(second(), 1);
    const before = [open.project.value.classes, open.examples.value];
    const undo = await open.deleteClass(first());
    expect(open.examples.value).toHaveLength(1);
    await expectStored();
    await undo();
    await undo();
    expect([open.project.value.classes, open.examples.value]).toEqual(before);
    await expectStored();
  });

  it('come back under another name when theirs is taken meanwhile', async () => {
    const undo = await open.deleteClass(first());
    await open.addClass('Class 1');
    await undo();
    expect(names()).toEqual(['Class 1 2', 'Class 2', 'Class 1']);
  });
});

describe('title and answers', () => {
  it('are changed and kept; an empty title changes nothing', async () => {
    await open.rename(' Trees ');
    await open.rename('  ');
    await open.setAnswers({ threshold: 0.8 });
    expect(open.project.value).toMatchObject({ title: 'Trees', answers: { topK: 3, threshold: 0.8 } });
    await expectStored();
  });
});

describe('addFrame', () => {
  it('stores the photo before it resolves, with no trainer ready', async () => {
    const example = await open.addFrame(first(), await frame(), BURST);
    expect(example).toMatchObject({ class: first(), burst: BURST, source: 'camera', bytes: 8, width: 4 });
    expect(open.examples.value).toEqual([example]);
    expect(open.learning.value).toMatchObject({ pending: 1, live: null });
    await expectStored();
  });

  it('refuses a class that is gone, and frees the frame', async () => {
    const picture = await frame();
    await expect(open.addFrame(newId(), picture, BURST)).rejects.toMatchObject({ code: 'class_missing' });
    expect(picture.width).toBe(0);
  });

  it('adds nothing when the class is deleted while the photo is prepared', async () => {
    const release = trainer.hold('prepare');
    const adding = open.addFrame(first(), await frame(), BURST);
    await open.deleteClass(first());
    release();
    await expect(adding).rejects.toMatchObject({ code: 'class_missing' });
    expect(open.examples.value).toEqual([]);
    await expectStored();
  });

  it('keeps a photo whose project is closed while it is prepared', async () => {
    const release = trainer.hold('prepare');
    const adding = open.addFrame(first(), await frame(), BURST);
    open.close();
    release();
    const example = await adding;
    expect((await openAgain()).examples.value).toEqual([example]);
  });
});

describe('addFiles', () => {
  const picture = (called: string) => new File([called], called, { type: 'image/png' });

  it('adds what can be read, names what cannot, and tells how far it is', async () => {
    const steps: string[] = [];
    const report = await open.addFiles(
      first(),
      [picture('a.png'), new File(['x'], 'notes.txt', { type: 'text/plain' }), picture('c.png')],
      { source: 'share', onProgress: (done, of) => steps.push(`${done}/${of}`) },
    );
    expect(report).toMatchObject({
      added: 2,
      refused: [{ name: 'notes.txt', error: { code: 'photo_missing' } }],
    });
    expect(steps).toEqual(['0/3', '1/3', '2/3', '3/3']);
    expect(open.examples.value.map(({ source, burst }) => [source, burst])).toEqual([
      ['share', null],
      ['share', null],
    ]);
    await expectStored();
  });

  it('stops when it is cancelled, and keeps what was added', async () => {
    const abort = new AbortController();
    const report = await open.addFiles(first(), ['a', 'b', 'c'].map(picture), {
      signal: abort.signal,
      onProgress: (done) => done === 2 && abort.abort(),
    });
    expect(report).toEqual({ added: 2, refused: [] });
    await expectStored();
  });

  it('stops when the project is closed, and keeps what was added', async () => {
    const report = await open.addFiles(first(), ['a', 'b', 'c'].map(picture), {
      onProgress: (done) => done === 1 && open.close(),
    });
    expect(report).toEqual({ added: 1, refused: [] });
    expect((await openAgain()).examples.value).toHaveLength(1);
  });

  it('stops at a full disk, keeps what is stored and names the rest', async () => {
    let room = 2;
    const full = { code: 'storage_full' };
    const small: Storage = {
      ...storage,
      addExample: (...args) => (room-- > 0 ? storage.addExample(...args) : Promise.reject(full)),
    };
    open.close();
    open = await openAgain({ storage: small, trainer });
    const report = await open.addFiles(first(), ['a', 'b', 'c', 'd'].map(picture));
    expect(report).toEqual({
      added: 2,
      refused: [
        { name: 'c', error: full },
        { name: 'd', error: full },
      ],
    });
    expect(open.examples.value).toHaveLength(2);
    await expectStored();
  });
});

describe('examples', () => {
  it('are deleted and restored exactly, features included', async () => {
    trainer.ready();
    const ids = await shoot(first(), 3);
    await shoot(second(), 1);
    await settled();
    const before = [open.examples.value, await storage.features(SPACE, id)];
    const undo = await open.deleteExamples(ids.slice(0, 2));
    expect(open.examples.value).toHaveLength(2);
    await expectStored();
    await undo();
    expect([open.examples.value, await storage.features(SPACE, id)]).toEqual(before);
    await settled();
    expect(trainer.fits.at(-1)?.examples).toHaveLength(4);
    expect(trainer.computed).toHaveLength(4);
  });

  it('move to another class, and each back to its own', async () => {
    const [a] = await shoot(first());
    const [b] = await shoot(second());
    const third = await open.addClass('Third');
    const before = open.examples.value;
    const undo = await open.moveExamples(
      [a, b].filter((one) => one !== undefined),
      third,
    );
    expect(open.examples.value.map((example) => example.class)).toEqual([third, third]);
    await expectStored();
    await undo();
    expect(open.examples.value).toEqual(before);
    await expectStored();
  });

  it('are not restored into a class that is gone', async () => {
    const undo = await open.deleteExamples(await shoot(first()));
    await open.deleteClass(first());
    await expect(undo()).rejects.toMatchObject({ code: 'class_missing' });
    expect(open.examples.value).toEqual([]);
    await expectStored();
  });
});

describe('photoUrl', () => {
  it('is one URL for everyone, and is gone with the photo and with the project', async () => {
    const [a, b] = (await shoot(first(), 2)) as [ExampleId, ExampleId];
    const url = await open.photoUrl(a);
    expect(await open.photoUrl(a)).toBe(url);
    const blob = await (await fetch(url ?? '')).blob();
    expect(blob).toMatchObject({ size: 8, type: 'image/webp' });
    const undo = await open.deleteExamples([a]);
    await expect(fetch(url ?? '')).rejects.toThrow();
    expect(await open.photoUrl(a)).toBeNull();
    await undo();
    expect(await open.photoUrl(a)).toMatch(/^blob:/);
    const other = await open.photoUrl(b);
    open.close();
    await until(() => expect(fetch(other ?? '')).rejects.toThrow());
    expect(await open.photoUrl(b)).toBeNull();
  });
});

describe('learning', () => {
  it('catches up with photos that were taken before the trainer was ready', async () => {
    const ids = [...(await shoot(first(), 3)), ...(await shoot(second(), 3))];
    expect(open.learning.value.pending).toBe(6);
    trainer.ready();
    await settled();
    expect(trainer.computed).toEqual(ids);
    expect(open.learning.value.live?.classes).toEqual(classIds());
    expect(trainer.heads.at(-1)?.classes).toEqual(classIds());
  });

  it('gives the features that are stored and computes the others', async () => {
    const [a, b] = [await shoot(first(), 2), await shoot(second(), 2)];
    const known = open.examples.value.filter((example) => a.includes(example.id));
    await storage.putFeatures(known.map((example) => someFeatures(example)));
    open.close();
    open = await openAgain();
    expect(open.learning.value.pending).toBe(0);
    trainer.ready();
    await settled();
    expect(trainer.given.toSorted()).toEqual(a.toSorted());
    expect(trainer.computed).toEqual(b);
    expect(await storage.features(SPACE, id)).toHaveLength(4);
  });

  it('computes again in another feature space, and keeps the old', async () => {
    await shoot(first());
    await shoot(second());
    trainer.ready();
    await settled();
    trainer.ready('space-2' as FeatureSpace);
    await until(async () => expect(await storage.features('space-2' as FeatureSpace, id)).toHaveLength(2));
    expect(await storage.features(SPACE, id)).toHaveLength(2);
  });

  it('waits for a second class', async () => {
    trainer.ready();
    await shoot(first(), 2);
    await until(() => expect(open.learning.value.pending).toBe(0));
    expect(trainer.fits).toEqual([]);
    expect(open.learning.value.live).toBeNull();
    await open.addClass('Empty');
    await shoot(second());
    await settled();
    expect(open.learning.value.live?.classes).toEqual([first(), second()]);
  });

  it('has no head any more when one class is left', async () => {
    trainer.ready();
    await shoot(first());
    await shoot(second());
    await settled();
    const undo = await open.deleteClass(first());
    await until(() => expect(trainer.heads.at(-1)).toBeNull());
    expect(open.learning.value.live).toBeNull();
    expect(await open.headFile()).toBeNull();
    await undo();
    await until(() => expect(trainer.heads.at(-1)?.classes).toEqual(classIds()));
  });

  it('fits one at a time, and only the latest state of many changes', async () => {
    trainer.ready();
    await shoot(first());
    await shoot(second());
    await settled();
    const before = trainer.fits.length;
    const release = trainer.hold('fit');
    await open.renameClass(first(), 'a');
    await until(() => expect(open.learning.value.fitting).toBe(true));
    for (const letter of 'bcdefgh') await open.renameClass(first(), letter);
    release();
    await settled();
    expect(trainer.fits.slice(before).map((set) => set.classes[0]?.name)).toEqual(['a', 'h']);
    expect(trainer.mostFits).toBe(1);
  });

  it('does not fit for what the head does not depend on', async () => {
    trainer.ready();
    await shoot(first());
    await shoot(second());
    await settled();
    const before = [trainer.fits.length, trainer.heads.length];
    await open.rename('Trees');
    await open.recolourClass(first(), 5);
    await open.setAnswers({ topK: 1 });
    await settled();
    expect([trainer.fits.length, trainer.heads.length]).toEqual(before);
  });

  it('leaves no trace of a photo that is deleted while its features are computed', async () => {
    trainer.ready();
    const release = trainer.hold('features');
    const [gone] = await shoot(first());
    await open.deleteExamples(gone === undefined ? [] : [gone]);
    release();
    await shoot(first());
    await shoot(second());
    await settled();
    expect((await storage.features(SPACE, id)).map(({ example }) => example)).not.toContain(gone);
    expect(trainer.fits.flatMap((set) => set.examples.map((one) => one.id))).not.toContain(gone);
    expect(open.learning.value.live?.report.examples).toEqual([1, 1]);
  });

  it('goes on after one photo that cannot be read, and says so', async () => {
    const [bad] = await shoot(first());
    await shoot(first());
    await shoot(second(), 2);
    trainer.unreadable.add(bad as ExampleId);
    trainer.ready();
    await settled();
    expect(open.learning.value.error).toMatchObject({ message: 'It cannot be read.' });
    expect(open.learning.value.live?.report.examples).toEqual([1, 2]);
  });

  it('starts over after a crash of the trainer, with what is stored', async () => {
    await shoot(first(), 3);
    await shoot(second(), 3);
    const release = trainer.hold('features');
    trainer.ready();
    trainer.crash();
    release();
    await shoot(first());
    trainer.ready();
    await settled();
    expect(open.learning.value.error).toBeNull();
    expect(open.learning.value.live?.report.examples).toEqual([4, 3]);
    const computed = trainer.computed.length;
    trainer.crash();
    trainer.ready();
    await until(() => expect(trainer.given).toHaveLength(7));
    expect(trainer.computed).toHaveLength(computed);
    await until(() => expect(trainer.heads.length).toBeGreaterThan(1));
    expect(trainer.heads.at(-1)?.classes).toEqual(classIds());
  });

  it('says why it failed, does not try the same again, and recovers with the next change', async () => {
    trainer.refuseFit = true;
    trainer.ready();
    await shoot(first());
    await shoot(second());
    await until(() => expect(open.learning.value.error).toMatchObject({ code: 'trainer_unavailable' }));
    const tries = trainer.fits.length;
    await open.recolourClass(first(), 3);
    trainer.refuseFit = false;
    await open.recolourClass(first(), 4);
    expect(trainer.fits).toHaveLength(tries);
    await shoot(first());
    await settled();
    expect(open.learning.value.error).toBeNull();
  });

  it('does not store the same head again after reopening', async () => {
    trainer.ready();
    await shoot(first());
    await shoot(second());
    await settled();
    const stored = await storage.head(id, 'live');
    open.close();
    trainer.ready();
    open = await openAgain();
    const fits = trainer.fits.length;
    await until(() => expect(trainer.fits.length).toBe(fits + 1));
    await until(() => expect(open.learning.value.live).not.toBeNull());
    await open.headFile();
    expect(await storage.head(id, 'live')).toEqual(stored);
  });

  it('answers with the stored head before it has learnt again', async () => {
    trainer.ready();
    await shoot(first());
    await shoot(second());
    await settled();
    open.close();
    const release = trainer.hold('fit');
    trainer.ready();
    const before = trainer.heads.length;
    open = await openAgain();
    await until(() => expect(trainer.heads.length).toBe(before + 1));
    expect(trainer.heads.at(-1)?.classes).toEqual(classIds());
    release();
  });

  it('stores the head at once when the page is hidden or the project closed', async () => {
    trainer.ready();
    await shoot(first());
    await shoot(second());
    await until(() => expect(open.learning.value.live).not.toBeNull());
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    document.dispatchEvent(new Event('visibilitychange'));
    vi.restoreAllMocks();
    await until(async () =>
      expect((await storage.head(id, 'live'))?.revision).toBe(open.learning.value.live?.revision),
    );
    await open.renameClass(first(), 'Oak');
    await until(() => expect(open.learning.value.live?.revision).not.toBeUndefined());
    await until(() => expect(trainer.fits.at(-1)?.classes[0]?.name).toBe('Oak'));
    open.close();
    await until(async () => {
      const data = (await storage.head(id, 'live'))?.data ?? new ArrayBuffer(0);
      expect(new TextDecoder().decode(data)).toContain('Oak');
    });
  });
});

describe('a kept head', () => {
  async function train() {
    trainer.ready();
    await shoot(first());
    await shoot(second());
    await settled();
    const candidate = await open.trainSoftmax(
      { epochs: 1 },
      { ...PROGRESS, signal: new AbortController().signal },
    );
    await open.keep(candidate);
    return candidate.trained;
  }

  it('answers instead of the live one, after reopening too, until it is discarded', async () => {
    const { revision } = await train();
    expect(open.kept.value).toMatchObject({ revision, slot: 'kept', kind: 'softmax', source: 'trained' });
    await until(() => expect(trainer.heads.at(-1)?.data).toBe(open.kept.value?.data));
    expect((await open.headFile())?.revision).toBe(revision);
    open.close();
    trainer.ready();
    open = await openAgain();
    expect(open.kept.value?.revision).toBe(revision);
    await settled();
    await until(() => expect(trainer.heads.at(-1)?.data.byteLength).toBe(open.kept.value?.data.byteLength));
    const undo = await open.discardKept();
    expect(open.kept.value).toBeNull();
    await until(() => expect(trainer.heads.at(-1)?.data).toBe(open.learning.value.live?.data));
    expect(await storage.head(id, 'kept')).toBeNull();
    await undo();
    expect((await storage.answeringHead(id))?.revision).toBe(revision);
    expect(open.kept.value?.revision).toBe(revision);
  });

  it('that was adapted to a light is still known as such when it is read again', async () => {
    const trained = await train();
    await open.keep({ trained: { ...trained, adapted: true } });
    expect((await storage.head(id, 'kept'))?.adapted).toBe(true);
    await open.keep({ trained });
    expect((await storage.head(id, 'kept'))?.adapted).toBeUndefined();
  });

  it('goes on answering when its classes are renamed or deleted', async () => {
    await train();
    await open.renameClass(second(), 'Renamed');
    const undo = await open.deleteClass(first());
    expect(open.kept.value?.classes).toEqual([null, first()]);
    await until(() => expect(trainer.heads.at(-1)?.classes).toEqual([null, first()]));
    await undo();
    await until(() => expect(trainer.heads.at(-1)?.classes).toEqual(classIds()));
  });

  it('that arrives by syncing is used at once', async () => {
    trainer.ready();
    await storage.putHead(
      aHead(open.project.value, { slot: 'kept', source: 'synced', revision: digest('b') }),
    );
    await until(() => expect(open.kept.value?.revision).toBe(digest('b')));
    await until(() => expect(trainer.heads.at(-1)?.classes).toEqual(classIds()));
  });

  it('is trained on every photo, also on those that still wait', async () => {
    const release = trainer.hold('features');
    trainer.ready();
    await shoot(first(), 5);
    await shoot(second(), 5);
    const training = open.trainSoftmax({}, { ...PROGRESS, signal: new AbortController().signal });
    release();
    expect((await training).trained.report.examples).toEqual([5, 5]);
  });

  it('is not trained when that is stopped while photos wait, or when the trainer fails', async () => {
    const abort = new AbortController();
    await shoot(first());
    const stopped = open.trainSoftmax({}, { ...PROGRESS, signal: abort.signal });
    abort.abort();
    await expect(stopped).rejects.toMatchObject({ code: 'aborted' });
    const failed = open.trainSoftmax({}, { ...PROGRESS, signal: new AbortController().signal });
    trainer.crash();
    await expect(failed).rejects.toMatchObject({ code: 'trainer_crashed' });
  });
});

describe('two tabs', () => {
  it('see each other’s classes and photos', async () => {
    const other = await openElsewhere();
    await open.renameClass(first(), 'Oak');
    await until(() => expect(names(other)[0]).toBe('Oak'));
    await shoot(second(), 2, other);
    await until(() => expect(open.examples.value).toEqual(other.examples.value));
    await other.deleteExamples(other.examples.value.map((example) => example.id));
    await until(() => expect(open.examples.value).toEqual([]));
  });

  it('lose nothing when both add at once', async () => {
    const other = await openElsewhere();
    await Promise.all([shoot(first(), 10), shoot(second(), 10, other)]);
    await until(() => expect(open.examples.value).toHaveLength(20));
    await until(() => expect(other.examples.value).toEqual(open.examples.value));
    await expectStored();
  });

  it('refuse what the other has made impossible', async () => {
    const other = await openElsewhere();
    const [gone] = [first()];
    await other.deleteClass(gone);
    await expect(shoot(gone)).rejects.toMatchObject({ code: 'class_missing' });
    await storage.deleteProject(id);
    await expect(open.rename('x')).rejects.toMatchObject({ code: 'project_missing' });
  });

  it('see what is taken back after the project was closed and opened again', async () => {
    const undo = await open.deleteExamples(await shoot(first(), 2));
    open.close();
    open = await openAgain();
    expect(open.examples.value).toEqual([]);
    await undo();
    await until(() => expect(open.examples.value).toHaveLength(2));
  });
});
