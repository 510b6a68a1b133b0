// What the Teach screen remembers while it is open: which class gets the photos, the burst, the files on their way.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { camera } from '../../camera/camera.ts';
import type { ImportReport, OpenProject, Undo } from '../../project/open-project.ts';
import type { ClassId, ClassRecord, ExampleId, ExampleRecord } from '../../storage/schema.ts';
import { reportFailure } from '../../text/failure-text.ts';
import { text } from '../../text/text.ts';
import { announce } from '../announce.ts';
import { type Live, startLive } from '../live.ts';
import { showToast } from '../toasts.ts';
import { groupByClass } from './group.ts';
import { createImporter, type Importer } from './importer.ts';
import { createShooter, type Shooter } from './shooter.ts';

/** What is open above the screen. */
export type Sheet =
  | { readonly kind: 'class'; readonly id: ClassId }
  | { readonly kind: 'photos'; readonly id: ClassId; readonly photo: ExampleId | null }
  | { readonly kind: 'refused'; readonly report: ImportReport };

export interface TeachSession {
  readonly open: OpenProject;
  readonly live: Live;
  readonly shooter: Shooter;
  readonly importer: Importer;
  /** The class that gets photos; undefined while there is none. */
  readonly selected: ReadonlySignal<ClassRecord | undefined>;
  /** Photos by class, newest first; an array stays the same object for as long as its photos do. */
  readonly byClass: ReadonlySignal<ReadonlyMap<ClassId, readonly ExampleRecord[]>>;
  readonly sheet: ReadonlySignal<Sheet | null>;
  select(id: ClassId): void;
  show(sheet: Sheet | null): void;
  /** Runs an action of the project, and says what went wrong. @returns whether it went well */
  attempt(action: () => Promise<unknown>): Promise<boolean>;
  /** The same of an action that can be taken back, which is offered with the words that say what was done. */
  undoable(words: string, action: () => Promise<Undo>): Promise<boolean>;
  stop(): void;
}

export function createTeachSession(open: OpenProject): TeachSession {
  const chosen = signal<ClassId | null>(null);
  const sheet = signal<Sheet | null>(null);
  const classes = computed(() => open.project.value.classes);
  const selected = computed(() => classes.value.find(({ id }) => id === chosen.value) ?? classes.value[0]);
  const nameOf = (id: ClassId) => classes.peek().find((one) => one.id === id)?.name ?? '';

  const fail = (error: unknown) => {
    const { title, detail } = reportFailure(error);
    showToast(`${title}. ${detail}`, { kind: 'failure' });
  };
  async function attempt(action: () => Promise<unknown>): Promise<boolean> {
    try {
      await action();
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  }

  const shooter = createShooter({
    camera,
    open,
    // Felt, where the phone can.
    onShot: () => navigator.vibrate?.(8),
    onSettled: ({ stored, to }) => announce(text.peek().teach.shutter.savedIn(stored, nameOf(to))),
    onError: fail,
  });
  const importer = createImporter({
    open,
    onDone: ({ to, stopped, ...report }) => {
      const { added, refused } = report;
      const words = text.peek().teach.files;
      if (stopped || added > 0)
        showToast(stopped ? words.stopped(added, nameOf(to)) : words.added(added, nameOf(to)));
      if (refused.length > 0) sheet.value = { kind: 'refused', report };
    },
    onError: fail,
  });
  const live = startLive({ camera, open });

  return {
    ...{ open, live, shooter, importer, selected, sheet, attempt },
    byClass: groupByClass(open.examples),
    select: (id) => {
      chosen.value = id;
    },
    show: (next) => {
      sheet.value = next;
    },
    undoable: (words, action) =>
      attempt(async () => {
        const undo = await action();
        showToast(words, {
          action: { label: text.peek().common.undo, run: () => void attempt(undo) },
        });
      }),
    stop: () => {
      shooter.release();
      live.stop();
    },
  };
}
