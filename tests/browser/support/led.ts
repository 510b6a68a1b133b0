// A long piece of work that a test leads: it waits for the test to say how it goes on, and stops when it is told to.

import type { StepHooks } from '../../../app/training/trainer.ts';
import { AppError } from '../../../src/contract/errors.ts';

export interface Led<T> {
  /** What the screen asked with. */
  readonly hooks: StepHooks[];
  /** Hand it to the screen. */
  run(hooks: StepHooks): Promise<T>;
  progress(done: number, of: number): void;
  resolve(value: T): void;
  reject(error: unknown): void;
}

export function led<T>(): Led<T> {
  const hooks: StepHooks[] = [];
  let resolve: (value: T) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  return {
    hooks,
    run: (asked) => {
      hooks.push(asked);
      return new Promise<T>((yes, no) => {
        resolve = yes;
        reject = no;
        asked.signal.addEventListener('abort', () => no(new AppError('aborted', { detail: 'Stopped.' })));
      });
    },
    progress: (done, of) => hooks.at(-1)?.onProgress({ done, of }),
    resolve: (value) => resolve(value),
    reject: (error) => reject(error),
  };
}
