// The live answer: asks the project about one frame of the camera after the other, and shows the answer as signals.
// One frame is in flight at a time, each a new one; none while the page is hidden, the preview is out of sight, or
// there is no head. No words here.
import { computed, effect, type ReadonlySignal, signal } from '@preact/signals';
import type { Camera } from '../camera/camera.ts';
import type { OpenProject } from '../project/open-project.ts';
import type { Prediction, PredictOptions, Score } from '../training/trainer.ts';

/** What frames are asked about and stored as, px: twice what trunks read, so that it shrinks by whole pixels. */
export const FRAME_SIDE = 448;
/** Quick enough to feel immediate; more would only warm the phone. */
const INTERVAL_MS = 80;
/** After a failure. */
const RETRY_MS = 1_000;
/** Time constant of the shown scores. */
export const SMOOTH_MS = 200;

export interface Live {
  /** The latest answer as it came; null while there is none. */
  readonly prediction: ReadonlySignal<Prediction | null>;
  /** Its scores as they are shown: they follow in `SMOOTH_MS`, or at once where less motion is wanted. */
  readonly scores: ReadonlySignal<readonly Score[]>;
  /** Why the last frame was not answered; null when it was. */
  readonly error: ReadonlySignal<unknown>;
  stop(): void;
}

export function startLive({
  camera,
  open,
  options = () => ({}),
  isPaused = () => false,
}: {
  readonly camera: Pick<Camera, 'frame' | 'state' | 'video'>;
  readonly open: Pick<OpenProject, 'predictFrame' | 'learning' | 'kept'>;
  /** Asked before each frame. */
  readonly options?: () => PredictOptions;
  /** Reads signals: the loop goes on when they change. */
  readonly isPaused?: () => boolean;
}): Live {
  const prediction = signal<Prediction | null>(null);
  const scores = signal<readonly Score[]>([]);
  const error = signal<unknown>(null);
  const stopping = new AbortController();
  const still = matchMedia('(prefers-reduced-motion: reduce)');
  let shownAt = 0;

  /** One loop for each time that there is something to ask. */
  async function run(video: HTMLVideoElement, ended: AbortSignal): Promise<void> {
    const sight = watchSight(video);
    try {
      while (!ended.aborted) {
        const begun = performance.now();
        await nextFrame(video, ended);
        await sight.seen(ended);
        if (ended.aborted) return;
        const failed = await step(ended);
        await pause((failed ? RETRY_MS : INTERVAL_MS) - (performance.now() - begun), ended);
      }
    } finally {
      sight.stop();
    }
  }

  async function step(ended: AbortSignal): Promise<boolean> {
    try {
      const frame = await camera.frame(FRAME_SIDE);
      if (frame === null) return false;
      if (ended.aborted) {
        frame.close();
        return false;
      }
      const answer = await open.predictFrame(frame, options());
      if (ended.aborted || answer === null) return false;
      const now = performance.now();
      scores.value = still.matches ? answer.scores : follow(scores.peek(), answer.scores, now - shownAt);
      shownAt = now;
      prediction.value = answer;
      error.value = null;
      return false;
    } catch (cause) {
      if (!ended.aborted) error.value = cause;
      return true;
    }
  }

  const hasHead = computed(() => open.kept.value !== null || open.learning.value.live !== null);
  const unfollow = effect(() => {
    const video = camera.video.value;
    if (video === null || camera.state.value !== 'on' || !hasHead.value || isPaused()) {
      prediction.value = null;
      scores.value = [];
      return;
    }
    const ending = new AbortController();
    void run(video, AbortSignal.any([ending.signal, stopping.signal]));
    return () => ending.abort();
  });

  return {
    ...{ prediction, scores, error },
    stop: () => {
      stopping.abort();
      unfollow();
    },
  };
}

/** Exponential smoothing: after `ms`, 1 - e^(-ms / SMOOTH_MS) of the way to `to`; labels that are new start there. */
export function follow(from: readonly Score[], to: readonly Score[], ms: number): readonly Score[] {
  const share = 1 - Math.exp(-ms / SMOOTH_MS);
  return to.map((score, index) => {
    const before = from[index];
    return before === undefined || before.label !== score.label
      ? score
      : { ...score, score: before.score + share * (score.score - before.score) };
  });
}

/** Of the highest score; undefined where there is none. */
export function topScore(scores: readonly Score[]): Score | undefined {
  return scores.reduce<Score | undefined>(
    (best, score) => (best === undefined || score.score > best.score ? score : best),
    undefined,
  );
}

/** Resolves with the next frame that is shown, which a hidden page has none of. */
function nextFrame(video: HTMLVideoElement, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    ended.addEventListener('abort', () => resolve(), { once: true });
    // Safari before 15.4 and Firefox before 132 do not know it.
    if ('requestVideoFrameCallback' in video) video.requestVideoFrameCallback(() => resolve());
    else requestAnimationFrame(() => resolve());
  });
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    ended.addEventListener('abort', () => resolve(), { once: true });
    setTimeout(resolve, Math.max(0, ms));
  });
}

/** Whether any of the element is on the screen. */
function watchSight(element: Element) {
  let inSight = true;
  let wake = () => {};
  const observer = new IntersectionObserver((entries) => {
    inSight = entries.at(-1)?.isIntersecting ?? true;
    if (inSight) wake();
  });
  observer.observe(element);
  return {
    seen: (ended: AbortSignal) =>
      new Promise<void>((resolve) => {
        if (inSight || ended.aborted) return resolve();
        wake = resolve;
        ended.addEventListener('abort', () => resolve(), { once: true });
      }),
    stop: () => observer.disconnect(),
  };
}
