// What a person does with classes.
import { batch } from '@preact/signals';
import { DeviceError } from '../failure.ts';
import type { ClassId, ClassRecord, ProjectRecord } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import { checkName, checkRoom, freeColour, freeName, numberedName } from './class-names.ts';
import type { OpenProject } from './open-project.ts';
import { type PhotoShelf, showMoved } from './photos.ts';
import { changeProject, classOf, type Workspace } from './workspace.ts';

type ClassChange = NonNullable<Awaited<ReturnType<Storage['changeClasses']>>>;
type Actions = Pick<
  OpenProject,
  'addClass' | 'renameClass' | 'recolourClass' | 'moveClass' | 'mergeClass' | 'deleteClass'
>;

export function classActions(workspace: Workspace, shelf: PhotoShelf): Actions {
  const { id: projectId, storage, project, inTurn } = workspace;
  const changeClass = (id: ClassId, change: (one: ClassRecord, all: ProjectRecord) => ClassRecord) =>
    changeProject(workspace, (before) => {
      const changed = change(classOf(before, id), before);
      return withClasses(
        before,
        before.classes.map((one) => (one.id === id ? changed : one)),
      );
    });

  /** Changes classes and their examples; shows both at once. */
  async function changeBoth(
    change: (before: ProjectRecord) => ProjectRecord,
    also: Parameters<Storage['changeClasses']>[2],
    show: (done: ClassChange) => void,
  ): Promise<ClassChange> {
    const done = await storage.changeClasses(
      projectId,
      (before) => ({ ...change(before), updatedAt: Date.now() }),
      also,
    );
    if (done === null) throw new DeviceError('project_missing');
    batch(() => {
      project.value = done.project;
      show(done);
    });
    return done;
  }

  return {
    async addClass(name) {
      const id = crypto.randomUUID() as string as ClassId;
      await changeProject(workspace, (before) => {
        const { classes } = before;
        checkRoom(classes);
        const checked = name === undefined ? numberedName(classes) : checkName(name, classes);
        return withClasses(before, [...classes, { id, name: checked, colour: freeColour(classes) }]);
      });
      return id;
    },
    renameClass: (id, name) =>
      changeClass(id, (one, { classes }) => ({ ...one, name: checkName(name, classes, id) })),
    recolourClass: (id, colour) => changeClass(id, (one) => ({ ...one, colour })),
    moveClass: (id, to) =>
      changeProject(workspace, (before) => {
        const moved = classOf(before, id);
        return withClasses(before, insertedAt(without(before.classes, id), to, moved));
      }),

    mergeClass: (from, into) =>
      inTurn(async () => {
        if (from === into) return async () => {};
        const gone = taken(project.peek(), from);
        classOf(project.peek(), into);
        const { moved } = await changeBoth(
          (before) => withClasses(before, without(before.classes, from)),
          { moveAll: { from, to: into } },
          (done) => showMoved(workspace, done.moved, into),
        );
        const back = { move: [{ ids: moved, to: from }] };
        return () =>
          inTurn(async () => {
            await changeBoth(
              (before) => restored(before, gone),
              back,
              () => showMoved(workspace, moved, from),
            );
          });
      }),

    deleteClass: (id) =>
      inTurn(async () => {
        const gone = taken(project.peek(), id);
        const { removed } = await changeBoth(
          (before) => withClasses(before, without(before.classes, id)),
          { removeAll: id },
          (done) => shelf.hide(done.removed),
        );
        return () =>
          inTurn(async () => {
            await changeBoth(
              (before) => restored(before, gone),
              { restore: removed },
              () => shelf.show(removed),
            );
          });
      }),
  };
}

function withClasses(project: ProjectRecord, classes: readonly ClassRecord[]): ProjectRecord {
  return { ...project, classes };
}

function without(classes: readonly ClassRecord[], id: ClassId): ClassRecord[] {
  return classes.filter((one) => one.id !== id);
}

function insertedAt(classes: readonly ClassRecord[], index: number, one: ClassRecord): ClassRecord[] {
  return classes.toSpliced(Math.max(0, index), 0, one);
}

/** A class and its place, to put it back there. */
function taken(project: ProjectRecord, id: ClassId): { readonly one: ClassRecord; readonly index: number } {
  const one = classOf(project, id);
  return { one, index: project.classes.indexOf(one) };
}

function restored(project: ProjectRecord, { one, index }: ReturnType<typeof taken>): ProjectRecord {
  const { classes } = project;
  // Taken back twice.
  if (classes.some((other) => other.id === one.id)) return project;
  checkRoom(classes);
  return withClasses(project, insertedAt(classes, index, { ...one, name: freeName(one.name, classes) }));
}
