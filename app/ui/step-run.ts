// One long piece of work at a time, as a screen follows it: how far it is, what came of it, and a way to stop it.
// Neither words nor elements here.
import { type ReadonlySignal, signal } from '@preact/signals';
import { AppError } from '../../src/contract/errors.ts';
import type { StepsDone } from '../training/deeper.ts';
import type { StepHooks } from '../training/trainer.ts';

export type RunState<T> =
  | { readonly state: 'none' }
  /** Null: nothing has been done yet. */
  | { readonly state: 'running'; readonly done: StepsDone | null }
  | { readonly state: 'done'; readonly value: T }
  | { readonly state: 'stopped' }
  | { readonly state: 'failed'; readonly error: unknown };

export interface StepRun<T> {
  readonly state: ReadonlySignal<RunState<T>>;
  /** Stops what runs and begins anew. Resolves when it is over, whatever the outcome. */
  start(work: (hooks: StepHooks) => Promise<T>): Promise<void>;
  stop(): void;
  /** Stops what runs and forgets what came of it. */
  clear(): void;
}

export function createStepRun<T>(): StepRun<T> {
  const state = signal<RunState<T>>({ state: 'none' });
  let running: AbortController | null = null;

  async function outcome(
    work: (hooks: StepHooks) => Promise<T>,
    mine: AbortController,
  ): Promise<RunState<T>> {
    const onProgress = (done: StepsDone) => {
      if (running === mine && !mine.signal.aborted) state.value = { state: 'running', done };
    };
    try {
      return { state: 'done', value: await work({ onProgress, signal: mine.signal }) };
    } catch (error) {
      const stopped = mine.signal.aborted || (error instanceof AppError && error.code === 'aborted');
      return stopped ? { state: 'stopped' } : { state: 'failed', error };
    }
  }

  return {
    state,
    async start(work) {
      running?.abort();
      const mine = new AbortController();
      running = mine;
      state.value = { state: 'running', done: null };
      const end = await outcome(work, mine);
      if (running !== mine) return;
      running = null;
      state.value = end;
    },
    stop: () => running?.abort(),
    clear() {
      running?.abort();
      running = null;
      state.value = { state: 'none' };
    },
  };
}
