// The one object that owns the trainer's Web Worker.
import type { Storage } from '../storage/storage.ts';
import type { Trainer } from './trainer.ts';

/** Starts nothing yet. */
export function createTrainer(_: { readonly storage: Storage }): Trainer {
  throw new Error('to be written');
}
