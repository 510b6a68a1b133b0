// What the parts of an open project share: its signals, and the order of its writes.
import type { Signal } from '@preact/signals';
import { DeviceError } from '../failure.ts';
import type { ClassId, ClassRecord, ExampleRecord, ProjectId, ProjectRecord } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import type { Trainer } from '../training/trainer.ts';

export interface Workspace {
  readonly id: ProjectId;
  readonly storage: Storage;
  readonly trainer: Trainer;
  readonly project: Signal<ProjectRecord>;
  /** In the order of `byAge`. */
  readonly examples: Signal<readonly ExampleRecord[]>;
  /** A write to storage and then to the signals, or a reading of both; one at a time, in the order of the calls. */
  readonly inTurn: <T>(task: () => Promise<T>) => Promise<T>;
  /** Aborted once the project is closed. */
  readonly closed: AbortSignal;
}

interface Desk {
  last: Promise<unknown>;
  /** Whose turn it is. */
  at: object | null;
}
/** One for all projects on a storage: one that was closed may still write, or take something back. */
const desks = new WeakMap<Storage, Desk>();

export interface Turns {
  /** Runs tasks one after another; one that fails does not stop the next. */
  readonly inTurn: Workspace['inTurn'];
  /** Whether it is one of our own tasks that runs now. */
  readonly ours: () => boolean;
}

export function createTurns(storage: Storage): Turns {
  const me = {};
  const desk = desks.get(storage) ?? { last: Promise.resolve(), at: null };
  desks.set(storage, desk);
  return {
    ours: () => desk.at === me,
    inTurn: (task) => {
      const run = desk.last.then(async () => {
        desk.at = me;
        try {
          return await task();
        } finally {
          desk.at = null;
        }
      });
      desk.last = run.catch(() => {});
      return run;
    },
  };
}

/** @throws DeviceError `class_missing` */
export function classOf(project: ProjectRecord, id: ClassId): ClassRecord {
  const found = project.classes.find((one) => one.id === id);
  if (found === undefined) throw new DeviceError('class_missing');
  return found;
}

/** Changes the project's record. @throws DeviceError `project_missing`, and what `change` throws */
export function changeProject(
  { id, storage, project, inTurn }: Workspace,
  change: (project: ProjectRecord) => ProjectRecord,
): Promise<void> {
  return inTurn(async () => {
    const after = await storage.updateProject(id, (before) => ({ ...change(before), updatedAt: Date.now() }));
    if (after === null) throw new DeviceError('project_missing');
    project.value = after;
  });
}
