// Adding files to classes, one set after the other, with progress and cancel. No rendering here.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { ImportReport, OpenProject } from '../../project/open-project.ts';
import type { ClassId } from '../../storage/schema.ts';

export interface Importing {
  readonly to: ClassId;
  readonly done: number;
  readonly of: number;
  /** Files of sets that wait. */
  readonly waiting: number;
}

export interface Imported extends ImportReport {
  readonly to: ClassId;
  readonly stopped: boolean;
}

export interface Importer {
  readonly importing: ReadonlySignal<Importing | null>;
  add(to: ClassId, files: readonly File[]): void;
  /** Stops the set that is being added, and forgets those that wait. */
  cancel(): void;
}

export function createImporter({
  open,
  onDone,
  onError,
}: {
  readonly open: Pick<OpenProject, 'addFiles'>;
  readonly onDone: (imported: Imported) => void;
  readonly onError: (error: unknown) => void;
}): Importer {
  const importing = signal<Importing | null>(null);
  let queue: { readonly to: ClassId; readonly files: readonly File[] }[] = [];
  let stopping = new AbortController();

  const waiting = () => queue.reduce((sum, { files }) => sum + files.length, 0);

  async function run(): Promise<void> {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { to, files } = next;
      stopping = new AbortController();
      const { signal } = stopping;
      const show = (done: number, of: number) => {
        importing.value = { to, done, of, waiting: waiting() };
      };
      show(0, files.length);
      try {
        const report = await open.addFiles(to, files, { onProgress: show, signal });
        onDone({ ...report, to, stopped: signal.aborted });
      } catch (error) {
        onError(error);
      }
    }
    importing.value = null;
  }

  return {
    importing,
    add: (to, files) => {
      queue.push({ to, files });
      const now = importing.peek();
      if (now === null) void run();
      else importing.value = { ...now, waiting: waiting() };
    },
    cancel: () => {
      queue = [];
      stopping.abort();
    },
  };
}
