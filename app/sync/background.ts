// Background Sync: what a closed page could not send is sent by the service worker once there is a network. Only browsers
// with that API do it; elsewhere the app sends it when it is opened again.
import { ApiError, createClient } from '../../src/client/client.ts';
import { openStorage } from '../storage/database.ts';
import { countedFetch } from './counted-fetch.ts';
import { withSyncLock } from './lock.ts';
import { runOutbox } from './outbox.ts';
import { SYNC_TAG } from './sync-tag.ts';

/** Chromium's event, which no type library knows. */
interface SyncEvent extends Event {
  readonly tag: string;
  waitUntil(work: Promise<unknown>): void;
}

/** For the `sync` event of a service worker. */
export function handleSyncEvent(event: Event): void {
  if (isSyncEvent(event) && event.tag === SYNC_TAG) event.waitUntil(syncInBackground());
}

function isSyncEvent(event: Event): event is SyncEvent {
  return 'tag' in event && 'waitUntil' in event;
}

/** @throws what makes the browser try again later */
async function syncInBackground(): Promise<void> {
  const storage = await openStorage();
  try {
    await withSyncLock(async () => {
      const connection = await storage.setting('connection');
      if (connection === null || !connection.valid) return;
      const { origin, token } = connection;
      const client = createClient({ origin, token, retries: 0, fetch: countedFetch({ storage }) });
      try {
        await runOutbox({ storage, client, now: Date.now });
      } catch (error) {
        // Only the person can do something about it.
        if (!(error instanceof ApiError) || error.status !== 401) throw error;
        await storage.setSetting('connection', { ...connection, valid: false });
      }
    });
  } finally {
    storage.close();
  }
}
