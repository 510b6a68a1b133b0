// What is said of a pair of flags, for those who read and for those who listen.
import { formatPercent, formatValue } from '../../format.ts';
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
      return words.shifts(verdict.from.label, finePercent(verdict.from.score), finePercent(verdict.to.score));
    case 'changes':
      return words.changes(said(verdict.from), said(verdict.to));
    default:
      return verdict satisfies never;
  }
}

/** Of [0,1], with three digits, as it is the difference that counts; never rounds to a certainty that is not there. */
export function finePercent(share: number): string {
  if (share < 1 && share >= 0.9995) return `> ${formatValue(99.9)}\u00a0%`;
  return `${formatValue(share * 100)}\u00a0%`;
}

function said({ label, score }: Score): string {
  return `${label} ${formatPercent(score)}`;
}
