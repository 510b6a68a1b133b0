// Whose turn it is in the Web Worker: jobs in small steps, the most urgent first, so that a live frame never waits for
// more than one step of anything else, and nothing waits for ever. No messages and no tensors here.

/** A job gives way at each `yield`, and returns its result. */
export type Job<T> = AsyncGenerator<void, T, void>;

export interface Scheduler {
  /** @param urgency lower goes first; among equals the one that came first. */
  run<T>(urgency: number, job: Job<T>): Promise<T>;
}

interface Waiting {
  readonly urgency: number;
  readonly step: () => Promise<boolean>;
}

/** @param breathe lets messages in between two steps */
export function createScheduler(breathe: () => Promise<void>): Scheduler {
  const waiting: Waiting[] = [];
  let running = false;

  async function loop(): Promise<void> {
    running = true;
    for (let next = waiting[0]; next !== undefined; next = waiting[0]) {
      const ended = await next.step();
      if (ended) waiting.splice(waiting.indexOf(next), 1);
      await breathe();
    }
    running = false;
  }

  return {
    run(urgency, job) {
      return new Promise((resolve, reject) => {
        const step = () =>
          job.next().then(
            ({ done, value }) => {
              if (done === true) resolve(value);
              return done === true;
            },
            (error: unknown) => {
              reject(error);
              return true;
            },
          );
        const at = waiting.findIndex((other) => other.urgency > urgency);
        waiting.splice(at < 0 ? waiting.length : at, 0, { urgency, step });
        if (!running) void loop();
      });
    },
  };
}
