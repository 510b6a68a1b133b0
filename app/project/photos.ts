// Examples and their photos: adding, deleting, moving, showing. A photo is stored before it is shown, and it is stored
// whether or not the trainer is ready.
import { DeviceError } from '../failure.ts';
import { byAge } from '../storage/examples.ts';
import type { BurstId, ClassId, ExampleId, ExampleRecord } from '../storage/schema.ts';
import type { RemovedExamples } from '../storage/storage.ts';
import type { PreparedPhoto } from '../training/trainer.ts';
import type { ImportReport, OpenProject } from './open-project.ts';
import { classOf, type Workspace } from './workspace.ts';

/** Takes examples out of what is shown, and puts them back; storage has done it already. */
export interface PhotoShelf {
  hide(removed: Pick<RemovedExamples, 'examples'>): void;
  show(restored: Pick<RemovedExamples, 'examples'>): void;
}

type Actions = Pick<OpenProject, 'addFrame' | 'addFiles' | 'deleteExamples' | 'moveExamples'>;

export function photoActions(workspace: Workspace, shelf: PhotoShelf): Actions {
  const { id: projectId, storage, trainer, project, examples, inTurn, closed } = workspace;

  /** Now, ms, but never the same twice: the order of photos is the order in which they came. */
  function moment(): number {
    lastMoment = Math.max(Date.now(), lastMoment + 1);
    return lastMoment;
  }
  let lastMoment = 0;

  function add(
    photo: PreparedPhoto,
    about: Pick<ExampleRecord, 'class' | 'burst' | 'source' | 'addedAt'>,
  ): Promise<ExampleRecord> {
    const { type, data, width, height } = photo;
    const id = crypto.randomUUID() as string as ExampleId;
    const example = { ...about, id, project: projectId, width, height, bytes: data.byteLength };
    return inTurn(async () => {
      await storage.addExample(example, { id, type, data });
      examples.value = withExamples(examples.peek(), [example]);
      return example;
    });
  }

  return {
    async addFrame(to, frame, burst: BurstId) {
      const addedAt = moment();
      try {
        classOf(project.peek(), to);
      } catch (cause) {
        frame.close();
        throw cause;
      }
      const photo = await trainer.prepareFrame(frame);
      return add(photo, { class: to, burst, source: 'camera', addedAt });
    },

    async addFiles(to, files, { source = 'file', onProgress = () => {}, signal } = {}) {
      const refused: { name: string; error: unknown }[] = [];
      const report = (): ImportReport => ({ added, refused });
      let added = 0;
      onProgress(0, files.length);
      for (const [i, file] of files.entries()) {
        // Whoever left the project would not see the rest arrive.
        if (signal?.aborted || closed.aborted) return report();
        const photo = await trainer.prepareFile(file).catch((error: unknown) => {
          refused.push({ name: file.name, error });
          return null;
        });
        if (signal?.aborted) return report();
        if (photo !== null)
          try {
            await add(photo, { class: to, burst: null, source, addedAt: moment() });
            added++;
          } catch (error) {
            // The disk is full, or the class is gone: the others will fare no better.
            refused.push(...files.slice(i).map(({ name }) => ({ name, error })));
            return report();
          }
        onProgress(i + 1, files.length);
      }
      return report();
    },

    deleteExamples: (ids) =>
      inTurn(async () => {
        const removed = await storage.deleteExamples(ids);
        shelf.hide({ examples: removed.examples });
        return () =>
          inTurn(async () => {
            await storage.restoreExamples(removed);
            shelf.show(removed);
          });
      }),

    moveExamples: (ids, to) =>
      inTurn(async () => {
        const wanted = new Set(ids);
        const before = examples.peek().filter(({ id }) => wanted.has(id));
        await storage.moveExamples(ids, to);
        showMoved(workspace, ids, to);
        return () =>
          inTurn(async () => {
            const classes = [...new Set(before.map((example) => example.class))];
            const move = classes.map((from) => ({
              to: from,
              ids: before.filter((example) => example.class === from).map(({ id }) => id),
            }));
            const done = await storage.changeClasses(projectId, (same) => same, { move });
            if (done === null) throw new DeviceError('project_missing');
            for (const { ids: back, to: from } of move) showMoved(workspace, back, from);
          });
      }),
  };
}

/** Shows that examples are in another class. */
export function showMoved({ examples }: Workspace, ids: readonly ExampleId[], to: ClassId): void {
  const moved = new Set(ids);
  examples.value = examples.peek().map((one) => (moved.has(one.id) ? { ...one, class: to } : one));
}

/** Shows examples as well; those that are shown already stay as they are. */
export function withExamples(
  shown: readonly ExampleRecord[],
  more: readonly ExampleRecord[],
): readonly ExampleRecord[] {
  const there = new Set(shown.map(({ id }) => id));
  return [...shown, ...more.filter(({ id }) => !there.has(id))].sort(byAge);
}
