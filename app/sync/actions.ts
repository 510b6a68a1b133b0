// What a person does about the sync of one head: start, stop, settle a conflict. The caller holds the lock, and runs the
// outbox afterwards.
import { ApiError, type Client } from '../../src/client/client.ts';
import type { HeadId } from '../../src/contract/ids.ts';
import { agree } from '../../src/sync/decide.ts';
import { DeviceError } from '../failure.ts';
import type { ProjectId } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import { fetchHead } from './fetch-head.ts';
import { takeHead } from './outbox.ts';

interface Deps {
  readonly storage: Storage;
  readonly client: Client;
  readonly now: () => number;
}

/** The head gets the project's id, so that one that was left there is found again. */
export async function enable({ storage }: Pick<Deps, 'storage'>, project: ProjectId): Promise<void> {
  if ((await storage.sync(project)) !== null) return;
  if ((await storage.project(project)) === null) throw new DeviceError('project_missing');
  // From the moment that the record is there every change of the head is written into it; one that came between is not.
  for (let known: string | null | undefined; ; ) {
    const local = (await storage.answeringHead(project))?.revision ?? null;
    if (local === known) return;
    known = local;
    await storage.putSync({
      ...{ project, head: project as string as HeadId, title: '', syncedAt: null, conflict: null },
      state: { base: null, local, sent: null },
    });
  }
}

/** @throws ApiError when it is to be deleted there and that does not succeed; syncing goes on then */
export async function disable(
  { storage, client }: Deps,
  project: ProjectId,
  { alsoThere }: { readonly alsoThere: boolean },
): Promise<void> {
  const record = await storage.sync(project);
  if (record === null) return;
  const { base, sent, local } = record.state;
  if (alsoThere) {
    const there = (await client.heads.list()).find(({ id, own }) => own && id === record.head);
    // One that came from elsewhere in the meantime is not what the person wanted to delete.
    const known = [base, sent, local].find((revision) => revision === there?.revision) ?? base;
    if (there !== undefined)
      await client.heads.delete(record.head, known === null ? {} : { revision: known }).catch(unlessGone);
  }
  await storage.deleteSync(project);
}

/** @throws ApiError; AppError when theirs cannot be taken */
export async function resolveConflict(
  deps: Deps,
  project: ProjectId,
  keep: 'mine' | 'theirs',
): Promise<void> {
  const { storage, now } = deps;
  const record = await storage.sync(project);
  const conflict = record?.conflict ?? null;
  if (record === null || conflict === null) return;
  if (keep === 'mine') {
    await storage.updateSync(project, (sync) => ({
      ...sync,
      state: agree(sync.state, conflict.remote),
      conflict: null,
    }));
  } else if (conflict.remote === null) {
    await storage.deleteSync(project);
  } else {
    const head = await fetchHead(deps, record);
    // Null: the head has changed since the person was asked, and they are asked again.
    await takeHead(storage, head, conflict.local, now());
  }
}

function unlessGone(error: unknown): void {
  if (!(error instanceof ApiError) || error.code !== 'head_not_found') throw error;
}
