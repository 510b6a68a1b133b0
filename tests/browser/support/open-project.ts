// An open project made of signals, for tests of screens. Photos really move and leave, so that a screen shows what a
// person would see; what a test does not expect to be called throws.
import { type Signal, signal } from '@preact/signals';
import type { Learning, OpenProject } from '../../../app/project/open-project.ts';
import type {
  BurstId,
  ClassId,
  ExampleRecord,
  HeadRecord,
  ProjectRecord,
} from '../../../app/storage/schema.ts';
import type { HeldOutAnswer, ShareOf, Trained } from '../../../app/training/trainer.ts';
import { wilson } from '../../../src/head/evaluate.ts';
import { anExample, digest } from './records.ts';

export interface FakeOpenProject extends OpenProject {
  readonly project: Signal<ProjectRecord>;
  readonly examples: Signal<readonly ExampleRecord[]>;
  readonly learning: Signal<Learning>;
  readonly kept: Signal<HeadRecord | null>;
}

/** 1x1 px. */
const PIXEL = 'data:image/gif;base64,R0lGODlhAQABAIAAAAUEBAAAACwAAAAAAQABAAACAkQBADs=';

export interface Given {
  readonly examples?: readonly ExampleRecord[];
  readonly live?: Trained | null;
  readonly kept?: HeadRecord | null;
  readonly actions?: Partial<OpenProject>;
}

export function fakeOpenProject(
  record: ProjectRecord,
  { examples: given = [], live = null, kept: keptHead = null, actions = {} }: Given = {},
): FakeOpenProject {
  const project = signal(record);
  const examples = signal(given);
  const learning = signal<Learning>({ pending: 0, fitting: false, live, error: null });
  const kept = signal(keptHead);
  const backTo = (before: readonly ExampleRecord[]) => async () => {
    examples.value = before;
  };
  return {
    ...{ project, examples, learning, kept },
    rename: unexpected('rename'),
    setAnswers: unexpected('setAnswers'),
    addClass: unexpected('addClass'),
    renameClass: unexpected('renameClass'),
    recolourClass: unexpected('recolourClass'),
    moveClass: unexpected('moveClass'),
    mergeClass: unexpected('mergeClass'),
    deleteClass: unexpected('deleteClass'),
    addFrame: unexpected('addFrame'),
    addFiles: unexpected('addFiles'),
    async deleteExamples(ids) {
      const before = examples.value;
      examples.value = before.filter(({ id }) => !ids.includes(id));
      return backTo(before);
    },
    async moveExamples(ids, to) {
      const before = examples.value;
      examples.value = before.map((example) =>
        ids.includes(example.id) ? { ...example, class: to } : example,
      );
      return backTo(before);
    },
    photoUrl: async () => PIXEL,
    predictFrame: async () => null,
    predictFile: async () => null,
    trainSoftmax: unexpected('trainSoftmax'),
    fineTuneCost: unexpected('fineTuneCost'),
    fineTune: unexpected('fineTune'),
    brokenOff: signal(null),
    forgetBrokenOff: unexpected('forgetBrokenOff'),
    adapt: unexpected('adapt'),
    lab: unexpected('lab'),
    keep: unexpected('keep'),
    async discardKept() {
      const before = kept.value;
      kept.value = null;
      return async () => {
        kept.value = before;
      };
    },
    headFile: async () => kept.value,
    close() {},
    ...actions,
  };
}

/** One photo for each pair of what it is and what it is called, as indices of the project's classes. */
export function judged(
  project: ProjectRecord,
  pairs: readonly (readonly [is: number, called: number, confidence?: number])[],
  burstOf: (i: number) => string | null = () => null,
): { readonly examples: readonly ExampleRecord[]; readonly heldOut: readonly HeldOutAnswer[] } {
  const idOf = (c: number): ClassId => {
    const found = project.classes[c];
    if (found === undefined) throw new Error(`There is no class ${c}.`);
    return found.id;
  };
  const examples = pairs.map(([is], i) =>
    anExample(project, { class: idOf(is), burst: burstOf(i) as BurstId | null }),
  );
  const heldOut = pairs.map(([is, called, confidence = 0.9], i): HeldOutAnswer => {
    const example = examples[i];
    if (example === undefined) throw new Error('There is an example for each pair.');
    const own = is === called ? confidence : 1 - confidence;
    return { example: example.id, class: idOf(is), predicted: idOf(called), own, confidence };
  });
  return { examples, heldOut };
}

/** What a fit would say of such answers. */
export function trainedOn(
  project: ProjectRecord,
  heldOut: readonly HeldOutAnswer[],
  change: Partial<Trained> = {},
): Trained {
  const right = (answers: readonly HeldOutAnswer[]): ShareOf | null =>
    answers.length === 0
      ? null
      : wilson(answers.filter((answer) => answer.class === answer.predicted).length, answers.length);
  const of = (id: ClassId) => heldOut.filter((answer) => answer.class === id);
  const idsBy = (answers: readonly HeldOutAnswer[], key: (answer: HeldOutAnswer) => number) =>
    answers.toSorted((a, b) => key(a) - key(b)).map(({ example }) => example);
  return {
    kind: 'ridge',
    data: new ArrayBuffer(8),
    revision: digest('b'),
    classes: project.classes.map(({ id }) => id),
    report: {
      examples: project.classes.map(({ id }) => of(id).length),
      heldOut: heldOut.length === 0 ? 'none' : 'burst',
      accuracy: right(heldOut),
      lambda: 0.001,
    },
    heldOut,
    doubtful: idsBy(heldOut, ({ confidence }) => confidence),
    suspects: idsBy(
      heldOut.filter((answer) => answer.class !== answer.predicted),
      ({ own }) => own,
    ),
    recall: project.classes.map(({ id }) => right(of(id))),
    outlook: null,
    fitMs: 12,
    ...change,
  };
}

function unexpected(name: string): () => never {
  return () => {
    throw new Error(`${name} was not expected.`);
  };
}
