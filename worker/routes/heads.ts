// /api/heads: list, put, get, delete, patch, history and rollback. A head of somebody else is the same 404 as none at all.
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as v from 'valibot';
import { decodeHead } from '../../src/artifact/head-file.ts';
import { HeadPatch, type HeadSummary, RollbackBody } from '../../src/contract/api.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { Digest, HeadId } from '../../src/contract/ids.ts';
import { checkOverlay } from '../../src/trunk/overlay.ts';
import type { Catalog } from '../catalog.ts';
import { findHead, listHeads, requireHeadWriter } from '../guard.ts';
import { checkHeadFits } from '../head-check.ts';
import type { IdentityVariables, Principal } from '../identity.ts';
import type { Trunks } from '../inference/trunks.ts';
import { headBody, smallBody } from '../limits.ts';
import { etagOf, expectedOfDelete, expectedOfPut, expectedOfRollback, isCurrent } from '../preconditions.ts';
import { headNotFound, problemResponse } from '../problem.ts';
import {
  type Expected,
  type HeadRecord,
  type HeadStore,
  type Revision,
  summaryOf,
} from '../store/head-store.ts';
import { HeadParam, RevisionParam, validate } from '../validate.ts';

type HeadEnv = { Variables: IdentityVariables & { requestId: string } };

const Patch = v.pipe(
  HeadPatch,
  v.check((patch) => Object.keys(patch).length > 0, 'give a title or a visibility'),
);
/** What depends on who asks must not be answered to somebody else. */
const OWN = { 'Cache-Control': 'private, no-cache', Vary: 'Authorization' };
/** A revision is named by its digest: whoever has it has it for good. */
const OWN_FOR_GOOD = { ...OWN, 'Cache-Control': 'private, max-age=31536000, immutable' };

export function headRoutes({
  heads,
  catalog,
  trunks,
  now,
}: {
  readonly heads: HeadStore;
  readonly catalog: Catalog;
  readonly trunks: Pick<Trunks, 'model'>;
  readonly now: () => number;
}) {
  /** @throws AppError `head_not_found`, `forbidden` */
  const find = (id: HeadId, principal: Principal | null) => findHead(heads, id, principal, 'heads:read');

  /** Making a head public shows what it is, not what it was: its past stays its owner's. */
  async function history(head: HeadRecord, principal: Principal | null): Promise<Revision[]> {
    const all = await heads.revisions(head);
    return head.owner === principal?.owner ? [...all] : all.slice(0, 1);
  }

  async function bytesOf(
    c: Context<HeadEnv>,
    head: HeadRecord,
    revision: Digest,
    caching = OWN,
  ): Promise<Response> {
    const headers = {
      ...caching,
      ETag: etagOf(revision),
      'X-Topwork-Model': head.model,
      'X-Topwork-Revision': revision,
    };
    if (isCurrent(c.req.header('If-None-Match'), revision)) return c.body(null, 304, headers);
    const bytes = (await heads.read(head, revision)) ?? unreadable();
    return c.body(new Uint8Array(bytes), 200, {
      ...headers,
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${head.id}.safetensors"`,
    });
  }

  /** Makes these bytes the head, if they fit and the expected revision is stored. */
  async function store(c: Context<HeadEnv>, id: HeadId, content: Uint8Array, expected: Expected) {
    const { kind, owner } = requireHeadWriter(c.var.principal);
    const loaded = decodeHead(content);
    const { model, trunk, labels } = loaded.metadata;
    const models = await catalog.list();
    const manifest = models.find(({ name }) => name === model);
    checkHeadFits(loaded, manifest);
    if (loaded.overlay.size > 0)
      await checkOverlay(await trunks.model(manifest), loaded.overlay, loaded.metadata);
    if (models.some(({ name }) => name === `${id}`)) checkDefaultHead(id, kind, `${model}`);
    const result = await heads.put({
      ...{ owner, id, model, trunk, labels, content, expected, now: now() },
      revision: await sha256Hex(content),
      visibility: kind === 'operator' ? 'public' : 'private',
    });
    switch (result.outcome) {
      case 'created':
        return answer(c, result.head, 201);
      case 'replaced':
      case 'unchanged':
        return answer(c, result.head, 200);
      case 'conflict':
        return conflict(c, result.head);
      case 'missing':
        return missing(id);
      case 'taken':
        return taken(id);
      default:
        return result satisfies never;
    }
  }

  return (
    new Hono<HeadEnv>()
      .get('/', async (c) => {
        const listed = await listHeads(heads, c.var.principal);
        return c.json(
          { heads: listed.map((head) => summaryOf(head, c.var.principal?.owner ?? null)) },
          200,
          OWN,
        );
      })
      .put('/:head', validate('param', HeadParam), requireWriter, bodyLimit(headBody), async (c) => {
        const id = c.req.valid('param').head;
        const expected = expectedOfPut({
          ifMatch: c.req.header('If-Match'),
          ifNoneMatch: c.req.header('If-None-Match'),
        });
        const content = new Uint8Array(await c.req.arrayBuffer());
        return store(c, id, content, expected);
      })
      .get('/:head', validate('param', HeadParam), async (c) => {
        const head = await find(c.req.valid('param').head, c.var.principal);
        return bytesOf(c, head, head.revision);
      })
      .patch(
        '/:head',
        validate('param', HeadParam),
        requireWriter,
        bodyLimit(smallBody),
        validate('json', Patch),
        async (c) => {
          const id = c.req.valid('param').head;
          const { owner } = requireHeadWriter(c.var.principal);
          const result = await heads.patch(id, owner, c.req.valid('json'), now());
          if (result.outcome === 'replaced') return answer(c, result.head, 200);
          return result.outcome === 'taken' ? taken(id) : missing(id);
        },
      )
      .delete('/:head', validate('param', HeadParam), requireWriter, async (c) => {
        const id = c.req.valid('param').head;
        const { owner } = requireHeadWriter(c.var.principal);
        const result = await heads.delete(id, owner, expectedOfDelete(c.req.header('If-Match')));
        if (result === 'missing') return missing(id);
        return result === 'deleted' ? c.body(null, 204) : conflict(c, result);
      })
      .get('/:head/revisions', validate('param', HeadParam), async (c) => {
        const head = await find(c.req.valid('param').head, c.var.principal);
        return c.json({ revisions: await history(head, c.var.principal) }, 200, OWN);
      })
      .get('/:head/revisions/:digest', validate('param', RevisionParam), async (c) => {
        const { head: id, digest } = c.req.valid('param');
        const head = await find(id, c.var.principal);
        const known = (await history(head, c.var.principal)).some((revision) => revision.digest === digest);
        return known ? bytesOf(c, head, digest, OWN_FOR_GOOD) : noRevision(id);
      })
      // The old bytes become the head as if they were put again: they must still fit the trunk that is served, the
      // history goes on, and of concurrent changes one wins.
      .post(
        '/:head/rollback',
        validate('param', HeadParam),
        requireWriter,
        bodyLimit(smallBody),
        validate('json', RollbackBody),
        async (c) => {
          const id = c.req.valid('param').head;
          const { to } = c.req.valid('json');
          const { owner } = requireHeadWriter(c.var.principal);
          const expected = expectedOfRollback(c.req.header('If-Match'));
          const head = (await heads.findOwned(id, owner)) ?? missing(id);
          // Only what is in the history: bytes without an entry are left-overs of a put that lost.
          if (!(await heads.revisions(head)).some(({ digest }) => digest === to)) return noRevision(id);
          const content = (await heads.read(head, to)) ?? unreadable();
          return store(c, id, content, expected);
        },
      )
  );
}

