// The connection of this device: its token, and the outbox run at the right moments.
import { computed, signal } from '@preact/signals';
import { ApiError, createClient } from '../../src/client/client.ts';
import type { HeadId } from '../../src/contract/ids.ts';
import { DeviceError } from '../failure.ts';
import type { Connection, ProjectId, SyncRecord } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import { requestBackgroundSync, SYNC_LOCK } from './background.ts';
import { backoffMs } from './backoff.ts';
import { countedFetch } from './counted-fetch.ts';
import { type Problems, resolveConflict, runOutbox } from './outbox.ts';
import type { Sync, SyncState } from './sync.ts';

/** A head that changes with every photo is sent when it has rested so long, ms. */
const REST_MS = 30_000;

/** Starts it; sends nothing while this device is not enrolled. */
export function startSync({
  storage,
  origin = location.origin,
  fetch,
  restMs = REST_MS,
}: {
  readonly storage: Storage;
  readonly origin?: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly restMs?: number;
}): Sync {
  const connection = signal<Connection | null>(null);
  const state = signal<SyncState>({ state: 'off' });
  const heads = signal<ReadonlyMap<ProjectId, SyncRecord>>(new Map());
  const problems = signal<Problems>(new Map());
  const sentBytes = signal(0);
  const counted = countedFetch({ storage, ...(fetch === undefined ? {} : { fetch }) });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let running: Promise<void> | null = null;
  let again = false;

  async function load(): Promise<void> {
    const [known, records, bytes] = await Promise.all([
      storage.setting('connection'),
      storage.syncs(),
      storage.sentBytes(),
    ]);
    connection.value = known;
    heads.value = new Map(records.map((record) => [record.project, record]));
    sentBytes.value = bytes;
    if (known === null) state.value = { state: 'off' };
    else if (!known.valid) state.value = { state: 'refused' };
    else if (state.peek().state === 'off' || state.peek().state === 'refused')
      state.value = { state: 'idle' };
  }

  const clientOf = (known: Connection | null) =>
    createClient({ origin: known?.origin ?? origin, token: known?.token, fetch: counted });

  /** One run at a time; what is asked for meanwhile is one more. */
  function syncNow(): Promise<void> {
    if (running !== null) {
      again = true;
      return running;
    }
    running = run().finally(() => {
      running = null;
      if (!again) return;
      again = false;
      void syncNow();
    });
    return running;
  }

  async function run(): Promise<void> {
    clearTimeout(timer);
    const known = await storage.setting('connection');
    if (known === null || !known.valid || (await storage.syncs()).length === 0) return;
    state.value = { state: 'syncing' };
    try {
      const client = clientOf(known);
      problems.value = await navigator.locks.request(SYNC_LOCK, () =>
        runOutbox({ storage, client, now: () => Date.now() }),
      );
      failures = 0;
      state.value = { state: 'idle' };
    } catch (error) {
      await failed(error, known);
    } finally {
      await load().catch(() => {});
    }
  }

  async function failed(error: unknown, known: Connection): Promise<void> {
    if (error instanceof ApiError && error.status === 401) {
      // The token is of no use any more; what it had to carry waits for another.
      await storage.setSetting('connection', { ...known, valid: false });
      state.value = { state: 'refused' };
      return;
    }
    state.value = { state: 'waiting', error };
    const retryAfter = error instanceof ApiError ? error.retryAfter : null;
    timer = setTimeout(() => void syncNow(), backoffMs(failures++, Math.random(), retryAfter));
    void requestBackgroundSync().catch(() => {});
  }

  function schedule(): void {
    const known = connection.peek();
    if (known === null || !known.valid) return;
    clearTimeout(timer);
    timer = setTimeout(() => void syncNow(), restMs);
    void requestBackgroundSync().catch(() => {});
  }

  storage.onChange(({ what, project, elsewhere }) => {
    if (what === 'sync' || what === 'settings') void load().catch(() => {});
    const isSynced = project !== null && heads.peek().has(project);
    if ((what === 'head' || what === 'project') && isSynced && !elsewhere) schedule();
  });
  addEventListener('online', () => void syncNow());
  document.addEventListener('visibilitychange', () => void syncNow());
  void load()
    .then(syncNow)
    .catch(() => {});

  return {
    connection,
    state: computed(() => state.value),
    heads,
    problems,
    sentBytes,
    client: () => clientOf(connection.peek()),
    async enrol(body) {
      const enrolled = await clientOf(null).devices.enrol(body);
      await storage.setSetting('connection', {
        ...{ origin, token: enrolled.token, device: enrolled.device, owner: enrolled.owner },
        ...{ name: body.name, valid: true },
      });
      await load();
      void syncNow();
    },
    async disconnect() {
      const known = connection.peek();
      if (known?.valid === true)
        await clientOf(known)
          .devices.revoke(known.device)
          .catch(() => {});
      await storage.setSetting('connection', null);
      await load();
    },
    async enable(project, title) {
      if (connection.peek()?.valid !== true) throw new DeviceError('offline', { detail: 'Not connected.' });
      const state = { base: null, local: null, sent: null };
      const head = crypto.randomUUID() as string as HeadId;
      await storage.putSync({ project, head, title, state, syncedAt: null, conflict: null });
      // Read after the record is there: what changes from now on is written into it.
      const answering = await storage.answeringHead(project);
      await storage.updateSync(project, (record) => ({
        ...record,
        state: { ...record.state, local: answering?.revision ?? null },
      }));
      await syncNow();
    },
    async disable(project, { alsoThere }) {
      const record = await storage.sync(project);
      if (record === null) return;
      if (alsoThere)
        await clientOf(connection.peek())
          .heads.delete(record.head)
          .catch((error: unknown) => {
            if (!(error instanceof ApiError && error.status === 404)) throw error;
          });
      await storage.deleteSync(project);
    },
    syncNow,
    async resolve(project, keep) {
      const client = clientOf(connection.peek());
      await resolveConflict({ storage, client, now: () => Date.now() }, project, keep);
      await syncNow();
    },
  };
}
