// The picture with the answer over it: live from the camera, or a still photo.
import { useComputed, useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useApp } from '../../app.ts';
import { camera } from '../../camera/camera.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { text } from '../../text/text.ts';
import type { Prediction } from '../../training/trainer.ts';
import { CameraPreview } from '../parts/camera-preview.tsx';
import { showToast } from '../toasts.ts';
import { answerOf } from './answer.ts';
import { Bars, BigAnswer } from './answer-view.tsx';
import { Controls } from './controls.tsx';
import { HeatMap } from './heat-map.tsx';
import { startLive } from './live-loop.ts';
import { fileOf, takeStill } from './photo.ts';
import { SettingsSheet } from './settings-sheet.tsx';
import { useSpokenAnswer } from './spoken-answer.ts';
import { keepAwake } from './wake-lock.ts';

/** Side of a frame while the trunk's own is not known yet, px. */
const FRAME_SIDE = 224;

/** What is asked about. */
type Source =
  | { readonly kind: 'live' }
  | { readonly kind: 'photo'; readonly file: Blob; readonly url: string };

export function Stage({ open, status }: { readonly open: OpenProject; readonly status: ComponentChildren }) {
  const { trainer } = useApp();
  const words = text.value.use;
  const source = useSignal<Source>({ kind: 'live' });
  const prediction = useSignal<Prediction | null>(null);
  const paused = useSignal(false);
  const heat = useSignal(false);
  const settings = useSignal(false);
  const failed = useSignal<string | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const { answers, classes } = open.project.value;
  const answer = useComputed(() => {
    const { threshold } = open.project.value.answers;
    return prediction.value === null ? null : answerOf(prediction.value, threshold);
  });
  useSpokenAnswer(answer);

  const photo = source.value.kind === 'photo' ? source.value : null;
  const live = photo === null && !paused.value && camera.state.value === 'on';
  const model = trainer.status.value;
  const side = model.state === 'ready' ? model.manifest.defaults.size : FRAME_SIDE;
  useEffect(() => {
    if (!live) return;
    const end = startLive({
      ...{ camera, open, side },
      options: () => ({ evidence: heat.value ? 'top' : undefined }),
      onPrediction: (found) => {
        failed.value = null;
        prediction.value = found;
      },
      onError: (error) => {
        console.error(error);
        failed.value = text.value.use.model.failedAnswer;
      },
    });
    const sleep = keepAwake();
    return () => {
      end();
      sleep();
    };
  }, [live, open, side]);

  // The picture stands still with its answer.
  const video = camera.video.value;
  useEffect(() => {
    if (paused.value) video?.pause();
    else void video?.play().catch(() => undefined);
  }, [paused.value, video]);

  const withHeat = heat.value;
  /** Another head answers otherwise. */
  const revision = (open.kept.value ?? open.learning.value.live)?.revision;
  useEffect(() => {
    if (photo === null) return;
    let wanted = true;
    open.predictFile(photo.file, { evidence: withHeat ? 'top' : undefined }).then(
      (found) => {
        if (wanted) prediction.value = found;
      },
      (error: unknown) => {
        console.error(error);
        if (wanted) failed.value = text.value.use.photoFailed;
      },
    );
    return () => {
      wanted = false;
    };
  }, [photo, withHeat, revision, open]);

  function show(next: Source): void {
    if (source.value.kind === 'photo') URL.revokeObjectURL(source.value.url);
    prediction.value = null;
    failed.value = null;
    source.value = next;
  }
  const showFile = (file: Blob) => show({ kind: 'photo', file, url: URL.createObjectURL(file) });
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

  const evidence = heat.value ? (prediction.value?.evidence ?? null) : null;
  const over = (
    <>
      {evidence && <HeatMap evidence={evidence} mirrored={photo === null && camera.mirrored.value} />}
      <BigAnswer answer={answer.value} paused={photo === null && paused.value} />
    </>
  );

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one more way; the button does the same.
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
          <CameraPreview>{over}</CameraPreview>
        ) : (
          <div class="still">
            <img src={photo.url} alt={words.photo} />
            {failed.value === null && over}
          </div>
        )}
      </div>
      <div class="stage-side">
        <Controls
          root={root}
          photo={photo !== null}
          {...{ paused, heat }}
          onStill={() =>
            void takeStill(camera).then(
              (still) => still && showFile(still),
              (error: unknown) => {
                console.error(error);
                showToast(words.photoFailed, { kind: 'failure' });
              },
            )
          }
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
        {prediction.value !== null && (
          <Bars prediction={prediction.value} classes={classes} show={answers.topK} />
        )}
        <p class="note">
          {evidence && `${words.heatNote} `}
          {open.kept.value === null ? words.head.live : words.head.kept}
        </p>
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
