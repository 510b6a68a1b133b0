// Collects frames of the camera to adapt to: a few a second, in memory only, each with what the head takes it for, until
// there are enough of enough classes. Not here: words and elements.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Camera } from '../../camera/camera.ts';
import type { OpenProject } from '../../project/open-project.ts';
import { MAX_LIGHT_FRAMES } from '../../training/deeper.ts';
import type { Score, Trainer } from '../../training/trainer.ts';
import { FRAME_SIDE, topScore } from '../live.ts';
import { withFrame } from './rules.ts';

/** ms. */
export interface Pace {
  /** Between frames. */
  readonly interval: number;
  /** It goes on for so long at least, so that there is time to move. */
  readonly least: number;
  /** Then it ends, whatever there is. */
  readonly most: number;
}
const PACE: Pace = { interval: 200, least: 5_000, most: 30_000 };

export interface LightFrame {
  readonly blob: Blob;
  /** Object URL of the blob. */
  readonly url: string;
  readonly top: Score | undefined;
  readonly label: string | null;
}

export interface Collector {
  readonly frames: ReadonlySignal<readonly LightFrame[]>;
  /** `ended`: an attempt is over, and its frames are here. */
  readonly state: ReadonlySignal<'none' | 'collecting' | 'ended'>;
  /** Begins anew. Resolves when it has ended. @throws what camera and trainer throw */
  start(): Promise<void>;
  stop(): void;
  /** Stops, and frees all frames. */
  clear(): void;
}

export function createCollector({
  camera,
  trainer,
  open,
  isEnough,
  pace = PACE,
}: {
  readonly camera: Pick<Camera, 'frame'>;
  readonly trainer: Pick<Trainer, 'prepareFrame'>;
  readonly open: Pick<OpenProject, 'predictFile'>;
  readonly isEnough: (frames: readonly LightFrame[]) => boolean;
  readonly pace?: Pace | undefined;
}): Collector {
  const frames = signal<readonly LightFrame[]>([]);
  const state = signal<'none' | 'collecting' | 'ended'>('none');
  let running: AbortController | null = null;

  async function take(ended: AbortSignal): Promise<void> {
    const frame = await camera.frame(FRAME_SIDE);
    if (frame === null) return;
    const { data, type } = await trainer.prepareFrame(frame);
    const blob = new Blob([data], { type });
    const answer = await open.predictFile(blob);
    if (ended.aborted) return;
    const top = answer === null ? undefined : topScore(answer.scores);
    const next = { blob, url: URL.createObjectURL(blob), top, label: top?.label ?? null };
    const { kept, dropped } = withFrame(frames.peek(), next, MAX_LIGHT_FRAMES);
    if (dropped !== null) URL.revokeObjectURL(dropped.url);
    frames.value = kept;
  }

  function free(): void {
    for (const { url } of frames.peek()) URL.revokeObjectURL(url);
    frames.value = [];
  }

  return {
    ...{ frames, state },
    async start() {
      running?.abort();
      const mine = new AbortController();
      running = mine;
      free();
      state.value = 'collecting';
      const begun = performance.now();
      try {
        while (!mine.signal.aborted) {
          const from = performance.now();
          await take(mine.signal);
          const elapsed = performance.now() - begun;
          if (elapsed >= pace.most || (elapsed >= pace.least && isEnough(frames.peek()))) break;
          await pause(pace.interval - (performance.now() - from), mine.signal);
        }
      } finally {
        if (running === mine) {
          running = null;
          state.value = 'ended';
        }
      }
    },
    stop: () => running?.abort(),
    clear() {
      running?.abort();
      running = null;
      state.value = 'none';
      free();
    },
  };
}

function pause(ms: number, ended: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    ended.addEventListener('abort', () => resolve(), { once: true });
    setTimeout(resolve, Math.max(0, ms));
  });
}
