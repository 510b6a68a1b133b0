// Makes the app's Pwa.
import type { Storage } from '../storage/storage.ts';
import type { Trainer } from '../training/trainer.ts';
import type { Pwa } from './pwa.ts';

/** Starts it. */
export function startPwa(_: { readonly storage: Storage; readonly trainer: Trainer }): Pwa {
  throw new Error('to be written');
}
