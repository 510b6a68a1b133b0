// A head of this person that another device made, as a project here: without photos, but it answers.
import { decodeHead } from '../../src/artifact/head-file.ts';
import type { Client } from '../../src/client/client.ts';
import type { HeadSummary } from '../../src/contract/api.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { ClassId, ProjectId } from '../storage/schema.ts';
import type { Storage } from '../storage/storage.ts';

/** @throws ApiError; AppError `digest_mismatch`, `head_invalid`; DeviceError `storage_*` */
export async function receiveHead(
  storage: Storage,
  client: Pick<Client, 'heads'>,
  { id, title, model }: HeadSummary,
): Promise<ProjectId> {
  const { bytes, revision } = await client.heads.get(id);
  if ((await sha256Hex(new Uint8Array(bytes))) !== revision)
    throw new AppError('digest_mismatch', { detail: 'The head arrived damaged. Try again.' });
  const { metadata } = decodeHead(new Uint8Array(bytes));
  const project = crypto.randomUUID() as string as ProjectId;
  const now = Date.now();
  const classes = metadata.labels.map((name, colour) => ({
    id: crypto.randomUUID() as string as ClassId,
    ...{ name, colour },
  }));
  await storage.putWholeProject({
    project: {
      ...{ id: project, title, model, classes, createdAt: now, updatedAt: now },
      answers: { topK: 3, threshold: 0.5 },
    },
    ...{ examples: [], photos: [], features: [] },
    heads: [
      {
        ...{ project, slot: 'kept', revision, data: bytes, madeAt: now, source: 'synced' },
        ...{ kind: metadata.kind, report: metadata.report, classes: classes.map((one) => one.id) },
      },
    ],
    sync: {
      ...{ project, head: id, title, syncedAt: now, conflict: null },
      state: { base: revision, local: revision, sent: null },
    },
  });
  return project;
}
