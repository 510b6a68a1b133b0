// Asks the project about one frame of the camera after the other: as fast as answers come, but no more than ten a second,
// and not while the page is hidden.
import type { Camera } from '../../camera/camera.ts';
import type { OpenProject } from '../../project/open-project.ts';
import type { Prediction, PredictOptions } from '../../training/trainer.ts';

/** Quick enough to feel immediate; more would only warm the phone. */
const INTERVAL_MS = 100;
/** After a failure; ms. */
const RETRY_MS = 1_000;

export interface LiveOptions {
  readonly camera: Pick<Camera, 'grab'>;
  readonly open: Pick<OpenProject, 'predictFrame'>;
  /** Of the square that is asked about, px. */
  readonly side: number;
  /** Asked before each frame. */
  readonly options: () => PredictOptions;
  readonly onPrediction: (prediction: Prediction) => void;
  /** It goes on all the same. */
  readonly onError: (error: unknown) => void;
}

/** @returns ends it; nothing is reported afterwards */
export function startLive({ camera, open, side, options, onPrediction, onError }: LiveOptions): () => void {
  const ended = new AbortController();
  const { signal } = ended;

  async function run(): Promise<void> {
    while (!signal.aborted) {
      await untilVisible(signal);
      const begun = performance.now();
      let interval = INTERVAL_MS;
      try {
        const frame = await camera.grab(side);
        if (signal.aborted) frame?.close();
        else if (frame !== null) {
          const prediction = await open.predictFrame(frame, options());
          if (prediction !== null && !signal.aborted) onPrediction(prediction);
        }
      } catch (error) {
        if (!signal.aborted) onError(error);
        interval = RETRY_MS;
      }
      await sleep(begun + interval - performance.now(), signal);
    }
  }

  void run();
  return () => ended.abort();
}

function untilVisible(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (document.visibilityState === 'hidden' && !signal.aborted) return;
      document.removeEventListener('visibilitychange', look);
      signal.removeEventListener('abort', look);
      resolve();
    };
    document.addEventListener('visibilitychange', look);
    signal.addEventListener('abort', look);
    look();
  });
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, Math.max(0, ms));
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}
