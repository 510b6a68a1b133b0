// A head from the server as the device keeps one: checked to be what it is called, whole, and of this app's trunk.
import { decodeHead } from '../../src/artifact/head-file.ts';
import type { Client } from '../../src/client/client.ts';
import type { HeadSummary } from '../../src/contract/api.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { HeadId } from '../../src/contract/ids.ts';
import type { ClassId, ClassRecord, HeadRecord, ProjectId } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';
import { CLASS_COLOURS } from '../ui/palette.ts';

/** How many classes an answer of a fetched project shows, and below which probability it is not sure. */
const ANSWERS = { topK: 3, threshold: 0.5 };

interface Deps {
  readonly storage: Storage;
  readonly client: Client;
  readonly now: () => number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The server's head of a project, as its kept one; labels become the classes of that name.
 * @throws ApiError; AppError `digest_mismatch`, `head_invalid`, `trunk_mismatch`
 */
export async function fetchHead(
  { storage, client, now, signal }: Deps,
  { project, head: id }: { readonly project: ProjectId; readonly head: HeadId },
): Promise<HeadRecord> {
  const { trunk, make } = await download(client, id, signal);
  const [record, mine] = await Promise.all([storage.project(project), storage.answeringHead(project)]);
  const ours = mine && decodeHead(new Uint8Array(mine.data)).metadata.trunk;
  if (ours !== null && ours !== trunk)
    throw new AppError('trunk_mismatch', { detail: 'It was made on another trunk than the one here.' });
  return make(project, record?.classes ?? [], now());
}

/**
 * Makes a project, without photos, of a head at the server.
 * @returns its id; the next run of the outbox finds both sides the same
 * @throws as `fetchHead`
 */
export async function fetchAsProject({ storage, client, now }: Deps, head: HeadSummary): Promise<ProjectId> {
  const { labels, model, make } = await download(client, head.id);
  const id = crypto.randomUUID() as string as ProjectId;
  const classes = labels.map((name, i) => ({
    id: crypto.randomUUID() as string as ClassId,
    ...{ name, colour: i % CLASS_COLOURS },
  }));
  const { title } = head;
  await storage.putWholeProject({
    project: { id, title, createdAt: now(), updatedAt: now(), model, classes, answers: ANSWERS },
    ...{ examples: [], photos: [], features: [], heads: [make(id, classes, now())] },
    sync: {
      ...{ project: id, head: head.id, title, syncedAt: null, conflict: null },
      state: { base: null, local: null, sent: null },
    },
  });
  return id;
}

async function download(client: Client, id: HeadId, signal?: AbortSignal) {
  const { bytes, revision } = await client.heads.get(id, { signal });
  if ((await sha256Hex(new Uint8Array(bytes))) !== revision)
    throw new AppError('digest_mismatch', { detail: 'It is not what the server calls it. Try again.' });
  const { kind, labels, report, trunk, model, adaptation } = decodeHead(new Uint8Array(bytes)).metadata;
  const make = (project: ProjectId, classes: readonly ClassRecord[], madeAt: number): HeadRecord => ({
    ...{ project, slot: 'kept', revision, data: bytes, kind, report, madeAt, source: 'synced' },
    classes: labels.map((label) => classes.find(({ name }) => name === label)?.id ?? null),
    ...(adaptation === undefined ? {} : { adapted: true }),
  });
  return { labels, trunk, model, make };
}
