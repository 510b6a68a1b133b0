// Takes photos while the shutter is held: one at once, then several a second for as long as storage keeps up. What is
// counted as stored is stored. No rendering here.
import { type ReadonlySignal, signal } from '@preact/signals';
import type { Camera } from '../../camera/camera.ts';
import type { OpenProject } from '../../project/open-project.ts';
import type { BurstId, ClassId } from '../../storage/schema.ts';
import { FRAME_SIDE } from '../live.ts';

/** Holding for less than this is a tap: one photo. */
export const HOLD_MS = 350;
/** Between photos of a burst: about seven a second. */
const INTERVAL_MS = 140;
/** A press so soon after a tap looks at the same scene: its photos are near-copies, held out with that one, ms. */
const SAME_SCENE_MS = 1_200;
/** Photos on their way to storage at once; a slow disk makes bursts slower, not longer. */
const MOST_IN_FLIGHT = 3;

/** The burst that goes on, or the one before. */
export interface Burst {
  readonly to: ClassId;
  readonly held: boolean;
  readonly shot: number;
  readonly stored: number;
  /** What became of none. */
  readonly failed: number;
}

export interface Shooter {
  readonly burst: ReadonlySignal<Burst | null>;
  /** Begins a burst, which goes on until `release`. */
  press(to: ClassId): void;
  release(): void;
}

export function createShooter({
  camera,
  open,
  onShot = () => {},
  onSettled = () => {},
  onError,
}: {
  readonly camera: Pick<Camera, 'frame'>;
  readonly open: Pick<OpenProject, 'addFrame'>;
  readonly onShot?: () => void;
  /** The button is let go, and all of the burst is stored. */
  readonly onSettled?: (burst: Burst) => void;
  readonly onError: (error: unknown) => void;
}): Shooter {
  const burst = signal<Burst | null>(null);
  let current: BurstId | null = null;
  let inFlight = 0;
  let pressedAt = 0;
  let tappedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function count(of: BurstId, change: (now: Burst) => Partial<Burst>): void {
    const now = burst.peek();
    if (now !== null && of === current) burst.value = { ...now, ...change(now) };
  }

  async function shoot(to: ClassId, id: BurstId): Promise<void> {
    inFlight++;
    try {
      const frame = await camera.frame(FRAME_SIDE);
      if (frame === null) return;
      count(id, ({ shot }) => ({ shot: shot + 1 }));
      onShot();
      await open.addFrame(to, frame, id);
      count(id, ({ stored }) => ({ stored: stored + 1 }));
    } catch (error) {
      count(id, ({ failed }) => ({ failed: failed + 1 }));
      release();
      onError(error);
    } finally {
      inFlight--;
      settle(id);
    }
  }

  function settle(id: BurstId): void {
    const now = burst.peek();
    if (now !== null && id === current && !now.held && now.stored > 0 && inFlight === 0) onSettled(now);
  }

  function release(): void {
    clearTimeout(timer);
    const now = burst.peek();
    if (now === null || !now.held || current === null) return;
    const time = performance.now();
    tappedAt = time - pressedAt < HOLD_MS ? time : Number.NEGATIVE_INFINITY;
    burst.value = { ...now, held: false };
    settle(current);
  }

  return {
    burst,
    release,
    press: (to) => {
      release();
      const goesOn = burst.peek()?.to === to && performance.now() - tappedAt < SAME_SCENE_MS;
      const id = goesOn && current !== null ? current : (crypto.randomUUID() as string as BurstId);
      current = id;
      pressedAt = performance.now();
      burst.value = { to, held: true, shot: 0, stored: 0, failed: 0 };
      void shoot(to, id);
      const again = () => {
        if (inFlight < MOST_IN_FLIGHT) void shoot(to, id);
        timer = setTimeout(again, INTERVAL_MS);
      };
      timer = setTimeout(again, HOLD_MS);
    },
  };
}
