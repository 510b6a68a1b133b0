// What the Check screen shows, from what was learnt and the photos as they are now. Pure. A photo that was moved or
// deleted since is left out at once, before the next fit says so too.
import { type Advice, advise } from '../../../src/head/advice.ts';
import type { ClassId, ClassRecord, ExampleId, ExampleRecord } from '../../storage/schema.ts';
import type { HeldOutAnswer, ShareOf, Trained } from '../../training/trainer.ts';

export interface ClassFigures {
  readonly record: ClassRecord;
  readonly photos: number;
  /** Bursts, and photos that belong to none. */
  readonly takes: number;
  /** Null: nothing of it was held out. */
  readonly recall: ShareOf | null;
  /** Of its held-out photos, how many were called each class, in the order of the classes. */
  readonly called: readonly (readonly HeldOutAnswer[])[];
}

export interface Figures {
  readonly classes: readonly ClassFigures[];
  readonly advice: readonly Advice[];
  /** The least sure first. */
  readonly doubtful: readonly HeldOutAnswer[];
  /** The likeliest in the wrong class first. */
  readonly suspects: readonly HeldOutAnswer[];
}

/** A photo is only then said to be in the wrong class when its own is improbable, and another one is not. */
const SUSPECT_OWN = 0.2;
const SUSPECT_CONFIDENCE = 0.6;
/** What was called with more than this is not in doubt. */
const DOUBTFUL_BELOW = 0.8;

export function figuresOf(
  trained: Trained,
  classes: readonly ClassRecord[],
  examples: readonly ExampleRecord[],
): Figures {
  const known = new Set(classes.map(({ id }) => id));
  const labels = new Map(examples.map((example) => [example.id, example.class]));
  const answers = new Map<ExampleId, HeldOutAnswer>();
  for (const answer of trained.heldOut)
    if (labels.get(answer.example) === answer.class && known.has(answer.predicted))
      answers.set(answer.example, answer);
  const pick = (ids: readonly ExampleId[]) =>
    ids.map((id) => answers.get(id)).filter((answer) => answer !== undefined);
  const all = [...answers.values()];
  const figures = classes.map((record): ClassFigures => {
    const own = all.filter((answer) => answer.class === record.id);
    return {
      record,
      ...countsOf(record.id, examples),
      recall: trained.recall[trained.classes.indexOf(record.id)] ?? null,
      called: classes.map(({ id }) => own.filter(({ predicted }) => predicted === id)),
    };
  });
  return {
    classes: figures,
    advice: advise(
      figures.map(({ photos, takes, recall }) => ({ examples: photos, takes, recall })),
      figures.flatMap(({ called }) => called.map(({ length }) => length)),
    ),
    doubtful: pick(trained.doubtful).filter(({ confidence }) => confidence < DOUBTFUL_BELOW),
    suspects: pick(trained.suspects).filter(
      ({ own, confidence, predicted, class: label }) =>
        predicted !== label && own <= SUSPECT_OWN && confidence >= SUSPECT_CONFIDENCE,
    ),
  };
}

function countsOf(id: ClassId, examples: readonly ExampleRecord[]): Pick<ClassFigures, 'photos' | 'takes'> {
  const own = examples.filter((example) => example.class === id);
  return { photos: own.length, takes: new Set(own.map(({ burst, id: alone }) => burst ?? alone)).size };
}
