import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changesChannel } from '../../../../app/storage/changes.ts';
import { openStorage } from '../../../../app/storage/database.ts';
import type { ClassId, ExampleId } from '../../../../app/storage/schema.ts';
import type { Change, Storage } from '../../../../app/storage/storage.ts';
import {
  aClass,
  aHead,
  anExample,
  aPhoto,
  aProject,
  aSync,
  digest,
  newId,
  SPACE,
  someFeatures,
} from '../../support/records.ts';

let name: string;
let storage: Storage;
const opened: Storage[] = [];

beforeEach(async () => {
  name = `test-${crypto.randomUUID()}`;
  storage = await open();
});

afterEach(async () => {
  for (const one of opened.splice(0)) one.close();
  await deleteDB(name);
});

async function open(): Promise<Storage> {
  const one = await openStorage({ name });
  opened.push(one);
  return one;
}

/** A project with n examples of its first class, each with photo and features. */
async function fill(n: number, in_: Storage = storage) {
  const project = aProject();
  await in_.putProject(project);
  const examples = Array.from({ length: n }, (_, i) => anExample(project, { addedAt: 2000 + i }));
  for (const example of examples) await in_.addExample(example, aPhoto(example));
  await in_.putFeatures(examples.map((example) => someFeatures(example)));
  return { project, examples, ids: examples.map(({ id }) => id) };
}

/** All that is stored of a project, but for the time of the last change. */
async function whole(id: Parameters<Storage['wholeProject']>[0], of: Storage = storage) {
  const all = await of.wholeProject(id);
  if (all === null) return null;
  const byExample = <T extends { id: string } | { example: string }>(rows: readonly T[]) =>
    rows.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return {
    ...all,
    project: { ...all.project, updatedAt: 0 },
    photos: byExample(all.photos),
    features: byExample(all.features),
  };
}

const keyOf = (row: { id: string } | { example: string }) => ('id' in row ? row.id : row.example);

