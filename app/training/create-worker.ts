// The one place that knows where the trainer's Web Worker is.

/** For the trainer, or to be thrown away. */
export function createTrainerWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'trainer' });
}
