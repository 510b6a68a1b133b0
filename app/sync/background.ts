// Background Sync: the browser runs the outbox when there is a connection again, also when no tab is open.
import { createClient } from '../../src/client/client.ts';
import { openStorage } from '../storage/database.ts';
import { countedFetch } from './counted-fetch.ts';
import { runOutbox } from './outbox.ts';

export const SYNC_TAG = 'topwork-heads';
/** One run at a time, of all tabs and the service worker. */
export const SYNC_LOCK = 'topwork-sync';

/** In the service worker. Rejects when something is left to do, so that the browser tries again. */
export async function handleSyncEvent(): Promise<void> {
  const storage = await openStorage();
  try {
    const connection = await storage.setting('connection');
    if (connection === null || !connection.valid) return;
    const { origin, token } = connection;
    const client = createClient({ origin, token, fetch: countedFetch({ storage }) });
    await navigator.locks.request(SYNC_LOCK, () => runOutbox({ storage, client, now: () => Date.now() }));
  } finally {
    storage.close();
  }
}

/** Asks the browser to run `handleSyncEvent`; does nothing where it cannot. */
export async function requestBackgroundSync(): Promise<void> {
  if (!('serviceWorker' in navigator)) return;
  const registration: ServiceWorkerRegistration & {
    readonly sync?: { register(tag: string): Promise<void> };
  } = await navigator.serviceWorker.ready;
  await registration.sync?.register(SYNC_TAG).catch(() => {});
}
