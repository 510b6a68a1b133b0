// Carries heads between the device and the server, by the pure decision of src/sync. No timers and no events: runs when it
// is called, in a tab or in the service worker. Whatever happens in the middle, a head that the server does not have yet
// stays on the device, and is found again at the next run.

import * as v from 'valibot';
import { decodeHead } from '../../src/artifact/head-file.ts';
import { ApiError, type Client } from '../../src/client/client.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import { AppError } from '../../src/contract/errors.ts';
import { Digest } from '../../src/contract/ids.ts';
import {
  acceptPull,
  agree,
  type Decision,
  decide,
  type RemoteState,
  startPush,
} from '../../src/sync/decide.ts';
import type { HeadRecord, ProjectId, SyncRecord } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

/** Where a head may be changed while it is carried, it is decided again, at most so often in one run. */
const MOST_DECISIONS = 5;

type SyncStorage = Pick<
  Storage,
  'syncs' | 'sync' | 'updateSync' | 'deleteSync' | 'answeringHead' | 'project'
>;
type SyncClient = Pick<Client, 'heads'>;

export interface Outbox {
  readonly storage: SyncStorage;
  readonly client: SyncClient;
  /** ms since the epoch */
  readonly now: () => number;
}

/** What could not be carried, by project. */
export type Problems = ReadonlyMap<ProjectId, unknown>;

/**
 * Syncs every head that is to be synced, one after the other.
 * @returns what stands in the way of single heads
 * @throws ApiError for what stands in the way of all: no connection, a refused token, too many requests
 */
export async function runOutbox(outbox: Outbox): Promise<Problems> {
  const problems = new Map<ProjectId, unknown>();
  const records = await outbox.storage.syncs();
  if (records.length === 0) return problems;
  const there = new Map((await outbox.client.heads.list()).map((head) => [head.id, head]));
  for (const { project, head } of records) {
    try {
      await carry(outbox, project, { known: true, revision: there.get(head)?.revision ?? null });
      await carryTitle(outbox, project, there.get(head)?.title);
    } catch (error) {
      if (isGeneral(error)) throw error;
      problems.set(project, error);
    }
  }
  return problems;
}

/** Settles a conflict; the next run carries what follows from it. */
export async function resolveConflict(
  outbox: Outbox,
  project: ProjectId,
  keep: 'mine' | 'theirs',
): Promise<void> {
  const { storage } = outbox;
  const record = await storage.sync(project);
  const conflict = record?.conflict;
  if (record === null || conflict === null || conflict === undefined) return;
  if (keep === 'mine') {
    await storage.updateSync(project, (now) => ({
      ...now,
      conflict: null,
      state: agree(now.state, conflict.remote),
    }));
    return;
  }
  // There is nothing to take: the head stays here, and is not synced any more.
  if (conflict.remote === null) return storage.deleteSync(project);
  await pull(outbox, record, conflict.local);
}

async function carry(outbox: Outbox, project: ProjectId, first: RemoteState): Promise<void> {
  let remote = first;
  for (let round = 0; round < MOST_DECISIONS; round++) {
    const record = await outbox.storage.sync(project);
    if (record === null) return;
    const decision = decide(record.state, remote);
    const next = await act(outbox, record, decision);
    if (next === null) return;
    remote = next;
  }
}

/** @returns what is known of the server when it must be decided again; null when this is done */
async function act(outbox: Outbox, record: SyncRecord, decision: Decision): Promise<RemoteState | null> {
  const { storage, now } = outbox;
  const { project } = record;
  switch (decision.action) {
    case 'wait':
      return null;
    case 'none':
      if (decision.revision === null) await forgetDeleted();
      else await settle(outbox, project, decision.revision);
      return null;
    case 'conflict': {
      const { local, remote } = decision;
      await storage.updateSync(project, (latest) => ({ ...latest, conflict: { local, remote } }));
      return null;
    }
    case 'pull':
      return (await pull(outbox, record, decision.replaces))
        ? null
        : { known: true, revision: decision.revision };
    case 'push': {
      if (decision.revision === null) {
        // A project that only has no head at the moment is no deletion.
        if ((await storage.project(project)) !== null) return null;
        return pushDeletion(outbox, record, decision);
      }
      const head = await storage.answeringHead(project);
      // Changed since the record was read.
      if (head?.revision !== decision.revision) return { known: true, revision: decision.ifMatch };
      await storage.updateSync(project, (latest) => ({
        ...latest,
        state: startPush(latest.state, decision),
      }));
      try {
        await outbox.client.heads.put(record.head, head.data, { replaces: decision.ifMatch });
      } catch (error) {
        return remoteOf(error);
      }
      await settle(outbox, project, decision.revision);
      // A change that was made meanwhile is seen by the next decision.
      return { known: true, revision: decision.revision };
    }
    default:
      return decision satisfies never;
  }

  /** A record without a head is of a project that has none yet, or of one that was deleted. */
  async function forgetDeleted(): Promise<void> {
    if ((await storage.project(project)) === null) await storage.deleteSync(project);
  }

  async function settle({ storage: to }: Outbox, id: ProjectId, revision: Digest): Promise<void> {
    await to.updateSync(id, (latest) => ({
      ...latest,
      state: agree(latest.state, revision),
      syncedAt: now(),
      conflict: null,
    }));
  }
}

