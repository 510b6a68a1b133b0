// Brings every synced head and the server into agreement, once: what to do is decided in src/sync/decide.ts, here it is
// done, with the state written before and after. No globals, so that it runs in a page and in a service worker alike;
// the caller holds the lock (one run at a time on a device), and knows when to run again.
import { ApiError, type Client } from '../../src/client/client.ts';
import type { HeadSummary } from '../../src/contract/api.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { Digest, HeadId } from '../../src/contract/ids.ts';
import { acceptPull, agree, type Decision, decide, startPush } from '../../src/sync/decide.ts';
import type { HeadRecord, ProjectId, SyncRecord } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import { fetchHead } from './fetch-head.ts';

/** A head that cannot be synced for a reason of its own. */
export interface Problem {
  /** What the two sides had then: the same is not tried again by itself. */
  readonly local: Digest | null;
  readonly there: Digest | null;
  readonly error: unknown;
}
export type Problems = ReadonlyMap<ProjectId, Problem>;

export interface OutboxOptions {
  readonly storage: Storage;
  /** With `retries: 0`: the caller waits and runs again. */
  readonly client: Client;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
  /** Of the run before; what they are about is left alone until it changes. */
  readonly problems?: Problems | undefined;
}

/** Rounds of one head in one run: somebody is always faster at most so often. */
const MAX_ROUNDS = 8;

/**
 * @returns what stands in the way of single heads
 * @throws ApiError what stands in the way of all: `unauthorized`, `rate_limited`, `unreachable`, …; DeviceError
 */
