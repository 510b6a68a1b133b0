// The project as one file, and its head alone: what is in each, how large it is, and the buttons that save or share it.
import { useSignal } from '@preact/signals';
import { AppError } from '../../../src/contract/errors.ts';
import { useApp } from '../../app.ts';
import { formatBytes } from '../../format.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { exportProject } from '../../storage/project-zip.ts';
import { text } from '../../text/text.ts';
import { announce } from '../announce.ts';
import { Button } from '../parts/button.tsx';
import { Progress } from '../parts/progress.tsx';
import { showFailure, showToast } from '../toasts.ts';
import { useProjectSize } from './project-size.ts';
import { canShare, downloadFile, fileNameOf, shareFile } from './save-file.ts';

type Job =
  | { readonly state: 'idle' }
  | { readonly state: 'packing'; readonly done: number; readonly of: number; readonly stop: AbortController }
  /** Packed, but the share sheet wants another press. */
  | { readonly state: 'ready'; readonly file: File };

export function FileSection({ open }: { readonly open: OpenProject }) {
  const { storage, trainer } = useApp();
  const words = text.value.keep.file;
  const job = useSignal<Job>({ state: 'idle' });
  const size = useProjectSize(open);
  const { title, id } = open.project.value;
  const name = fileNameOf(title, '.topwork.zip');
  const sharable = canShare(new File([], name, { type: 'application/zip' }));
  const count = open.examples.value.length;

  async function pack(then: (file: File) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    job.value = { state: 'packing', done: 0, of: count, stop };
    try {
      const status = trainer.status.value;
      const blob = await exportProject(storage, id, {
        trunk: status.state === 'ready' ? status : null,
        signal: stop.signal,
        onProgress: (done, of) => {
          job.value = { state: 'packing', done, of, stop };
        },
      });
      job.value = { state: 'idle' };
      await then(new File([blob], name, { type: 'application/zip' }));
    } catch (error) {
      job.value = { state: 'idle' };
      if (error instanceof AppError && error.code === 'aborted') return showToast(words.stopped);
      showFailure(error);
    }
  }

  const save = () =>
    pack(async (file) => {
      downloadFile(file);
      showToast(words.saved(file.name));
    });

  async function share(file: File): Promise<void> {
    const became = await shareFile(file);
    job.value = became === 'blocked' ? { state: 'ready', file } : { state: 'idle' };
    if (became === 'shared') showToast(words.shared);
    else if (became === 'blocked') announce(words.shareReady);
  }

  const now = job.value;
  return (
    <section class="card" aria-labelledby="keep-file">
      <h2 id="keep-file">{words.title}</h2>
      <p>{words.intro}</p>
      <p class="note">{words.private}</p>
      <p>
        <strong>{words.size(formatBytes(size.photos + size.features + size.heads))}</strong>{' '}
        <span class="note">
          {words.parts(formatBytes(size.photos), formatBytes(size.features), formatBytes(size.heads))}
        </span>
      </p>
      {now.state === 'packing' ? (
        <Progress
          label={words.progress(now.done, now.of)}
          done={now.done}
          of={now.of}
          onCancel={() => now.stop.abort()}
        />
      ) : (
        <div class="actions">
          {now.state === 'ready' && <p>{words.shareReady}</p>}
          {sharable && (
            <Button
              kind="primary"
              icon="share"
              onClick={() => (now.state === 'ready' ? share(now.file) : pack(share))}
            >
              {words.share}
            </Button>
          )}
          <Button kind={sharable ? 'plain' : 'primary'} icon="download" onClick={save}>
            {words.save}
          </Button>
        </div>
      )}
    </section>
  );
}

export function HeadSection({ open }: { readonly open: OpenProject }) {
  const words = text.value.keep.head;
  const kept = open.kept.value;
  const { live } = open.learning.value;
  const shown = kept ?? live;

  async function save(): Promise<void> {
    const head = await open.headFile();
    if (head === null) return;
    const name = fileNameOf(open.project.value.title, '.safetensors');
    downloadFile(new File([head.data], name, { type: 'application/octet-stream' }));
    showToast(text.value.keep.file.saved(name));
  }

  return (
    <section class="card" aria-labelledby="keep-head">
      <h2 id="keep-head">{words.title}</h2>
      <p>{words.intro}</p>
      {shown === null ? (
        <p class="note">{words.none}</p>
      ) : (
        <>
          <p>
            <strong>{formatBytes(shown.data.byteLength)}</strong>{' '}
            <span class="note">
              {words.classes(shown.classes.length)}. {kept ? words.which.kept : words.which.live}
            </span>
          </p>
          <div class="actions">
            <Button icon="download" onClick={save}>
              {words.save}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
