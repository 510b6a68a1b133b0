// Makes the app's Sync: the connection, and when which head is brought into agreement with the server. What talks to the
// server about heads (outbox.ts, actions.ts) is fetched when there is a connection.
import { computed, signal } from '@preact/signals';
import { ApiError, type Client, createClient } from '../../src/client/client.ts';
import { DeviceError } from '../failure.ts';
import type { Connection, ProjectId, SyncRecord } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import { askForBackgroundSync } from './ask-background.ts';
import { countedFetch } from './counted-fetch.ts';
import { withSyncLock } from './lock.ts';
import type { Problems } from './outbox.ts';
import { createRhythm } from './rhythm.ts';
import type { Sync, SyncState } from './sync.ts';
import { SYNC_TAG } from './sync-tag.ts';

/** Starts it; nothing is sent before there is a connection. */
export function startSync({
  storage,
  fetch,
  restMs,
  origin = location.origin,
}: {
  readonly storage: Storage;
  /** What sends; the browser's own unless said. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** How long after the last change of a head it is sent, ms. */
  readonly restMs?: number | undefined;
  readonly origin?: string;
}): Sync & { stop(): void } {
  const connection = signal<Connection | null>(null);
  const heads = signal<ReadonlyMap<ProjectId, SyncRecord>>(new Map());
  const problems = signal<Problems>(new Map());
  const sentBytes = signal(0);
  const busy = signal(false);
  const failure = signal<unknown>(null);
  const state = computed<SyncState>(() => {
    if (connection.value === null) return { state: 'off' };
    if (!connection.value.valid) return { state: 'refused' };
    if (busy.value) return { state: 'syncing' };
    return failure.value === null ? { state: 'idle' } : { state: 'waiting', error: failure.value };
  });
  const counted = countedFetch({
    storage,
    fetch,
    onRefused(authorization) {
      const now = connection.peek();
      if (now?.valid && authorization === `Bearer ${now.token}`) void markRefused(now);
    },
  });
  /** The run of this tab that talks to the server at the moment. */
  let current: AbortController | null = null;
  let last: Promise<void> = Promise.resolve();
  let queued: Promise<void> | null = null;
  /** Then what was refused is tried again. */
  let askedByPerson = false;

  const rhythm = createRhythm({
    restMs,
    run: (what) => void (what === 'all' || hasChanges() ? sync() : undefined),
    leave() {
      if (!hasChanges()) return;
      void sync();
      void askForBackgroundSync(SYNC_TAG);
    },
  });
  const stopListening = storage.onChange(({ what, project }) => {
    if (what === 'sync' || what === 'project') void load();
    if (what === 'settings') void loadConnection();
    const mayMatter = what === 'head' || what === 'project';
    if (mayMatter && project !== null && heads.peek().has(project)) rhythm.changed();
  });
  void Promise.all([load(), loadConnection()]).then(() => sync());

  function clientFor(to: Connection | null, retries?: number): Client {
    return createClient({ origin: to?.origin ?? origin, token: to?.token, fetch: counted, retries });
  }

  /** Heads that the server has not got as they are here; names of projects come along some time. */
  function hasChanges(): boolean {
    return [...heads.peek().values()].some(({ state: { local, base } }) => local !== base);
  }

  async function load(): Promise<void> {
    const read = await Promise.all([storage.syncs(), storage.sentBytes()]).catch(() => null);
    if (read === null) return;
    const [records, bytes] = read;
    heads.value = new Map(records.map((record) => [record.project, record]));
    sentBytes.value = bytes;
  }

  async function loadConnection(): Promise<void> {
    const stored = await storage.setting('connection').catch(() => null);
    if (JSON.stringify(stored) !== JSON.stringify(connection.peek())) connection.value = stored;
  }

  async function markRefused(refused: Connection): Promise<void> {
    const changed = { ...refused, valid: false };
    // In another tab the person may have disconnected meanwhile, or connected anew.
    const stored = await storage.setting('connection').catch(() => null);
    if (stored?.token !== refused.token) return;
    connection.value = changed;
    await storage.setSetting('connection', changed).catch(() => {});
  }

  /** Runs the outbox, after the run that is under way, if there is one. */
  function sync({ everything = false } = {}): Promise<void> {
    askedByPerson ||= everything;
    queued ??= last.then(() => {
      queued = null;
      return runOnce();
    });
    last = queued;
    return queued;
  }

  async function runOnce(): Promise<void> {
    if (!connection.peek()?.valid) return;
    const abort = new AbortController();
    try {
      const { runOutbox } = await import('./outbox.ts');
      await withSyncLock(async () => {
        const to = connection.peek();
        if (!to?.valid) return;
        current = abort;
        busy.value = true;
        const known = askedByPerson ? undefined : problems.peek();
        askedByPerson = false;
        const options = { storage, client: clientFor(to, 0), now: Date.now, signal: abort.signal };
        problems.value = await runOutbox({ ...options, problems: known });
      });
      failure.value = null;
      rhythm.succeeded();
    } catch (error) {
      // Stopped by what the person does, which runs it anew.
      if (abort.signal.aborted) return;
      if (error instanceof ApiError && error.status === 401) return;
      failure.value = error;
      rhythm.failed(error);
      void askForBackgroundSync(SYNC_TAG);
    } finally {
      current = null;
      busy.value = false;
      await load();
    }
  }

  /** Something that the person does, at once: what is under way here is stopped, and finds out later how far it got. */
  async function act(
    work: (
      deps: {
        readonly storage: Storage;
        readonly client: Client;
        readonly now: () => number;
      },
      actions: typeof import('./actions.ts'),
    ) => Promise<void>,
  ): Promise<void> {
    const to = connection.peek();
    if (to === null) throw new DeviceError('offline', { detail: 'This device is not connected.' });
    const actions = await import('./actions.ts');
    current?.abort();
    await withSyncLock(() => work({ storage, client: clientFor(to), now: Date.now }, actions));
    await load();
  }

  return {
    ...{ connection, state, heads, sentBytes },
    problems: computed(() => new Map([...problems.value].map(([project, { error }]) => [project, error]))),
    client: () => clientFor(connection.peek()),
    syncNow: () => sync({ everything: true }),

    async enrol(body) {
      const client = createClient({ origin, fetch: counted });
      const { device, owner, token } = await client.devices.enrol(body);
      const made = { origin, token, device, owner, name: body.name, valid: true };
      await storage.setSetting('connection', made);
      connection.value = made;
      void sync({ everything: true });
    },
    async disconnect() {
      const to = connection.peek();
      if (to === null) return;
      current?.abort();
      // Whether or not it can be reached: the person wants this device to forget it.
      if (to.valid)
        await clientFor(to, 0)
          .devices.revoke(to.device)
          .catch(() => {});
      await storage.setSetting('connection', null);
      connection.value = null;
      failure.value = null;
    },

    async enable(project) {
      await act((deps, { enable }) => enable(deps, project));
      await sync();
    },
    async disable(project, options) {
      await act((deps, { disable }) => disable(deps, project, options));
      void sync();
    },
    async resolve(project, keep) {
      await act((deps, { resolveConflict }) => resolveConflict(deps, project, keep));
      await sync({ everything: true });
    },
    stop() {
      rhythm.stop();
      stopListening();
      current?.abort();
    },
  };
}
