// The answer that the stage shows: of the camera's latest frame, smoothed; of the frame that it was paused at; or of a
// still photo.
import { type ReadonlySignal, type Signal, useSignal, useSignalEffect } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { camera } from '../../camera/camera.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { reportFailure } from '../../text/failure-text.ts';
import { text } from '../../text/text.ts';
import type { Prediction } from '../../training/trainer.ts';
import { startLive } from '../live.ts';
import { createSeldomSpeaker } from '../speak-seldom.ts';
import { answerOf } from './answer.ts';
import { wordsOf } from './answer-view.tsx';
import { keepAwake } from './wake-lock.ts';

/** What is asked about. */
export type Source =
  | { readonly kind: 'live' }
  | { readonly kind: 'photo'; readonly file: Blob; readonly url: string };

export interface Answers {
  /** Null while there is none; a live one's scores are smoothed. */
  readonly prediction: ReadonlySignal<Prediction | null>;
  /** Why there is none, in words; null: nothing is wrong. */
  readonly failed: ReadonlySignal<string | null>;
}

export function useAnswers(
  open: OpenProject,
  {
    source,
    paused,
    heat,
  }: {
    readonly source: ReadonlySignal<Source>;
    readonly paused: Signal<boolean>;
    readonly heat: ReadonlySignal<boolean>;
  },
): Answers {
  const prediction = useSignal<Prediction | null>(null);
  const failed = useSignal<string | null>(null);
  const asked = source.value;
  const isLive = asked.kind === 'live';

  useEffect(() => {
    prediction.value = null;
    failed.value = null;
    if (asked.kind === 'photo') return;
    const live = startLive({
      ...{ camera, open },
      options: () => optionsFor(heat.value),
      isPaused: () => paused.value,
    });
    const unfollow = live.scores.subscribe((scores) => {
      const latest = live.prediction.peek();
      // Paused, the last one stays.
      if (scores.length > 0 && latest !== null) prediction.value = { ...latest, scores };
    });
    const heed = live.error.subscribe((error) => {
      if (error !== null) console.error(error);
      failed.value = error === null ? null : text.value.use.model.failedAnswer;
    });
    return () => {
      live.stop();
      unfollow();
      heed();
    };
  }, [open, asked]);

  // Read here, so that another head is asked again.
  const revision = (open.kept.value ?? open.learning.value.live)?.revision;
  const withHeat = heat.value;
  useEffect(() => {
    if (asked.kind === 'live') return;
    let wanted = true;
    open.predictFile(asked.file, optionsFor(withHeat)).then(
      (found) => {
        if (wanted) prediction.value = found;
      },
      (error: unknown) => {
        if (wanted) failed.value = reportFailure(error).detail;
      },
    );
    return () => {
      wanted = false;
    };
  }, [open, asked, withHeat, revision]);

  useRunning(isLive, paused);
  useSpoken(open, prediction);
  return { prediction, failed };
}

function optionsFor(heat: boolean) {
  return heat ? ({ evidence: 'top' } as const) : {};
}

/** While the camera is asked, the screen stays on; paused, the picture stands still with its answer. */
function useRunning(isLive: boolean, paused: Signal<boolean>): void {
  useSignalEffect(() => {
    const video = camera.video.value;
    if (paused.value) video?.pause();
    else void video?.play().catch(() => undefined);
  });
  const running = isLive && !paused.value && camera.state.value === 'on';
  useEffect(() => (running ? keepAwake() : undefined), [running]);
}

function useSpoken(open: OpenProject, prediction: ReadonlySignal<Prediction | null>): void {
  useEffect(() => {
    const speaker = createSeldomSpeaker();
    const unfollow = prediction.subscribe((found) => {
      const answer = found && answerOf(found, open.project.peek().answers.threshold);
      if (answer !== null) speaker.say(wordsOf(answer));
    });
    return () => {
      unfollow();
      speaker.stop();
    };
  }, [open, prediction]);
}