async function pushDeletion(
  { storage, client }: Outbox,
  { project, head }: SyncRecord,
  decision: Extract<Decision, { action: 'push' }>,
): Promise<RemoteState | null> {
  await storage.updateSync(project, (latest) => ({ ...latest, state: startPush(latest.state, decision) }));
  try {
    await client.heads.delete(head, decision.ifMatch === null ? {} : { revision: decision.ifMatch });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) return remoteOf(error);
  }
  await storage.deleteSync(project);
  return null;
}

/** The revision that a refused condition tells. @throws what else it is */
function remoteOf(error: unknown): RemoteState {
  if (!(error instanceof ApiError) || error.code !== 'precondition_failed') throw error;
  // Where the answer does not say which, there is none.
  const revision = v.safeParse(Digest, error.revision);
  return { known: true, revision: revision.success ? revision.output : null };
}

/**
 * Takes the server's head as the project's kept one.
 * @param replaces what the device had when this was decided
 * @returns false when the device has another by now
 */
async function pull(
  { storage, client, now }: Outbox,
  record: SyncRecord,
  replaces: Digest | null,
): Promise<boolean> {
  const { bytes, revision } = await client.heads.get(record.head);
  const head = await headRecordOf(storage, record.project, { bytes, revision, madeAt: now() });
  // The project was deleted here, and changed there: it is the server's, until the person fetches it as a new one.
  if (head === null) {
    await storage.deleteSync(record.project);
    return true;
  }
  const stored = await storage.updateSync(
    record.project,
    (latest) => {
      const state = acceptPull(latest.state, { revision, replaces });
      return state && { ...latest, state, syncedAt: now(), conflict: null };
    },
    head,
  );
  return stored !== null;
}

/**
 * A head from the server as a record of a project, its labels matched with the project's classes by name.
 * @returns null when there is no such project
 * @throws AppError `digest_mismatch`, `head_invalid`
 */
async function headRecordOf(
  storage: SyncStorage,
  id: ProjectId,
  {
    bytes,
    revision,
    madeAt,
  }: { readonly bytes: ArrayBuffer; readonly revision: Digest; readonly madeAt: number },
): Promise<HeadRecord | null> {
  if ((await sha256Hex(new Uint8Array(bytes))) !== revision)
    throw new AppError('digest_mismatch', { detail: 'The head arrived damaged. Try again.' });
  const project = await storage.project(id);
  if (project === null) return null;
  const { metadata } = decodeHead(new Uint8Array(bytes));
  const byName = new Map(project.classes.map((one) => [one.name, one.id]));
  return {
    ...{ project: id, slot: 'kept', revision, data: bytes, madeAt, source: 'synced' },
    ...{ kind: metadata.kind, report: metadata.report },
    classes: metadata.labels.map((label) => byName.get(label) ?? null),
  };
}

async function carryTitle(
  { storage, client }: Outbox,
  id: ProjectId,
  there: string | undefined,
): Promise<void> {
  const [record, project] = await Promise.all([storage.sync(id), storage.project(id)]);
  const title = project?.title;
  if (record === null || title === undefined || record.state.base === null || title === there) return;
  await client.heads.patch(record.head, { title });
  await storage.updateSync(id, (latest) => ({ ...latest, title }));
}

/** Whether an error concerns every head and not only this one. */
function isGeneral(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return [0, 401, 403, 429].includes(error.status) || error.status >= 500;
}
