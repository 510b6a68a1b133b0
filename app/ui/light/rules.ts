// Which frames are kept, and what is still missing before statistics can be adapted to them. Pure.
import { MIN_LIGHT_FRAMES } from '../../training/deeper.ts';

/** Frames of fewer classes would teach the class and not the light. */
const LEAST_CLASSES = 3;

/** What counts of a frame: what the head that answers now takes it for; null: nothing. */
export interface Guessed {
  readonly label: string | null;
}

export interface Goal {
  readonly n: number;
  readonly least: number;
  readonly met: boolean;
}

export interface Goals {
  readonly frames: Goal;
  readonly classes: Goal;
  readonly met: boolean;
  /** How many frames of each class, in the order in which they came. */
  readonly seen: ReadonlyMap<string, number>;
}

/** @param classes how many the head knows */
export function goalsOf(frames: readonly Guessed[], classes: number): Goals {
  const seen = new Map<string, number>();
  for (const { label } of frames) if (label !== null) seen.set(label, (seen.get(label) ?? 0) + 1);
  const goal = (n: number, least: number) => ({ n, least, met: n >= least });
  const goals = {
    frames: goal(frames.length, MIN_LIGHT_FRAMES),
    classes: goal(seen.size, Math.min(LEAST_CLASSES, classes)),
  };
  return { ...goals, met: goals.frames.met && goals.classes.met, seen };
}

/**
 * One more frame; of more than `most`, the oldest of the class that was seen most goes, so that the others stay.
 * @returns what is kept, and the one that is not
 */
export function withFrame<F extends Guessed>(
  frames: readonly F[],
  next: F,
  most: number,
): { readonly kept: readonly F[]; readonly dropped: F | null } {
  const all = [...frames, next];
  if (all.length <= most) return { kept: all, dropped: null };
  const counts = new Map<string | null, number>();
  for (const { label } of all) counts.set(label, (counts.get(label) ?? 0) + 1);
  const greatest = Math.max(...counts.values());
  const dropped = all.find(({ label }) => counts.get(label) === greatest) ?? next;
  return { kept: all.filter((frame) => frame !== dropped), dropped };
}
