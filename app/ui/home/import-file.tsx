// Brings a project file, or a zip of folders of pictures, in as a new project.
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { AppError } from '../../../src/contract/errors.ts';
import { useApp } from '../../app.ts';
import { type ImportNotes, importProject } from '../../storage/project-zip.ts';
import { text } from '../../text/text.ts';
import { launchedFiles } from '../launched-files.ts';
import { Button } from '../parts/button.tsx';
import { Progress } from '../parts/progress.tsx';
import { go } from '../router.ts';
import { showFailure, showToast } from '../toasts.ts';

interface Job {
  readonly done: number;
  readonly of: number;
  readonly stop: AbortController;
}

export function ImportFile() {
  const { storage, trainer } = useApp();
  const input = useRef<HTMLInputElement>(null);
  const job = useSignal<Job | null>(null);
  const words = text.value.home;

  async function bring(file: File): Promise<void> {
    const stop = new AbortController();
    const notes: ImportNotes[] = [];
    job.value = { done: 0, of: 0, stop };
    try {
      const status = trainer.status.peek();
      const id = await importProject(storage, file, {
        trunk: status.state === 'ready' ? status : null,
        prepare: trainer.prepareFile,
        signal: stop.signal,
        onNotes: (note) => notes.push(note),
        onProgress: (done, of) => {
          job.value = { done, of, stop };
        },
      });
      const project = await storage.project(id);
      const said = notes.flatMap(({ dropped, refused }) => [
        ...(dropped.length > 0 ? [words.notes.dropped] : []),
        ...(refused.length > 0 ? [words.notes.refused(refused.length)] : []),
      ]);
      showToast([words.imported(project?.title ?? ''), ...said].join(' '));
      go({ screen: 'project', project: id, tab: 'teach' });
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'aborted')) showFailure(error);
    } finally {
      job.value = null;
    }
  }

  // A file that the system opened the app with.
  useEffect(
    () =>
      launchedFiles.subscribe((files) => {
        const [first] = files;
        if (first === undefined) return;
        launchedFiles.value = [];
        void bring(first);
      }),
    [],
  );

  const now = job.value;
  return (
    <>
      <Button icon="download" disabled={now !== null} onClick={() => input.current?.click()}>
        {words.importFile}
      </Button>
      <input
        ref={input}
        type="file"
        accept=".zip,application/zip"
        hidden
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          currentTarget.value = '';
          if (file !== undefined) void bring(file);
        }}
      />
      {now !== null && (
        <Progress label={words.importing} done={now.done} of={now.of} onCancel={() => now.stop.abort()} />
      )}
    </>
  );
}
