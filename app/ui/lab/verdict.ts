// What a pair of flags has done in the lab, from its figures: what is said of it. Pure.
import type { LabMode } from '../../training/deeper.ts';
import type { Score } from '../../training/trainer.ts';
import { topScore } from '../live.ts';

/**
 * How the answer for the photo depends on its batch-mates: `same` to the bit; `shifts`, but the class stays; or it
 * `changes` to another class. `from` and `to` are the two answers that are the furthest apart.
 */
export type Verdict =
  | { readonly kind: 'same'; readonly answer: Score | undefined }
  | { readonly kind: 'shifts' | 'changes'; readonly from: Score; readonly to: Score };

export function verdictOf({ answers, same }: Pick<LabMode, 'answers' | 'same'>): Verdict {
  const tops = answers.flatMap((scores) => topScore(scores) ?? []);
  const [first] = tops;
  if (same || first === undefined) return { kind: 'same', answer: first };
  const other = tops.filter(({ label }) => label !== first.label);
  if (other.length > 0) return { kind: 'changes', from: first, to: topScore(other) ?? first };
  const sorted = tops.toSorted((a, b) => b.score - a.score);
  return { kind: 'shifts', from: sorted[0] ?? first, to: sorted.at(-1) ?? first };
}

/** Layers whose stored statistics went anywhere at all in one call. */
export function movedLayers({ moved }: Pick<LabMode, 'moved'>): number {
  return moved.filter(({ mean, variance }) => mean !== 0 || variance !== 0).length;
}

/** Whether exactly those modes that normalise by stored statistics keep the answer, and there are three of them. */
export function followsTheRule(modes: readonly LabMode[]): boolean {
  const stored = modes.filter(({ normalizeBy }) => normalizeBy === 'stored');
  return (
    stored.length === 3 &&
    modes.every(({ same, normalizeBy }) => same === (normalizeBy === 'stored')) &&
    stored.every((mode) => movedLayers(mode) === 0)
  );
}
