// Makes the app's Pwa: not installable yet.
import { signal } from '@preact/signals';
import type { Storage } from '../storage/storage.ts';
import type { Trainer } from '../training/trainer.ts';
import type { Pwa } from './pwa.ts';

/** Starts it. */
export function startPwa(_: { readonly storage: Storage; readonly trainer: Trainer }): Pwa {
  const nothing = async () => {};
  return {
    offline: signal('unsupported'),
    checkOffline: nothing,
    update: signal(false),
    applyUpdate: nothing,
    install: signal('none'),
    promptInstall: nothing,
    dismissInstall: nothing,
  };
}
