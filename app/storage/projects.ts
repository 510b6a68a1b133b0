// Projects: their records, their classes together with the examples in them, and whole projects.
import type { Database, Reading, Tell, Writing } from './connection.ts';
import { addAll, byAge, examplesOf, moveAll, partsOf, removeAll } from './examples.ts';
import { localRevision } from './heads.ts';
import type { ExampleRecord, ProjectId, ProjectRecord, SyncRecord } from './schema.ts';
import type { ProjectSummary, Storage, WholeProject } from './storage.ts';

type Part = Pick<
  Storage,
  | 'projects'
  | 'project'
  | 'putProject'
  | 'updateProject'
  | 'changeClasses'
  | 'deleteProject'
  | 'wholeProject'
  | 'putWholeProject'
>;

const COVER = 4;
const EVERYTHING = ['projects', 'examples', 'photos', 'features', 'heads', 'sync'] as const;

export function projectStorage({ read, write }: Database): Part {
  return {
    projects: () =>
      read(['projects', 'examples', 'sync'], async (tx) => {
        const [projects, examples, syncs] = await Promise.all([
          tx.objectStore('projects').getAll(),
          tx.objectStore('examples').getAll(),
          tx.objectStore('sync').getAll(),
        ]);
        return projects
          .sort((a, b) => b.updatedAt - a.updatedAt)
          .map((project) => {
            const synced = syncs.find((sync) => sync.project === project.id) ?? null;
            return summarise(
              project,
              examples.filter((example) => example.project === project.id),
              synced,
            );
          });
      }),
    project: (id) => read(['projects'], async (tx) => (await tx.objectStore('projects').get(id)) ?? null),
    putProject: (project) =>
      write(['projects'], async (tx, tell) => {
        await tx.objectStore('projects').put(project);
        tell('project', project.id);
      }),
    updateProject: (id, change) => write(['projects'], (tx, tell) => changeProject(tx, tell, id, change)),
    changeClasses: (id, change, { moveAll: merge, removeAll: dropped, move = [], restore }) =>
      write(['projects', 'examples', 'photos', 'features'], async (tx, tell) => {
        const project = await changeProject(tx, tell, id, change);
        if (project === null) return null;
        const examples = await examplesOf(tx, id);
        const idsOf = (of: string | undefined) => examples.filter((e) => e.class === of).map((e) => e.id);
        const moved = idsOf(merge?.from);
        if (merge !== undefined) await moveAll(tx, tell, moved, merge.to);
        for (const { ids, to } of move) await moveAll(tx, tell, ids, to);
        if (restore !== undefined) await addAll(tx, tell, restore);
        const removed = await removeAll(tx, tell, idsOf(dropped));
        return { project, moved, removed };
      }),

    deleteProject: (id) =>
      write([...EVERYTHING, 'trainings'], async (tx, tell) => {
        const whole = await readWhole(tx, id);
        if (whole === null) return null;
        const { sync } = whole;
        await Promise.all([
          ...whole.photos.map((photo) => tx.objectStore('photos').delete(photo.id)),
          ...whole.features.map((record) =>
            tx.objectStore('features').delete([record.space, record.example]),
          ),
          ...whole.examples.map((example) => tx.objectStore('examples').delete(example.id)),
          ...whole.heads.map((head) => tx.objectStore('heads').delete([id, head.slot])),
          tx.objectStore('projects').delete(id),
          tx.objectStore('trainings').delete(id),
          sync !== null && mayBeThere(sync)
            ? tx.objectStore('sync').put({ ...sync, state: { ...sync.state, local: null }, conflict: null })
            : tx.objectStore('sync').delete(id),
        ]);
        tell('project', id);
        if (sync !== null) tell('sync', id);
        return whole;
      }),
    wholeProject: (id) => read(EVERYTHING, (tx) => readWhole(tx, id)),
    putWholeProject: (whole) =>
      write(EVERYTHING, async (tx, tell) => {
        const { project, examples, photos, features, heads } = whole;
        await Promise.all([
          tx.objectStore('projects').put(project),
          ...examples.map((example) => tx.objectStore('examples').put(example)),
          ...photos.map((photo) => tx.objectStore('photos').put(photo)),
          ...features.map((record) => tx.objectStore('features').put(record)),
          ...heads.map((head) => tx.objectStore('heads').put(head)),
        ]);
        tell('project', project.id);
        const before = (await tx.objectStore('sync').get(project.id)) ?? null;
        const sync = rejoined(before, whole.sync);
        if (sync === null) return;
        const local = await localRevision(tx, project.id);
        await tx.objectStore('sync').put({ ...sync, state: { ...sync.state, local } });
        tell('sync', project.id);
      }),
  };
}

function summarise(
  project: ProjectRecord,
  examples: readonly ExampleRecord[],
  synced: SyncRecord | null,
): ProjectSummary {
  const cover = examples
    .toSorted((a, b) => byAge(b, a))
    .slice(0, COVER)
    .map((example) => example.id);
  const bytes = examples.reduce((sum, example) => sum + example.bytes, 0);
  return { project, examples: examples.length, bytes, cover, synced };
}

async function changeProject(
  tx: Writing,
  tell: Tell,
  id: ProjectId,
  change: (project: ProjectRecord) => ProjectRecord,
): Promise<ProjectRecord | null> {
  const before = await tx.objectStore('projects').get(id);
  if (before === undefined) return null;
  const after = change(before);
  await tx.objectStore('projects').put(after);
  tell('project', id);
  return after;
}

async function readWhole(tx: Reading | Writing, id: ProjectId): Promise<WholeProject | null> {
  const project = await tx.objectStore('projects').get(id);
  if (project === undefined) return null;
  const examples = await examplesOf(tx, id);
  const { photos, features } = await partsOf(tx, examples);
  const heads = await tx.objectStore('heads').getAll(IDBKeyRange.bound([id], [id, []]));
  const sync = (await tx.objectStore('sync').get(id)) ?? null;
  return { project, examples, photos, features, heads, sync };
}

/** Whether the server has the head, or may have it: a push whose answer was not heard counts. */
function mayBeThere({ state }: SyncRecord): boolean {
  return state.base !== null || state.sent !== null;
}

/**
 * The sync record of a project that comes back. While the record of its deletion is there, that one knows better what
 * the server has. When it is not, the deletion was pushed, and the head is new to the server again.
 */
function rejoined(here: SyncRecord | null, brought: SyncRecord | null): SyncRecord | null {
  if (here !== null || brought === null) return here;
  return { ...brought, state: { base: null, local: null, sent: null }, conflict: null };
}