export async function runOutbox({
  storage,
  client,
  now,
  signal,
  problems = new Map(),
}: OutboxOptions): Promise<Problems> {
  const records = await storage.syncs();
  if (records.length === 0) return new Map();
  let listed = await list();
  const found = new Map<ProjectId, Problem>();
  for (const { project } of records) await settle(project);
  return found;

  /** Own heads only: another's public one of the same id is not this device's. */
  async function list(): Promise<Map<HeadId, HeadSummary>> {
    const heads = await client.heads.list({ signal });
    return new Map(heads.filter(({ own }) => own).map((head) => [head.id, head]));
  }

  async function settle(project: ProjectId): Promise<void> {
    let tried: Omit<Problem, 'error'> = { local: null, there: null };
    try {
      for (let round = 0; round < MAX_ROUNDS; round++) {
        signal?.throwIfAborted();
        const record = await storage.sync(project);
        if (record === null) return;
        const { local } = record.state;
        const there = listed.get(record.head)?.revision ?? null;
        tried = { local, there };
        const known = problems.get(project);
        if (known?.local === local && known.there === there) {
          found.set(project, known);
          return;
        }
        const decision = decide(record.state, { known: true, revision: there });
        if ((await act(record, decision)) === 'done') return await tellTitle(project);
        // What was seen of the server may be older than what was just done.
        listed = await list();
      }
    } catch (error) {
      if (concernsAll(error)) throw error;
      found.set(project, { ...tried, error });
    }
  }

  /** @returns `again`: something has changed meanwhile, look and decide anew */
  async function act(record: SyncRecord, decision: Decision): Promise<'done' | 'again'> {
    const { project } = record;
    switch (decision.action) {
      case 'none':
        await storage.updateSync(project, (sync) =>
          isSettled(sync, decision.revision) ? null : settled(sync, decision.revision, now()),
        );
        return decision.revision === null ? forgetDeleted(project) : 'done';
      case 'wait':
        return 'done';
      case 'push':
        return decision.revision === null
          ? pushDeletion(record, decision)
          : push(record, decision, decision.revision);
      case 'pull':
        return pull(record, decision);
      case 'conflict': {
        const { local, remote } = decision;
        await storage.updateSync(project, (sync) =>
          sync.state.local !== local || (sync.conflict?.local === local && sync.conflict.remote === remote)
            ? null
            : { ...sync, conflict: { local, remote } },
        );
        return 'done';
      }
      default:
        return decision satisfies never;
    }
  }

  async function push(
    { project, head: id }: SyncRecord,
    decision: Extract<Decision, { action: 'push' }>,
    revision: Digest,
  ): Promise<'done' | 'again'> {
    const head = await storage.answeringHead(project);
    if (head?.revision !== revision) return 'again';
    if ((await begin(project, decision)) === null) return 'again';
    try {
      const put = { replaces: decision.ifMatch, signal };
      listed.set(id, await client.heads.put(id, head.data, put));
    } catch (error) {
      if (isChangedMeanwhile(error)) return 'again';
      throw error;
    }
    await storage.updateSync(project, (sync) => ({
      ...settled(sync, revision, now()),
      // One that was made just now is called by its labels.
      title: decision.ifMatch === null ? '' : sync.title,
    }));
    return 'done';
  }

  async function pushDeletion(
    { project, head: id }: SyncRecord,
    decision: Extract<Decision, { action: 'push' }>,
  ): Promise<'done' | 'again'> {
    // A project that has no head at the moment has not deleted it.
    if ((await storage.project(project)) !== null) return 'done';
    if ((await begin(project, decision)) === null) return 'again';
    try {
      await client.heads.delete(id, { ...(decision.ifMatch && { revision: decision.ifMatch }), signal });
    } catch (error) {
      if (isChangedMeanwhile(error)) return 'again';
      throw error;
    }
    listed.delete(id);
    await storage.updateSync(project, (sync) => settled(sync, null, now()));
    return forgetDeleted(project);
  }

  /** Writes down what is about to leave. @returns null when it is not what the device has any more */
  function begin(project: ProjectId, decision: Extract<Decision, { action: 'push' }>) {
    return storage.updateSync(project, (sync) =>
      sync.state.local === decision.revision
        ? { ...sync, state: startPush(sync.state, decision), conflict: null }
        : null,
    );
  }

  async function pull(
    record: SyncRecord,
    { replaces }: Extract<Decision, { action: 'pull' }>,
  ): Promise<'done' | 'again'> {
    const { project } = record;
    // Deleted here, changed there: theirs stays there, and can be fetched as a project again.
    if ((await storage.project(project)) === null) {
      await storage.deleteSync(project, ({ state }) => state.local === null);
      return 'again';
    }
    try {
      const head = await fetchHead({ storage, client, signal, now }, record);
      return (await takeHead(storage, head, replaces, now())) === null ? 'again' : 'done';
    } catch (error) {
      if (isChangedMeanwhile(error)) return 'again';
      throw error;
    }
  }

  /** The record of a deletion that the server knows of has done its work. */
  async function forgetDeleted(project: ProjectId): Promise<'done'> {
    if ((await storage.project(project)) === null)
      await storage.deleteSync(project, ({ state }) => state.local === null);
    return 'done';
  }

  async function tellTitle(project: ProjectId): Promise<void> {
    const [sync, record] = await Promise.all([storage.sync(project), storage.project(project)]);
    if (sync === null || record === null || sync.title === record.title) return;
    if (sync.conflict !== null || sync.state.base === null || !listed.has(sync.head)) return;
    await client.heads.patch(sync.head, { title: record.title }, { signal });
    await storage.updateSync(project, (now) => ({ ...now, title: record.title }));
  }
}

/** Stores a fetched head as the one that answers, unless the device has another one than `replaces` by now. */
export function takeHead(
  storage: Pick<Storage, 'updateSync'>,
  head: HeadRecord,
  replaces: Digest | null,
  now: number,
): Promise<SyncRecord | null> {
  return storage.updateSync(
    head.project,
    (sync) => {
      const state = acceptPull(sync.state, { revision: head.revision, replaces });
      return state && { ...sync, state, conflict: null, syncedAt: now };
    },
    head,
  );
}

function settled(sync: SyncRecord, revision: Digest | null, now: number): SyncRecord {
  return { ...sync, state: agree(sync.state, revision), conflict: null, syncedAt: now };
}

function isSettled({ state, conflict, syncedAt }: SyncRecord, revision: Digest | null): boolean {
  return state.base === revision && state.sent === null && conflict === null && syncedAt !== null;
}

/** The server has another revision than was listed a moment ago, or none. */
function isChangedMeanwhile(error: unknown): boolean {
  return (
    error instanceof ApiError && (error.code === 'precondition_failed' || error.code === 'head_not_found')
  );
}

/** Whether there is no use in going on with the other heads. */
function concernsAll(error: unknown): boolean {
  if (error instanceof ApiError) return error.status < 400 || error.status >= 500 || isForAll(error.status);
  return !(error instanceof AppError);
}

function isForAll(status: number): boolean {
  return status === 401 || status === 403 || status === 429;
}
