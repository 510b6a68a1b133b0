// Examples with their photos and features. An example never comes back by itself: features of one that is gone are not
// written, and a photo for a class that is gone is refused.
import { DeviceError } from '../failure.ts';
import type { Database, Reading, Tell, Writing } from './connection.ts';
import type { ClassId, ExampleId, ExampleRecord, ProjectId, ProjectRecord } from './schema.ts';
import type { RemovedExamples, Storage } from './storage.ts';

type Part = Pick<
  Storage,
  | 'examples'
  | 'addExample'
  | 'deleteExamples'
  | 'restoreExamples'
  | 'moveExamples'
  | 'photo'
  | 'features'
  | 'putFeatures'
>;

export function exampleStorage({ read, write }: Database): Part {
  return {
    examples: (project) => read(['examples'], (tx) => examplesOf(tx, project)),
    addExample: (example, photo) =>
      write(['projects', 'examples', 'photos'], (tx, tell) =>
        addAll(tx, tell, { examples: [example], photos: [photo], features: [] }),
      ),
    deleteExamples: (ids) =>
      write(['projects', 'examples', 'photos', 'features'], (tx, tell) => removeAll(tx, tell, ids)),
    restoreExamples: (removed) =>
      write(['projects', 'examples', 'photos', 'features'], (tx, tell) => addAll(tx, tell, removed)),
    moveExamples: (ids, to) => write(['projects', 'examples'], (tx, tell) => moveAll(tx, tell, ids, to)),
    photo: (id) => read(['photos'], async (tx) => (await tx.objectStore('photos').get(id)) ?? null),

    features: (space, project) =>
      read(['features'], (tx) =>
        tx
          .objectStore('features')
          .index('project')
          .getAll(IDBKeyRange.only([space, project])),
      ),
    putFeatures: (records) =>
      write(['examples', 'features'], async (tx) => {
        for (const record of records) {
          const example = await tx.objectStore('examples').getKey(record.example);
          if (example !== undefined) await tx.objectStore('features').put(record);
        }
      }),
  };
}

/** Oldest first; those of the same moment in the order of their ids. */
export function byAge(a: ExampleRecord, b: ExampleRecord): number {
  return a.addedAt - b.addedAt || (a.id < b.id ? -1 : 1);
}

export async function examplesOf(tx: Reading | Writing, project: ProjectId): Promise<ExampleRecord[]> {
  return (await tx.objectStore('examples').index('project').getAll(project)).sort(byAge);
}

/** Photos and features of examples. */
export async function partsOf(
  tx: Reading | Writing,
  examples: readonly ExampleRecord[],
): Promise<Pick<RemovedExamples, 'photos' | 'features'>> {
  const photos = await Promise.all(examples.map(({ id }) => tx.objectStore('photos').get(id)));
  const byExample = tx.objectStore('features').index('example');
  const features = await Promise.all(examples.map(({ id }) => byExample.getAll(id)));
  return { photos: photos.filter((photo) => photo !== undefined), features: features.flat() };
}

/** @throws DeviceError `project_missing`, `class_missing` */
export async function addAll(
  tx: Writing,
  tell: Tell,
  { examples, photos, features }: RemovedExamples,
): Promise<void> {
  await touchAlive(tx, tell, examples);
  await Promise.all([
    ...examples.map((example) => tx.objectStore('examples').put(example)),
    ...photos.map((photo) => tx.objectStore('photos').put(photo)),
    ...features.map((record) => tx.objectStore('features').put(record)),
  ]);
}

/** @returns what was there */
export async function removeAll(
  tx: Writing,
  tell: Tell,
  ids: readonly ExampleId[],
): Promise<RemovedExamples> {
  const examples = await existing(tx, ids);
  const removed = { examples, ...(await partsOf(tx, examples)) };
  await touch(tx, tell, examples);
  await Promise.all([
    ...examples.flatMap(({ id }) => [
      tx.objectStore('examples').delete(id),
      tx.objectStore('photos').delete(id),
    ]),
    ...removed.features.map(({ space, example }) => tx.objectStore('features').delete([space, example])),
  ]);
  return removed;
}

/** Those that are gone meanwhile stay gone. @throws DeviceError `project_missing`, `class_missing` */
export async function moveAll(
  tx: Writing,
  tell: Tell,
  ids: readonly ExampleId[],
  to: ClassId,
): Promise<void> {
  const moved = (await existing(tx, ids)).map((example) => ({ ...example, class: to }));
  await touchAlive(tx, tell, moved);
  await Promise.all(moved.map((example) => tx.objectStore('examples').put(example)));
}

async function existing(tx: Writing, ids: readonly ExampleId[]): Promise<ExampleRecord[]> {
  const found = await Promise.all(ids.map((id) => tx.objectStore('examples').get(id)));
  return found.filter((example) => example !== undefined);
}

/** Notes the change in the projects of these examples. @returns those projects */
async function touch(tx: Writing, tell: Tell, examples: readonly ExampleRecord[]): Promise<ProjectRecord[]> {
  const found: ProjectRecord[] = [];
  for (const id of new Set(examples.map((example) => example.project))) {
    const project = await tx.objectStore('projects').get(id);
    if (project === undefined) continue;
    found.push(project);
    await tx.objectStore('projects').put({ ...project, updatedAt: Date.now() });
    tell('examples', id);
  }
  return found;
}

/** The same, once it is sure that projects and classes of the examples exist. */
async function touchAlive(tx: Writing, tell: Tell, examples: readonly ExampleRecord[]): Promise<void> {
  const projects = new Map((await touch(tx, tell, examples)).map((project) => [project.id, project]));
  for (const example of examples) {
    const project = projects.get(example.project);
    if (project === undefined) throw new DeviceError('project_missing');
    if (!project.classes.some(({ id }) => id === example.class)) throw new DeviceError('class_missing');
  }
}
