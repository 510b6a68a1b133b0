// The experiment of a project: which photo, which batch-mates, and what came of it; it stays for as long as the project
// is open. Neither words nor elements here.
import { computed, type ReadonlySignal, signal } from '@preact/signals';
import type { OpenProject } from '../../project/open-project.ts';
import type { ExampleId, ExampleRecord } from '../../storage/schema.ts';
import type { LabResult } from '../../training/deeper.ts';
import { createStepRun, type StepRun } from '../step-run.ts';
import { chooseMates, type MateSet } from './mates.ts';

export interface Outcome {
  readonly result: LabResult;
  /** In the order of the result's mates. */
  readonly sets: readonly MateSet[];
}

export interface Experiment {
  /** The one that was chosen, else the newest; undefined without photos. */
  readonly photo: ReadonlySignal<ExampleRecord | undefined>;
  readonly sets: ReadonlySignal<readonly MateSet[]>;
  readonly run: Pick<StepRun<Outcome>, 'state' | 'stop'>;
  /** Another photo, or other mates: what came of the ones before is forgotten. */
  choose(id: ExampleId): void;
  shuffle(): void;
  /** Resolves when it is over, whatever the outcome. */
  start(): Promise<void>;
}

const experiments = new WeakMap<OpenProject, Experiment>();

/** The same for as long as the project is open. */
export function experimentOf(open: OpenProject): Experiment {
  const found = experiments.get(open) ?? createExperiment(open);
  experiments.set(open, found);
  return found;
}

function createExperiment(open: OpenProject): Experiment {
  const chosen = signal<ExampleId | null>(null);
  const seed = signal(1);
  const run = createStepRun<Outcome>();
  const photo = computed(
    () => open.examples.value.find(({ id }) => id === chosen.value) ?? open.examples.value.at(-1),
  );
  const sets = computed(() =>
    photo.value === undefined ? [] : chooseMates(open.examples.value, photo.value, seed.value),
  );
  return {
    ...{ photo, sets, run },
    choose(id) {
      run.clear();
      chosen.value = id;
    },
    shuffle() {
      run.clear();
      seed.value++;
    },
    async start() {
      const [one, mates] = [photo.peek(), sets.peek()];
      if (one === undefined) return;
      // A newer photo does not take its place from now on.
      chosen.value = one.id;
      await run.start(async (hooks) => ({
        result: await open.lab(
          one.id,
          mates.map(({ photos }) => photos),
          hooks,
        ),
        sets: mates,
      }));
    },
  };
}
