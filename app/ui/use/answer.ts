// From a prediction to what is said of it. Pure.
import type { Prediction, Score } from '../../training/trainer.ts';

/** `unlike`: of none of the classes; `unsure`: below the threshold; `best` is the most probable class all the same. */
export interface Answer {
  readonly kind: 'sure' | 'unsure' | 'unlike';
  readonly best: Score;
}

/** @param threshold probability below which nothing is claimed, [0,1]. @returns null for a head without classes */
export function answerOf({ scores, rejected }: Prediction, threshold: number): Answer | null {
  const [best] = ranked(scores);
  if (best === undefined) return null;
  return { kind: rejected ? 'unlike' : best.score < threshold ? 'unsure' : 'sure', best };
}

/** Most probable first; of equals the order of the labels. */
export function ranked(scores: readonly Score[]): readonly Score[] {
  return scores.toSorted((a, b) => b.score - a.score);
}