function heard(of: Storage): { changes: Change[]; until: (what: Change['what']) => Promise<Change> } {
  const changes: Change[] = [];
  const waiting = new Set<() => void>();
  of.onChange((change) => {
    changes.push(change);
    for (const look of [...waiting]) look();
  });
  return {
    changes,
    until: (what) =>
      new Promise((done) => {
        const look = () => {
          const found = changes.find((change) => change.what === what);
          if (found === undefined) return;
          waiting.delete(look);
          done(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

describe('projects', () => {
  it('are there after reopening, with everything that belongs to them', async () => {
    const { project } = await fill(2);
    await storage.putHead(aHead(project));
    const before = await whole(project.id);
    storage.close();
    const again = await open();
    expect(await whole(project.id, again)).toEqual(before);
    expect(before?.photos.map(({ data }) => [...new Uint8Array(data)])).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it('are listed with the latest change first, with count, bytes and the four newest photos', async () => {
    const old = aProject({ title: 'Old', updatedAt: 1 });
    await storage.putProject(old);
    const { project, ids } = await fill(6);
    const sync = aSync(project);
    await storage.putSync(sync);
    const [first, second] = await storage.projects();
    expect(first).toMatchObject({ project: { id: project.id }, examples: 6, bytes: 6 * 3, synced: sync });
    expect(first?.cover).toEqual(ids.toReversed().slice(0, 4));
    expect(second).toEqual({ project: old, examples: 0, bytes: 0, cover: [], synced: null });
  });

  it('move up in the list when photos are added', async () => {
    const older = aProject({ updatedAt: 1 });
    await storage.putProject(older);
    await storage.putProject(aProject({ updatedAt: 2 }));
    const example = anExample(older);
    await storage.addExample(example, aPhoto(example));
    expect((await storage.projects())[0]?.project.id).toBe(older.id);
  });

  it('are changed in one transaction, so that two tabs do not undo each other', async () => {
    const project = aProject({ title: '' });
    await storage.putProject(project);
    const other = await open();
    const add = (letter: string) => (record: typeof project) => ({ ...record, title: record.title + letter });
    await Promise.all(
      ['a', 'b', 'c', 'd'].map((letter, i) =>
        (i % 2 === 0 ? storage : other).updateProject(project.id, add(letter)),
      ),
    );
    expect([...((await storage.project(project.id))?.title ?? '')].sort().join('')).toBe('abcd');
  });

  it('stay as they are when a change throws, and the error is thrown on', async () => {
    const project = aProject();
    await storage.putProject(project);
    const error = new Error('no');
    await expect(
      storage.updateProject(project.id, () => {
        throw error;
      }),
    ).rejects.toBe(error);
    expect(await storage.project(project.id)).toEqual(project);
  });

  it('that are gone are not changed', async () => {
    const change = (record: ReturnType<typeof aProject>) => record;
    expect(await storage.updateProject(newId(), change)).toBeNull();
    expect(await storage.changeClasses(newId(), change, {})).toBeNull();
    expect(await storage.wholeProject(newId())).toBeNull();
    expect(await storage.deleteProject(newId())).toBeNull();
  });
});

describe('deleteProject', () => {
  it('deletes all of it and nothing of another, and putWholeProject brings it back', async () => {
    const { project } = await fill(3);
    const other = await fill(1);
    await storage.putHead(aHead(project));
    await storage.putHead(aHead(project, { slot: 'kept', revision: digest('b') }));
    const before = await whole(project.id);
    const otherBefore = await whole(other.project.id);

    const deleted = await storage.deleteProject(project.id);
    expect(await storage.project(project.id)).toBeNull();
    expect(await storage.examples(project.id)).toEqual([]);
    expect(await storage.photo(before?.photos[0]?.id as ExampleId)).toBeNull();
    expect(await storage.features(SPACE, project.id)).toEqual([]);
    expect(await storage.answeringHead(project.id)).toBeNull();
    expect(await storage.sync(project.id)).toBeNull();
    expect(await whole(other.project.id)).toEqual(otherBefore);

    if (deleted === null) throw new Error('It was there.');
    await storage.putWholeProject(deleted);
    expect(await whole(project.id)).toEqual(before);
  });

  it.each([
    ['the server has the head', { base: digest('a') }],
    ['the server may have it', { sent: digest('a') }],
  ])('leaves a record of the deletion while %s', async (_, state) => {
    const project = aProject();
    await storage.putProject(project);
    await storage.putSync(aSync(project, state));
    await storage.putHead(aHead(project));
    await storage.deleteProject(project.id);
    expect(await storage.sync(project.id)).toEqual(aSync(project, state));
    expect((await storage.syncs()).map((sync) => sync.state.local)).toEqual([null]);
  });

  it('leaves no record when the server never had the head', async () => {
    const project = aProject();
    await storage.putProject(project);
    await storage.putSync(aSync(project));
    await storage.putHead(aHead(project));
    await storage.deleteProject(project.id);
    expect(await storage.syncs()).toEqual([]);
  });

  it('undone before the deletion was pushed, goes on syncing where it was', async () => {
    const project = aProject();
    await storage.putProject(project);
    await storage.putSync(aSync(project, { base: digest('a') }));
    await storage.putHead(aHead(project, { revision: digest('b') }));
    const deleted = await storage.deleteProject(project.id);
    if (deleted === null) throw new Error('It was there.');
    await storage.putWholeProject(deleted);
    expect((await storage.sync(project.id))?.state).toEqual({
      base: digest('a'),
      local: digest('b'),
      sent: null,
    });
  });

  it('undone after the deletion was pushed, is new to the server', async () => {
    const project = aProject();
    await storage.putProject(project);
    await storage.putSync(aSync(project, { base: digest('a') }));
    await storage.putHead(aHead(project));
    const deleted = await storage.deleteProject(project.id);
    await storage.deleteSync(project.id);
    if (deleted === null) throw new Error('It was there.');
    await storage.putWholeProject(deleted);
    expect((await storage.sync(project.id))?.state).toEqual({ base: null, local: digest('a'), sent: null });
  });
});

describe('examples', () => {
  it('are listed oldest first, with photo and features of the space asked for', async () => {
    const { project, examples, ids } = await fill(3);
    const first = examples[0];
    if (first === undefined) throw new Error('There are three.');
    await storage.putFeatures([someFeatures(first, 'space-2' as typeof SPACE)]);
    expect((await storage.examples(project.id)).map(({ id }) => id)).toEqual(ids);
    expect(await storage.photo(first.id)).toEqual(aPhoto(first));
    expect(await storage.features(SPACE, project.id)).toHaveLength(3);
    expect(await storage.features('space-2' as typeof SPACE, project.id)).toEqual([
      someFeatures(first, 'space-2' as typeof SPACE),
    ]);
  });

  it('are deleted with photo and features, and restored exactly', async () => {
    const { project, ids } = await fill(3);
    const before = await whole(project.id);
    const removed = await storage.deleteExamples(ids.slice(0, 2));
    expect(await storage.examples(project.id)).toHaveLength(1);
    expect(await storage.photo(ids[0] as ExampleId)).toBeNull();
    expect(await storage.features(SPACE, project.id)).toHaveLength(1);
    await storage.restoreExamples(removed);
    expect(await whole(project.id)).toEqual(before);
  });

  it('that are gone get no features and are not moved', async () => {
    const { project, examples, ids } = await fill(2);
    await storage.deleteExamples(ids.slice(0, 1));
    await storage.putFeatures(examples.map((example) => someFeatures(example)));
    expect((await storage.features(SPACE, project.id)).map(({ example }) => example)).toEqual(ids.slice(1));
    await storage.moveExamples(ids, project.classes[1]?.id as ClassId);
    expect((await storage.examples(project.id)).map((example) => [example.id, example.class])).toEqual([
      [ids[1], project.classes[1]?.id],
    ]);
  });

  it('are refused for a class or a project that is gone, with nothing stored', async () => {
    const { project } = await fill(0);
    const stray = anExample(project, { class: newId<ClassId>() });
    await expect(storage.addExample(stray, aPhoto(stray))).rejects.toMatchObject({ code: 'class_missing' });
    const orphan = anExample(aProject());
    await expect(storage.addExample(orphan, aPhoto(orphan))).rejects.toMatchObject({
      code: 'project_missing',
    });
    expect(await storage.photo(stray.id)).toBeNull();
    expect(await storage.photo(orphan.id)).toBeNull();
  });
});

describe('changeClasses', () => {
  it('merges a class into another, and takes it back', async () => {
    const { project, ids } = await fill(2);
    const [oak, elm] = project.classes;
    if (oak === undefined || elm === undefined) throw new Error('There are two.');
    const before = await whole(project.id);
    const done = await storage.changeClasses(project.id, (p) => ({ ...p, classes: [elm] }), {
      moveAll: { from: oak.id, to: elm.id },
    });
    expect(done).toMatchObject({ project: { classes: [elm] }, moved: ids, removed: { examples: [] } });
    expect((await storage.examples(project.id)).map((example) => example.class)).toEqual([elm.id, elm.id]);
    await storage.changeClasses(project.id, (p) => ({ ...p, classes: [oak, elm] }), {
      move: [{ ids, to: oak.id }],
    });
    expect(await whole(project.id)).toEqual(before);
  });

  it('deletes a class with its examples, and takes it back', async () => {
    const { project, ids } = await fill(2);
    const before = await whole(project.id);
    const done = await storage.changeClasses(project.id, (p) => ({ ...p, classes: p.classes.slice(1) }), {
      removeAll: project.classes[0]?.id as ClassId,
    });
    expect(done?.removed.examples.map(({ id }) => id)).toEqual(ids);
    expect(await storage.examples(project.id)).toEqual([]);
    await storage.changeClasses(project.id, (p) => ({ ...p, classes: project.classes }), {
      restore: done?.removed ?? { examples: [], photos: [], features: [] },
    });
    expect(await whole(project.id)).toEqual(before);
  });

  it('changes nothing when a part of it cannot be', async () => {
    const { project, ids } = await fill(1);
    const before = await whole(project.id);
    await expect(
      storage.changeClasses(project.id, (p) => ({ ...p, classes: [...p.classes, aClass('Ash')] }), {
        move: [{ ids, to: newId<ClassId>() }],
      }),
    ).rejects.toMatchObject({ code: 'class_missing' });
    expect(await whole(project.id)).toEqual(before);
  });
});

describe('heads', () => {
  it('answer with the kept one, else with the live one', async () => {
    const project = aProject();
    await storage.putProject(project);
    const live = aHead(project);
    const kept = aHead(project, { slot: 'kept', revision: digest('b') });
    await storage.putHead(live);
    expect(await storage.answeringHead(project.id)).toEqual(live);
    await storage.putHead(kept);
    expect(await storage.answeringHead(project.id)).toEqual(kept);
    expect(await storage.head(project.id, 'live')).toEqual(live);
    await storage.deleteHead(project.id, 'kept');
    expect(await storage.answeringHead(project.id)).toEqual(live);
  });

  it('of a deleted project are refused', async () => {
    await expect(storage.putHead(aHead(aProject()))).rejects.toMatchObject({ code: 'project_missing' });
  });

  it('keep the local revision of the sync record, by the head that answers', async () => {
    const project = aProject();
    await storage.putProject(project);
    const local = async () => (await storage.sync(project.id))?.state.local;
    await storage.putHead(aHead(project));
    expect(await storage.sync(project.id)).toBeNull();
    await storage.putSync(aSync(project, { base: digest('f') }));
    await storage.putHead(aHead(project, { revision: digest('b') }));
    expect(await local()).toBe(digest('b'));
    await storage.putHead(aHead(project, { slot: 'kept', revision: digest('c') }));
    expect(await local()).toBe(digest('c'));
    await storage.putHead(aHead(project, { revision: digest('d') }));
    expect(await local()).toBe(digest('c'));
    await storage.deleteHead(project.id, 'kept');
    expect(await local()).toBe(digest('d'));
    await storage.deleteHead(project.id, 'live');
    expect((await storage.sync(project.id))?.state).toEqual({ base: digest('f'), local: null, sent: null });
  });
});

describe('updateSync', () => {
  it('writes state and head together, or neither', async () => {
    const project = aProject();
    await storage.putProject(project);
    await storage.putSync(aSync(project));
    const pulled = aHead(project, { slot: 'kept', revision: digest('e'), source: 'synced' });
    expect(await storage.updateSync(project.id, () => null, pulled)).toBeNull();
    expect(await storage.head(project.id, 'kept')).toBeNull();
    const state = { base: digest('e'), local: digest('e'), sent: null };
    await storage.updateSync(project.id, (sync) => ({ ...sync, state }), pulled);
    expect((await storage.sync(project.id))?.state).toEqual(state);
    expect(await storage.head(project.id, 'kept')).toEqual(pulled);
  });

  it('does nothing without a record', async () => {
    const project = aProject();
    expect(await storage.updateSync(project.id, (sync) => sync, aHead(project))).toBeNull();
    expect(await storage.answeringHead(project.id)).toBeNull();
  });
});

describe('sent', () => {
  it('lists the latest lines first and sums all bytes', async () => {
    for (const bytes of [10, 20, 30])
      await storage.addSent({ at: bytes, what: 'head', to: 'https://example.org', bytes, project: null });
    expect((await storage.sent(2)).map((line) => line.bytes)).toEqual([30, 20]);
    expect(await storage.sentBytes()).toBe(10 + 20 + 30);
  });
});

describe('inbox', () => {
  it('keeps photos until they are taken out', async () => {
    const photo = (named: string) => ({
      ...{ name: named, type: 'image/png', receivedAt: 1 },
      data: new ArrayBuffer(4),
    });
    await storage.addToInbox([photo('a'), photo('b')]);
    const [a] = await storage.inbox();
    await storage.removeFromInbox([a?.id ?? -1]);
    expect((await storage.inbox()).map((one) => one.name)).toEqual(['b']);
  });
});

describe('settings', () => {
  it('are kept, replaced and deleted', async () => {
    expect(await storage.setting('theme')).toBeNull();
    await storage.setSetting('theme', 'dark');
    expect(await storage.setting('theme')).toBe('dark');
    await storage.setSetting('theme', null);
    expect(await storage.setting('theme')).toBeNull();
  });

  it('of a kind that this version does not know read as not set', async () => {
    const raw = await openDB(name);
    await raw.put('settings', { key: 'theme', value: 'sepia' });
    await raw.put('settings', { key: 'connection', value: { origin: 'https://example.org' } });
    raw.close();
    expect(await storage.setting('theme')).toBeNull();
    expect(await storage.setting('connection')).toBeNull();
  });
});

describe('chunks', () => {
  it('are given in order up to the first gap, and deleted by file', async () => {
    const chunk = (file: string, offset: number) => ({
      ...{ file: digest(file), offset },
      data: new ArrayBuffer(10),
    });
    for (const offset of [20, 0, 10, 40]) await storage.addChunk(chunk('a', offset));
    await storage.addChunk(chunk('b', 0));
    expect((await storage.chunks(digest('a'))).map(({ offset }) => offset)).toEqual([0, 10, 20]);
    await storage.deleteChunks(digest('a'));
    expect(await storage.chunks(digest('a'))).toEqual([]);
    expect(await storage.chunks(digest('b'))).toHaveLength(1);
  });
});

describe('changes', () => {
  it('are told to this tab and to the others, once they are committed', async () => {
    const other = await open();
    const [here, there] = [heard(storage), heard(other)];
    const { project } = await fill(1);
    expect(here.changes[0]).toEqual({ project: project.id, what: 'project', elsewhere: false });
    expect(await there.until('examples')).toEqual({ project: project.id, what: 'examples', elsewhere: true });
    expect(await other.examples(project.id)).toHaveLength(1);
  });

  it('that were not committed are not told', async () => {
    const { changes } = heard(storage);
    const orphan = anExample(aProject());
    await expect(storage.addExample(orphan, aPhoto(orphan))).rejects.toThrow();
    expect(changes).toEqual([]);
  });

  it('of a service worker are heard, and what is not understood is not', async () => {
    const { changes, until } = heard(storage);
    const channel = new BroadcastChannel(changesChannel(name));
    channel.postMessage('hello');
    channel.postMessage({ project: null, what: 'weather' });
    channel.postMessage({ project: null, what: 'inbox' });
    await until('inbox');
    channel.close();
    expect(changes).toEqual([{ project: null, what: 'inbox', elsewhere: true }]);
  });

  it('are not heard any more after stopping', async () => {
    const changes: Change[] = [];
    const stop = storage.onChange((change) => changes.push(change));
    stop();
    await storage.setSetting('theme', 'dark');
    expect(changes).toEqual([]);
  });
});

describe('deleteEverything', () => {
  it('leaves nothing, tells the other tabs, and goes on working', async () => {
    const other = await open();
    const there = heard(other);
    const { project } = await fill(2);
    await storage.setSetting('theme', 'dark');
    await storage.putSync(aSync(project));
    await storage.deleteEverything();
    expect(await there.until('settings')).toMatchObject({ elsewhere: true });
    expect(await other.projects()).toEqual([]);
    expect(await other.syncs()).toEqual([]);
    expect(await other.setting('theme')).toBeNull();
    await fill(1);
    expect(await storage.projects()).toHaveLength(1);
  });
});

describe('losing the database', () => {
  it('to a deletion elsewhere is said as storage_closed, and does not hold the deletion up', async () => {
    await deleteDB(name);
    await expect(storage.projects()).rejects.toMatchObject({ code: 'storage_closed' });
  });

  it('to a newer version is said as storage_closed, by what is open and by what opens', async () => {
    const newer = await openDB(name, 99);
    await expect(storage.setting('theme')).rejects.toMatchObject({ code: 'storage_closed' });
    await expect(openStorage({ name })).rejects.toMatchObject({ code: 'storage_closed' });
    newer.close();
  });

  it('by closing it is said as storage_closed', async () => {
    storage.close();
    await expect(storage.projects()).rejects.toMatchObject({ code: 'storage_closed' });
  });
});
