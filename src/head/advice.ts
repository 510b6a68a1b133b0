// Which classes need more, or more varied, examples: rules of thumb on the figures of a training, as data and without
// words.
import type { Share } from './evaluate.ts';

/** What is known of one class. */
export interface ClassFigures {
  readonly examples: number;
  /** Bursts, and examples that belong to none. */
  readonly takes: number;
  /** Share of its held-out examples that were recognised; null when nothing was held out. */
  readonly recall: Pick<Share, 'value' | 'n'> | null;
}

/**
 * `none`: no examples. `few`: fewer than ten. `one-burst`: all of them are near-copies. `confused`: often taken for one
 * other class. `weak`: often not recognised, and taken for this and that.
 */
export interface Advice {
  /** Index of the class. */
  readonly class: number;
  readonly reason: 'none' | 'few' | 'one-burst' | 'confused' | 'weak';
  /** The class that it is taken for. */
  readonly with?: number;
}

const FEW = 10;
/** A class is weak below this recall, if it was not one mistake alone. */
const WEAK = 0.8;
const LEAST_MISTAKES = 2;
/** Share of a class's mistakes that makes another class the one it is taken for. */
const MOST = 0.5;

/**
 * At most one advice for each class, the most urgent first: what is missing before what is recognised badly, and within
 * that the class with the fewest examples or the lowest recall.
 * @param confusion [k,k], row-major: how often class row was called class column; may be empty when nothing was held out
 */
export function advise(classes: readonly ClassFigures[], confusion: ArrayLike<number>): readonly Advice[] {
  return classes
    .map((figures, c) => adviseOn(figures, c, confusion, classes.length))
    .filter((found) => found !== null)
    .sort((a, b) => a.urgency - b.urgency)
    .map(({ advice }) => advice);
}

/** Urgencies below 0 are of missing examples, shares from 0 on are recalls. */
function adviseOn(
  { examples, takes, recall }: ClassFigures,
  c: number,
  confusion: ArrayLike<number>,
  k: number,
): { readonly advice: Advice; readonly urgency: number } | null {
  if (examples === 0) return { advice: { class: c, reason: 'none' }, urgency: Number.NEGATIVE_INFINITY };
  if (examples < FEW) return { advice: { class: c, reason: 'few' }, urgency: examples - 2 * FEW };
  if (takes === 1) return { advice: { class: c, reason: 'one-burst' }, urgency: -1 };
  if (recall === null || recall.value >= WEAK) return null;
  const row = Array.from({ length: k }, (_, other) => (other === c ? 0 : (confusion[c * k + other] ?? 0)));
  const mistakes = row.reduce((a, b) => a + b, 0);
  if (mistakes < LEAST_MISTAKES) return null;
  const most = Math.max(...row);
  const urgency = recall.value;
  return most >= LEAST_MISTAKES && most >= MOST * mistakes
    ? { advice: { class: c, reason: 'confused', with: row.indexOf(most) }, urgency }
    : { advice: { class: c, reason: 'weak' }, urgency };
}
