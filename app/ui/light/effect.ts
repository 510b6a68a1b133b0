// What an adaptation would do, in figures, and whether it is worth keeping. Pure.
import type { Drift } from '../../../src/trunk/adapt.ts';
import type { Adapted, LightAnswer } from '../../training/deeper.ts';
import type { ShareOf } from '../../training/trainer.ts';

/**
 * Below this shift a light is like the one that was taught in. Measured with Fashion-MNIST on the default trunk, 24
 * near-copies of 3 or 4 things, as a camera makes them: the same light 0.07 and 0.15, 0.6 times as bright 0.15 and 0.21,
 * low contrast 0.24 and 0.30, a quarter as bright 0.26 and 0.34. A tint stays below it: then the answers tell.
 */
const ALIKE_BELOW = 0.18;
/** Share of answers that may change by chance. */
const FEW_CHANGES = 0.1;

interface Side {
  /** Mean probability of the best class, [0,1]. */
  readonly confidence: number;
  /** Frames unlike anything seen. */
  readonly unlike: number;
  /** Held-out accuracy on the photos taught with. */
  readonly accuracy: ShareOf | null;
}

export interface Effect {
  /** `alike`: nothing to gain; `other`: another light; `unclear`: the same by its statistics, but answers change. */
  readonly verdict: 'alike' | 'unclear' | 'other';
  /** The head would do worse on the photos taught with than chance alone explains. */
  readonly worse: boolean;
  readonly changed: number;
  readonly of: number;
  readonly before: Side;
  readonly after: Side;
}

/** @param live held-out accuracy of the live head */
export function effectOf({ frames, drift, usual, trained }: Adapted, live: ShareOf | null): Effect {
  const changed = frames.filter(isChanged).length;
  const side = (of: 'before' | 'after', accuracy: ShareOf | null) => ({
    confidence: meanOf(frames.map((frame) => frame[of].score.score)),
    unlike: frames.filter((frame) => frame[of].rejected).length,
    accuracy,
  });
  const after = trained.report.accuracy;
  const alike = shiftOf(drift, usual) < ALIKE_BELOW;
  const fewChange = changed <= FEW_CHANGES * frames.length;
  return {
    verdict: !alike ? 'other' : fewChange ? 'alike' : 'unclear',
    worse: live !== null && after !== null && after.high < live.low,
    ...{ changed, of: frames.length },
    before: side('before', live),
    after: side('after', after),
  };
}

/** Another class, or unlike anything seen where it was not, or the other way round. */
export function isChanged({ before, after }: LightAnswer): boolean {
  return before.rejected !== after.rejected || before.score.label !== after.score.label;
}

/**
 * How differently two sets of images drift from what is stored: sqrt(mean(ln(drift / usual)^2)) over all layers and both
 * statistics; 0 when they drift alike. The means over layers would hide it: the first layers see a light best.
 */
export function shiftOf(drift: readonly Drift[], usual: readonly Drift[]): number {
  const squares = drift.flatMap((one, i) => {
    const other = usual[i];
    return other === undefined ? [] : [square(one.mean, other.mean), square(one.variance, other.variance)];
  });
  return Math.sqrt(meanOf(squares));
}

function square(a: number, b: number): number {
  return a > 0 && b > 0 ? Math.log(a / b) ** 2 : 0;
}

/** 0 of none. */
export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length;
}
