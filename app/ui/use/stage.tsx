// The picture with the answer over it: live from the camera, or a still photo.
import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { camera } from '../../camera/camera.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { text } from '../../text/text.ts';
import { AdaptedNote } from '../light/adapted-note.tsx';
import { CameraPreview } from '../parts/camera-preview.tsx';
import { showToast } from '../toasts.ts';
import { answerOf } from './answer.ts';
import { Bars, BigAnswer } from './answer-view.tsx';
import { Controls } from './controls.tsx';
import { HeatMap } from './heat-map.tsx';
import { fileOf, takeStill } from './photo.ts';
import { SettingsSheet } from './settings-sheet.tsx';
import { type Source, useAnswers } from './use-answers.ts';

/** @param props.status of the model, while it cannot answer */
export function Stage({ open, status }: { readonly open: OpenProject; readonly status: ComponentChildren }) {
  const words = text.value.use;
  const source = useSignal<Source>({ kind: 'live' });
  const paused = useSignal(false);
  const heat = useSignal(false);
  const settings = useSignal(false);
  const root = useRef<HTMLDivElement>(null);
  const { prediction, failed } = useAnswers(open, { source, paused, heat });
  const { answers, classes } = open.project.value;

  function show(next: Source): void {
    if (source.value.kind === 'photo') URL.revokeObjectURL(source.value.url);
    paused.value = false;
    source.value = next;
  }
  const showFile = (file: Blob) => show({ kind: 'photo', file, url: URL.createObjectURL(file) });
  const showStill = () =>
    void takeStill(camera).then(
      (still) => still && showFile(still),
      (error: unknown) => {
        console.error(error);
        showToast(words.photoFailed, { kind: 'failure' });
      },
    );
  useEffect(() => {
    const onPaste = (event: ClipboardEvent) => {
      const file = fileOf(event.clipboardData);
      if (file === null) return;
      event.preventDefault();
      showFile(file);
    };
    addEventListener('paste', onPaste);
    return () => {
      removeEventListener('paste', onPaste);
      show({ kind: 'live' });
    };
  }, []);

  const found = prediction.value;
  const photo = source.value.kind === 'photo' ? source.value : null;
  const evidence = heat.value ? (found?.evidence ?? null) : null;
  const over = (
    <>
      {evidence && <HeatMap evidence={evidence} mirrored={photo === null && camera.mirrored.value} />}
      <BigAnswer answer={found && answerOf(found, answers.threshold)} paused={paused.value} />
    </>
  );

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one more way; a button does the same.
    <div
      ref={root}
      class="stage"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        const file = fileOf(event.dataTransfer);
        if (file === null) return;
        event.preventDefault();
        showFile(file);
      }}
    >
      <div class="stage-picture">
        {photo === null ? (
          <CameraPreview instead={<p class="note drop-note">{words.dropHere}</p>}>{over}</CameraPreview>
        ) : (
          <div class="still">
            <img src={photo.url} alt={words.photo} />
            {failed.value === null && over}
          </div>
        )}
      </div>
      <div class="stage-side">
        <Controls
          {...{ root, paused, heat }}
          photo={photo !== null}
          onStill={showStill}
          onFile={showFile}
          onBack={() => show({ kind: 'live' })}
          onSettings={() => {
            settings.value = true;
          }}
        />
        {status}
        {failed.value !== null && (
          <p class="failure-note" role="alert">
            {failed.value}
          </p>
        )}
        {found !== null && (
          // A photo stands still: there is time for all of them.
          <Bars
            prediction={found}
            classes={classes}
            show={photo === null ? answers.topK : found.scores.length}
          />
        )}
        <p class="note">
          {evidence && `${words.heatNote} `}
          {open.kept.value === null ? words.head.live : words.head.kept}
        </p>
        <AdaptedNote open={open} />
      </div>
      {settings.value && (
        <SettingsSheet
          open={open}
          onClose={() => {
            settings.value = false;
          }}
        />
      )}
    </div>
  );
}
