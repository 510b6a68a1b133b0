// Makes the app's Sync.
import type { Storage } from '../storage/storage.ts';
import type { Sync } from './sync.ts';

/** Starts it. */
export function startSync(_: { readonly storage: Storage }): Sync {
  throw new Error('to be written');
}
