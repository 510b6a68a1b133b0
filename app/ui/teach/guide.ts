// What to do next, and what stands in the way, as data: the words are chosen where they are shown. Pure.
import { type Advice, advise } from '../../../src/head/advice.ts';
import type { Learning } from '../../project/open-project.ts';
import type { ClassId, ClassRecord, ExampleRecord } from '../../storage/schema.ts';
import type { Trained, TrainerStatus } from '../../training/trainer.ts';

/** Why answers are not there yet, or not what was taught. */
export type ModelNote =
  /** On its way, or starting; how far it is stands at the top of every screen. */
  | { readonly kind: 'awaited' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'learning-failed'; readonly error: unknown }
  | { readonly kind: 'kept' }
  | { readonly kind: 'learning'; readonly pending: number };

/** Fewer photos than this are learned from before anyone has read about it. */
const WORTH_SAYING = 4;

export function modelNote(
  status: TrainerStatus,
  { pending, error }: Pick<Learning, 'pending' | 'error'>,
  hasKept: boolean,
): ModelNote | null {
  switch (status.state) {
    case 'failed':
      return { kind: 'failed' };
    case 'downloading':
    case 'starting':
      return { kind: 'awaited' };
  }
  if (hasKept) return { kind: 'kept' };
  if (error !== null) return { kind: 'learning-failed', error };
  return pending >= WORTH_SAYING ? { kind: 'learning', pending } : null;
}

/** The next step; shares in [0,1]. */
export type Step =
  | { readonly kind: 'no-class' }
  | { readonly kind: 'first' | 'second' | 'next'; readonly class: ClassRecord }
  | {
      readonly kind: 'few' | 'one-burst' | 'weak';
      readonly class: ClassRecord;
      readonly examples: number;
    }
  | { readonly kind: 'confused'; readonly class: ClassRecord; readonly with: ClassRecord }
  | {
      readonly kind: 'outlook';
      /** Of the photos that were held out. */
      readonly now: number;
      readonly later: { readonly more: number; readonly low: number; readonly high: number } | null;
    };

export function nextStep(
  classes: readonly ClassRecord[],
  byClass: ReadonlyMap<ClassId, readonly ExampleRecord[]>,
  live: Trained | null,
  selected: ClassId | null,
): Step | null {
  const photos = (one: ClassRecord) => byClass.get(one.id) ?? [];
  const empty = classes.filter((one) => photos(one).length === 0);
  const chosen = classes.find((one) => one.id === selected) ?? classes[0];
  if (chosen === undefined) return { kind: 'no-class' };
  if (empty.length === classes.length) return { kind: 'first', class: chosen };
  const [next] = empty;
  if (next !== undefined)
    return { kind: classes.length - empty.length === 1 ? 'second' : 'next', class: next };
  const [advice] = adviceOn(classes, photos, live);
  const about = advice === undefined ? undefined : classes[advice.class];
  if (advice !== undefined && about !== undefined) {
    const other = advice.with === undefined ? undefined : classes[advice.with];
    if (advice.reason === 'confused' && other !== undefined)
      return { kind: 'confused', class: about, with: other };
    const kind = advice.reason === 'few' || advice.reason === 'one-burst' ? advice.reason : 'weak';
    return { kind, class: about, examples: photos(about).length };
  }
  if (live === null || live.heldOut.length === 0) return null;
  const right = live.heldOut.filter((answer) => answer.predicted === answer.class).length;
  return { kind: 'outlook', now: right / live.heldOut.length, later: live.outlook };
}

function adviceOn(
  classes: readonly ClassRecord[],
  photos: (one: ClassRecord) => readonly ExampleRecord[],
  live: Trained | null,
): readonly Advice[] {
  const indexOf = new Map(classes.map(({ id }, index) => [id, index]));
  const confusion = new Uint32Array(classes.length ** 2);
  for (const answer of live?.heldOut ?? []) {
    const [is, called] = [indexOf.get(answer.class), indexOf.get(answer.predicted)];
    if (is === undefined || called === undefined) continue;
    const cell = is * classes.length + called;
    confusion[cell] = (confusion[cell] ?? 0) + 1;
  }
  const figures = classes.map((one) => {
    const own = photos(one);
    const bursts = new Set(own.map(({ burst }) => burst).filter((burst) => burst !== null));
    return {
      examples: own.length,
      takes: bursts.size + own.filter(({ burst }) => burst === null).length,
      recall: live?.recall[live.classes.indexOf(one.id)] ?? null,
    };
  });
  return advise(figures, confusion);
}
