// The learning loop of an open project: features of new photos, then the live head, again and again until both are as
// the examples are. One thing at a time, always from the latest state; what it makes is stored when it has settled.
import { effect, type ReadonlySignal, signal, untracked } from '@preact/signals';
import { sha256Hex } from '../../src/contract/digest.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { ClassId, FeatureSpace } from '../storage/schema.ts';
import type { TrainerStatus, TrainingSet } from '../training/trainer.ts';
import type { FeatureKeeper } from './features.ts';
import type { Heads } from './heads.ts';
import type { Learning } from './open-project.ts';
import type { Workspace } from './workspace.ts';

/** After so long without another fit the live head is stored, ms. */
const SETTLE_MS = 500;
/** In a burst of photos fitting takes at most this share of the time. */
const FITTING_SHARE = 0.25;

export interface Learner {
  readonly learning: ReadonlySignal<Learning>;
  /** Looks again whether there is something to do. */
  poke(): void;
  /** Shows what went wrong, until a fit succeeds. */
  report(error: unknown): void;
  /** The examples whose features the trainer has, and their classes. */
  trainingSet(): TrainingSet;
  /** Resolves when no photo lacks features. @throws AppError `aborted`; what stands in the way */
  caughtUp(signal: AbortSignal): Promise<void>;
  /** Stores the live head now. */
  save(): Promise<void>;
}

export function startLearning(workspace: Workspace, features: FeatureKeeper, heads: Heads): Learner {
  const { trainer, project, examples, closed } = workspace;
  const learning = signal<Learning>({ pending: 0, fitting: false, live: null, error: null });
  /** The status that says ready; another object is another start. */
  let session: TrainerStatus | null = null;
  let fitted: { readonly basis: string; readonly endedAt: number; readonly ms: number } | null = null;
  let fitting = false;
  let failure: unknown = null;
  let unsaved: (() => Promise<void>) | null = null;
  let saveTimer: ReturnType<typeof setTimeout> | undefined;
  let restTimer: ReturnType<typeof setTimeout> | undefined;
  let running = false;
  let poked = false;

  function show(): void {
    const [pending, live, error] = [features.pending(), heads.live.peek(), failure ?? features.problem()];
    learning.value = { pending, fitting, live, error };
  }

  function report(error: unknown): void {
    failure = error;
    show();
  }

  function poke(): void {
    poked = true;
    if (running) show();
    else void run();
  }

  async function run(): Promise<void> {
    running = true;
    while (poked) {
      poked = false;
      try {
        while (await step()) show();
      } catch (error) {
        // Not tried again until something changes; a trainer that failed says so itself, and pokes when it is back.
        failure = error;
      }
    }
    running = false;
    show();
  }

  /** @returns whether there may be more to do */
  async function step(): Promise<boolean> {
    const status = trainer.status.peek();
    if (closed.aborted || status.state !== 'ready') return false;
    if (session !== status) {
      session = status;
      fitted = null;
      failure = null;
      features.restart();
    }
    if (!teachable(examples.peek())) {
      fitted = null;
      heads.live.value = null;
      show();
    }
    const set = trainingSet();
    const basis = basisOf(status.space, set);
    const fitDue = teachable(set.examples) && basis !== fitted?.basis;
    const rest = fitDue ? restMs() : 0;
    if (features.due() && !(fitDue && rest <= 0)) await features.step(status.space);
    else if (fitDue && rest <= 0) await refit(set, basis);
    else {
      clearTimeout(restTimer);
      if (fitDue) restTimer = setTimeout(poke, rest);
      return false;
    }
    return true;
  }

  /** How long to leave the trainer to photos and to the live view before it fits again, ms. */
  function restMs(): number {
    if (fitted === null) return 0;
    return fitted.endedAt + fitted.ms * (1 / FITTING_SHARE - 1) - performance.now();
  }

  async function refit(set: TrainingSet, basis: string): Promise<void> {
    const from = performance.now();
    fitting = true;
    show();
    try {
      const trained = await trainer.fit(set);
      const digest = await sha256Hex(new TextEncoder().encode(basis));
      heads.live.value = trained;
      failure = null;
      unsaved = async () => {
        if (heads.stored.peek()?.basis !== digest) await heads.store(trained, digest);
      };
      clearTimeout(saveTimer);
      if (closed.aborted) await save();
      else saveTimer = setTimeout(save, SETTLE_MS);
    } catch (error) {
      failure = error;
    }
    // Whatever came of it, the same is not tried twice.
    const endedAt = performance.now();
    fitted = { basis, endedAt, ms: endedAt - from };
    fitting = false;
  }

  async function save(): Promise<void> {
    clearTimeout(saveTimer);
    const write = unsaved;
    unsaved = null;
    await write?.().catch(report);
  }

  function trainingSet(): TrainingSet {
    const ready = examples.peek().filter(({ id }) => features.has(id));
    const used = new Set<ClassId>(ready.map((example) => example.class));
    return {
      classes: project
        .peek()
        .classes.filter(({ id }) => used.has(id))
        .map(({ id, name }) => ({ id, name })),
      examples: ready.map(({ id, class: of, burst }) => ({ id, class: of, burst })),
    };
  }

  async function caughtUp(wanted: AbortSignal): Promise<void> {
    const either = AbortSignal.any([wanted, closed]);
    for (;;) {
      if (either.aborted) throw new AppError('aborted', { detail: 'It was stopped.' });
      const status = trainer.status.peek();
      if (status.state === 'failed') throw status.error;
      if (status.state === 'ready' && !features.due()) return;
      if (status.state === 'ready' && !running && failure !== null) throw failure;
      await nextChange(() => [trainer.status.value, learning.value], either);
    }
  }

  const stopWatching = effect(() => {
    void [trainer.status.value, project.value, examples.value];
    untracked(poke);
  });
  const onVisibility = () => {
    if (document.visibilityState === 'hidden') void save();
  };
  document.addEventListener('visibilitychange', onVisibility, { signal: closed });
  closed.addEventListener('abort', () => {
    stopWatching();
    void save();
  });

  return { learning, poke, report, trainingSet, caughtUp, save };
}

/** At least two classes have examples. */
function teachable(examples: readonly { readonly class: ClassId }[]): boolean {
  return new Set(examples.map((example) => example.class)).size >= 2;
}

/** Everything that a head of these examples depends on, as text. */
export function basisOf(space: FeatureSpace, { classes, examples }: TrainingSet): string {
  const rows = examples.map(({ id, class: of, burst }) => [id, of, burst]);
  return JSON.stringify([space, classes.map(({ id, name }) => [id, name]), rows]);
}

/** Resolves when one of the signals that `read` reads changes, or at the abortion. */
async function nextChange(read: () => unknown, signal: AbortSignal): Promise<void> {
  let stop = () => {};
  await new Promise<void>((done) => {
    let first = true;
    stop = effect(() => {
      read();
      if (!first) done();
      first = false;
    });
    signal.addEventListener('abort', () => done(), { once: true });
  });
  stop();
}
