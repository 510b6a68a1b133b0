// Makes the app's Sync: not connected yet.
import { signal } from '@preact/signals';
import { createClient } from '../../src/client/client.ts';
import { DeviceError } from '../failure.ts';
import type { Storage } from '../storage/storage.ts';
import type { Sync } from './sync.ts';

/** Starts it. */
export function startSync(_: { readonly storage: Storage }): Sync {
  const no = async () => {
    throw new DeviceError('offline');
  };
  return {
    connection: signal(null),
    state: signal({ state: 'off' }),
    heads: signal(new Map()),
    sentBytes: signal(0),
    enrol: no,
    disconnect: no,
    client: () => createClient({ origin: location.origin }),
    enable: no,
    disable: no,
    syncNow: no,
    resolve: no,
  };
}
