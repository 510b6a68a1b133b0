// The training of a project, which goes on while the person looks at another screen: one at a time, for as long as the
// project is open. Neither words nor elements here.
import { type ReadonlySignal, signal } from '@preact/signals';
import { AppError } from '../../../src/contract/errors.ts';
import type { TrainingProgress } from '../../../src/head/trainer.ts';
import type { Candidate, OpenProject } from '../../project/open-project.ts';
import { Diverged } from '../../training/trainer.ts';
import { type Fields, type Options, PRESETS } from './settings.ts';

export type Outcome =
  | { readonly state: 'none' }
  | { readonly state: 'running'; readonly epochs: number }
  | { readonly state: 'trained'; readonly candidate: Candidate }
  | { readonly state: 'stopped' }
  /** Its loss was no number any more; with the head of the last good epoch, if there was one. */
  | { readonly state: 'diverged'; readonly candidate: Candidate | null }
  | { readonly state: 'failed'; readonly error: unknown };

export interface Training {
  readonly fields: ReadonlySignal<Fields>;
  readonly outcome: ReadonlySignal<Outcome>;
  /** Of the training that runs or ran last, an epoch each. */
  readonly progress: ReadonlySignal<readonly TrainingProgress[]>;
  change(fields: Partial<Fields>): void;
  /** Resolves when it is over, whatever the outcome. */
  start(options: Options): Promise<void>;
  stop(): void;
  /** Forgets the candidate and the curves. */
  clear(): void;
}

const trainings = new WeakMap<OpenProject, Training>();

/** The same for as long as the project is open. */
export function trainingOf(open: OpenProject): Training {
  const found = trainings.get(open) ?? createTraining(open);
  trainings.set(open, found);
  return found;
}

function createTraining(open: OpenProject): Training {
  const fields = signal<Fields>(PRESETS.quick);
  const outcome = signal<Outcome>({ state: 'none' });
  const progress = signal<readonly TrainingProgress[]>([]);
  let running: AbortController | null = null;

  async function run(options: Options, { signal: aborted }: AbortController): Promise<Outcome> {
    const onProgress = (epoch: TrainingProgress) => {
      if (!aborted.aborted) progress.value = [...progress.value, epoch];
    };
    try {
      const candidate = await open.trainSoftmax(options, { onProgress, signal: aborted });
      return { state: 'trained', candidate };
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
    ...{ fields, outcome, progress },
    change(some) {
      fields.value = { ...fields.peek(), ...some };
    },
    async start(options) {
      running?.abort();
      const mine = new AbortController();
      running = mine;
      progress.value = [];
      outcome.value = { state: 'running', epochs: options.epochs ?? 0 };
      const result = await run(options, mine);
      if (running === mine) outcome.value = result;
    },
    stop: () => running?.abort(),
    clear() {
      running = null;
      progress.value = [];
      outcome.value = { state: 'none' };
    },
  };
}
