// The trainings of a project, which go on while the person looks at another screen: one of each kind at most, and one at
// a time, for as long as the project is open. Neither words nor elements here.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import { AppError } from '../../../src/contract/errors.ts';
import type { TrainingProgress } from '../../../src/head/trainer.ts';
import type { Candidate, OpenProject } from '../../project/open-project.ts';
import type { FineTunedHead, FineTuneSettings, StepsDone } from '../../training/deeper.ts';
import { Diverged } from '../../training/trainer.ts';
import { type CostMeter, createCostMeter } from './cost-meter.ts';
import { TUNE_DEFAULTS, type TuneFields } from './fine-tune-settings.ts';
import { type Fields, PRESETS } from './settings.ts';

export type Outcome<Result extends Candidate> =
  | { readonly state: 'none' }
  /** `preparing`: what has to be done before the next epoch, where that takes long. */
  | { readonly state: 'running'; readonly epochs: number; readonly preparing: StepsDone | null }
  | { readonly state: 'trained'; readonly result: Result }
  | { readonly state: 'stopped' }
  /** Its loss was no number any more; with the head of the last good epoch, if there was one. */
  | { readonly state: 'diverged'; readonly candidate: Candidate | null }
  | { readonly state: 'failed'; readonly error: unknown };

export interface Run<Result> {
  readonly epochs: number;
  /** Epochs of the same training from before it was broken off. */
  readonly earlier?: readonly TrainingProgress[];
  work(hooks: {
    readonly onPreparing: (done: StepsDone) => void;
    readonly onProgress: (progress: TrainingProgress) => void;
    readonly signal: AbortSignal;
  }): Promise<Result>;
}

/** What is seen of a training, whatever it trains. */
export interface Training<Result extends Candidate = Candidate> {
  readonly outcome: ReadonlySignal<Outcome<Result>>;
  /** Of the training that runs or ran last, an epoch each. */
  readonly progress: ReadonlySignal<readonly TrainingProgress[]>;
  /** Resolves when it is over, whatever the outcome. */
  start(run: Run<Result>): Promise<void>;
  stop(): void;
  /** Forgets the candidate and the curves. @returns brings them back, unless another training has begun */
  clear(): () => void;
}

/** A fine-tuned head, and how it was made. */
export interface FineTuneResult extends FineTunedHead {
  readonly settings: FineTuneSettings;
}

export interface Trainings {
  readonly softmax: Training & Form<Fields>;
  readonly fineTune: Training<FineTuneResult> & Form<TuneFields> & { readonly meter: CostMeter };
  /** One of them is running. */
  readonly busy: ReadonlySignal<boolean>;
}

/** Settings as they are typed. */
interface Form<Fields> {
  readonly fields: ReadonlySignal<Fields>;
  change(fields: Partial<Fields>): void;
}

const trainings = new WeakMap<OpenProject, Trainings>();

/** The same for as long as the project is open. */
export function trainingsOf(open: OpenProject): Trainings {
  const found = trainings.get(open) ?? createTrainings();
  trainings.set(open, found);
  return found;
}

function createTrainings(): Trainings {
  const softmax = { ...createTraining<Candidate>(), ...createForm(PRESETS.quick) };
  const fineTune = {
    ...createTraining<FineTuneResult>(),
    ...createForm(TUNE_DEFAULTS),
    meter: createCostMeter(),
  };
  const busy = computed(() =>
    [softmax.outcome, fineTune.outcome].some(({ value }) => value.state === 'running'),
  );
  return { softmax, fineTune, busy };
}

function createForm<Fields>(first: Fields): Form<Fields> {
  const fields = signal(first);
  return {
    fields,
    change(some) {
      fields.value = { ...fields.peek(), ...some };
    },
  };
}

function createTraining<Result extends Candidate>(): Training<Result> {
  const outcome = signal<Outcome<Result>>({ state: 'none' });
  const progress = signal<readonly TrainingProgress[]>([]);
  let running: AbortController | null = null;

  async function outcomeOf({ work, epochs }: Run<Result>, mine: AbortController): Promise<Outcome<Result>> {
    const { signal: aborted } = mine;
    const current = () => running === mine && !aborted.aborted;
    const show = (preparing: StepsDone | null) => {
      if (current()) outcome.value = { state: 'running', epochs, preparing };
    };
    try {
      const result = await work({
        onPreparing: show,
        onProgress(epoch) {
          if (current()) progress.value = [...progress.value, epoch];
          show(null);
        },
        signal: aborted,
      });
      return { state: 'trained', result };
    } catch (error) {
      if (aborted.aborted || (error instanceof AppError && error.code === 'aborted'))
        return { state: 'stopped' };
      if (error instanceof Diverged)
        return { state: 'diverged', candidate: error.lastGood && { trained: error.lastGood } };
      console.error(error);
      return { state: 'failed', error };
    }
  }

  return {
    ...{ outcome, progress },
    async start(run) {
      running?.abort();
      const mine = new AbortController();
      running = mine;
      progress.value = run.earlier ?? [];
      outcome.value = { state: 'running', epochs: run.epochs, preparing: null };
      const result = await outcomeOf(run, mine);
      if (running === mine) outcome.value = result;
    },
    stop: () => running?.abort(),
    clear() {
      running = null;
      const [was, epochs] = [outcome.peek(), progress.peek()];
      progress.value = [];
      outcome.value = { state: 'none' };
      return () => {
        if (outcome.peek().state !== 'none') return;
        progress.value = epochs;
        outcome.value = was;
      };
    },
  };
}