/** Refuses before the body is read. */
async function requireWriter(c: Context<HeadEnv>, next: () => Promise<void>): Promise<void> {
  requireHeadWriter(c.var.principal);
  await next();
}

/** The head named like a model is the model's default one: the operator's, and made for that very model. */
function checkDefaultHead(id: HeadId, kind: Principal['kind'], model: string): void {
  if (kind !== 'operator')
    throw new AppError('head_id_taken', { detail: `"${id}" is kept for the operator. Choose another id.` });
  if (model !== id)
    throw new AppError('trunk_mismatch', {
      detail: `The default head of "${id}" must be trained on it, and this one was trained on "${model}".`,
    });
}

function answer<Status extends 200 | 201>(c: Context<HeadEnv>, head: HeadRecord, status: Status) {
  const summary: HeadSummary = summaryOf(head, c.var.principal?.owner ?? null);
  return c.json(summary, status, { ...OWN, ETag: etagOf(head.revision) });
}

function conflict(c: Context<HeadEnv>, { id, revision }: HeadRecord): Response {
  const detail = `The head "${id}" has another revision: "${revision}". Get it, settle the difference, and try again.`;
  return problemResponse(new AppError('precondition_failed', { detail }), {
    requestId: c.var.requestId,
    headers: { ETag: etagOf(revision) },
    extra: { revision },
  });
}

function missing(id: HeadId): never {
  throw headNotFound(id);
}

function noRevision(id: HeadId): never {
  throw new AppError('head_not_found', { detail: `The head "${id}" has no such revision.` });
}

function unreadable(): never {
  throw new AppError('storage_failed', { detail: 'The bytes of this head cannot be read now. Try again.' });
}

function taken(id: HeadId): never {
  throw new AppError('head_id_taken', {
    detail: `There is a public head "${id}" of somebody else already. Choose another id.`,
  });
}
