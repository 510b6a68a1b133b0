// Heads, and what is known of them at the server: kept together, so that both always say the same.
import type { Digest } from '../../src/contract/ids.ts';
import { DeviceError } from '../failure.ts';
import type { Database, Reading, Writing } from './connection.ts';
import type { HeadRecord, ProjectId } from './schema.ts';
import type { Storage } from './storage.ts';

type Part = Pick<
  Storage,
  | 'head'
  | 'answeringHead'
  | 'putHead'
  | 'deleteHead'
  | 'syncs'
  | 'sync'
  | 'putSync'
  | 'updateSync'
  | 'deleteSync'
>;

export function headStorage({ read, write }: Database): Part {
  return {
    head: (project, slot) =>
      read(['heads'], async (tx) => (await tx.objectStore('heads').get([project, slot])) ?? null),
    answeringHead: (project) => read(['heads'], (tx) => answering(tx, project)),
    putHead: (head) =>
      write(['projects', 'heads', 'sync'], async (tx, tell) => {
        // Training may end after its project was deleted.
        if ((await tx.objectStore('projects').getKey(head.project)) === undefined)
          throw new DeviceError('project_missing');
        await tx.objectStore('heads').put(head);
        if (await setLocal(tx, head.project)) tell('sync', head.project);
        tell('head', head.project);
      }),
    deleteHead: (project, slot) =>
      write(['heads', 'sync'], async (tx, tell) => {
        await tx.objectStore('heads').delete([project, slot]);
        if (await setLocal(tx, project)) tell('sync', project);
        tell('head', project);
      }),

    syncs: () => read(['sync'], (tx) => tx.objectStore('sync').getAll()),
    sync: (project) => read(['sync'], async (tx) => (await tx.objectStore('sync').get(project)) ?? null),
    putSync: (sync) =>
      write(['sync'], async (tx, tell) => {
        await tx.objectStore('sync').put(sync);
        tell('sync', sync.project);
      }),
    updateSync: (project, change, head) =>
      write(['projects', 'heads', 'sync'], async (tx, tell) => {
        if (head !== undefined && (await tx.objectStore('projects').getKey(project)) === undefined)
          return null;
        const before = await tx.objectStore('sync').get(project);
        const after = before === undefined ? null : change(before);
        if (after === null) return null;
        await tx.objectStore('sync').put(after);
        tell('sync', project);
        if (head === undefined) return after;
        await tx.objectStore('heads').put(head);
        tell('head', project);
        return after;
      }),
    deleteSync: (project, when) =>
      write(['sync'], async (tx, tell) => {
        const sync = await tx.objectStore('sync').get(project);
        if (sync === undefined || when?.(sync) === false) return;
        await tx.objectStore('sync').delete(project);
        tell('sync', project);
      }),
  };
}

async function answering(tx: Reading | Writing, project: ProjectId): Promise<HeadRecord | null> {
  const heads = tx.objectStore('heads');
  return (await heads.get([project, 'kept'])) ?? (await heads.get([project, 'live'])) ?? null;
}

/** Revision of the head that a project answers with; null: none. */
export async function localRevision(tx: Writing, project: ProjectId): Promise<Digest | null> {
  return (await answering(tx, project))?.revision ?? null;
}

/** Tells the sync record, if there is one, what the device now has. @returns whether that changed anything */
async function setLocal(tx: Writing, project: ProjectId): Promise<boolean> {
  const sync = await tx.objectStore('sync').get(project);
  const local = await localRevision(tx, project);
  if (sync === undefined || sync.state.local === local) return false;
  await tx.objectStore('sync').put({ ...sync, state: { ...sync.state, local } });
  return true;
}
