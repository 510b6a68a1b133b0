// What is said of a pair of flags, for those who read and for those who listen.
import { formatPercent } from '../../format.ts';
import { more } from '../../text/more.ts';
import type { LabMode } from '../../training/deeper.ts';
import type { Score } from '../../training/trainer.ts';
import { verdictOf } from './verdict.ts';

/** The flags as Python has them. */
export function flagsOf({ trainable, training }: Pick<LabMode, 'trainable' | 'training'>): string {
  const python = (value: boolean) => (value ? 'True' : 'False');
  return `trainable=${python(trainable)}, training=${python(training)}`;
}

export function verdictWords(mode: Pick<LabMode, 'answers' | 'same'>): string {
  const words = more.value.lab.result.verdict;
  const verdict = verdictOf(mode);
  switch (verdict.kind) {
    case 'same':
      return verdict.answer === undefined ? words.sameNone : words.same(said(verdict.answer));
    case 'shifts':
      return words.shifts(
        verdict.from.label,
        formatPercent(verdict.from.score),
        formatPercent(verdict.to.score),
      );
    case 'changes':
      return words.changes(said(verdict.from), said(verdict.to));
    default:
      return verdict satisfies never;
  }
}

function said({ label, score }: Score): string {
  return `${label} ${formatPercent(score)}`;
}
