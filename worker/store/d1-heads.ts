// Heads in D1, their bytes in R2. Bytes are written before the row that names them and removed after it, so that
// a row never names bytes that are not there.
import * as v from 'valibot';
import { Visibility } from '../../src/contract/api.ts';
import { AppError } from '../../src/contract/errors.ts';
import { Digest, HeadId, ModelName } from '../../src/contract/ids.ts';
import {
  type HeadPut,
  type HeadRecord,
  type HeadStore,
  judgePut,
  MAX_LISTED_HEADS,
  meets,
  OwnerId,
  type PutResult,
} from './head-store.ts';
import { guardStorage } from './storage-error.ts';

const HeadRow = v.object({
  key: v.string(),
  owner: OwnerId,
  id: HeadId,
  title: v.nullable(v.string()),
  model: ModelName,
  trunk: Digest,
  revision: Digest,
  labels: v.pipe(v.string(), v.parseJson(), v.array(v.string())),
  bytes: v.number(),
  visibility: Visibility,
  created_at: v.string(),
  updated_at: v.string(),
});
const RevisionRow = v.object({ digest: Digest, bytes: v.number(), created_at: v.string() });

/** Another request may change the head between our reading and our writing; after so many times we give up. */
const MAX_ATTEMPTS = 4;
/** Most objects that one R2 call lists and deletes. */
const R2_PAGE = 1000;

/**
 * Heads of the tables `heads` and `revisions`.
 * @throws AppError `storage_failed`, from every method
 */
export function createD1HeadStore(db: D1Database, bucket: R2Bucket): HeadStore {
  const firstHead = async (statement: D1PreparedStatement) => headOf(await statement.first());
  const owned = (id: HeadId, owner: OwnerId) =>
    firstHead(db.prepare('SELECT * FROM heads WHERE owner = ? AND id = ?').bind(owner, id));
  const publicOf = (id: HeadId) =>
    firstHead(db.prepare("SELECT * FROM heads WHERE id = ? AND visibility = 'public'").bind(id));

  async function list(where: string, reader: OwnerId | null): Promise<HeadRecord[]> {
    const { results } = await db
      .prepare(`SELECT * FROM heads WHERE ${where} ORDER BY updated_at DESC, id LIMIT ${MAX_LISTED_HEADS}`)
      .bind(reader ?? '')
      .all();
    return results.flatMap((row) => headOf(row) ?? []);
  }

  /** Writes bytes and row, the row only if nobody was faster; null: somebody was. */
  async function store(put: HeadPut, stored: HeadRecord | null): Promise<PutResult | null> {
    const key = stored?.key ?? crypto.randomUUID();
    const object = `${key}/${put.revision}`;
    await bucket.put(object, put.content, { sha256: put.revision });
    const row = stored === null ? insertHead(db, key, put) : updateHead(db, stored, put);
    const [changed] = await db.batch([row, recordRevision(db, key, put)]);
    const head = headOf(changed?.results[0] ?? null);
    if (head !== null) return { outcome: stored === null ? 'created' : 'replaced', head };
    // The bytes of a head that was not created belong to nobody. Those of a replacement go when the head goes.
    if (stored === null) await bucket.delete(object);
    return null;
  }

  /** Removes the bytes of deleted heads, left-overs of failed attempts included. */
  async function sweepOrphans(): Promise<void> {
    const { results } = await db.prepare('SELECT key FROM orphans LIMIT 10').all();
    for (const { key } of v.parse(v.array(v.object({ key: v.string() })), results)) {
      for (let more = true; more; ) {
        const page = await bucket.list({ prefix: `${key}/`, limit: R2_PAGE });
        if (page.objects.length > 0) await bucket.delete(page.objects.map((object) => object.key));
        more = page.truncated;
      }
      await db.prepare('DELETE FROM orphans WHERE key = ?').bind(key).run();
    }
  }

  return {
    find: (id, reader) =>
      guardStorage(() =>
        firstHead(
          db
            .prepare(
              `SELECT * FROM heads WHERE id = ?1 AND (owner = ?2 OR visibility = 'public')
               ORDER BY owner = ?2 DESC LIMIT 1`,
            )
            .bind(id, reader ?? ''),
        ),
      ),
    findOwned: (id, owner) => guardStorage(() => owned(id, owner)),
    list: (reader) =>
      guardStorage(async () => [
        ...(await list('owner = ?', reader)),
        ...(await list("owner <> ? AND visibility = 'public'", reader)),
      ]),
    put: (put) =>
      guardStorage(async () => {
        for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
          const stored = await owned(put.id, put.owner);
          const judged = judgePut(stored, put);
          if (judged !== null) return judged;
          if (stored === null && put.visibility === 'public' && (await publicOf(put.id)) !== null)
            return { outcome: 'taken' };
          const result = await store(put, stored);
          if (result !== null) return result;
        }
        throw new AppError('storage_failed', { detail: 'The head keeps changing. Try again.' });
      }),
    patch: (id, owner, { title, visibility }, now) =>
      guardStorage(async () => {
        const head = await firstHead(
          db
            .prepare(
              `UPDATE OR IGNORE heads
               SET title = coalesce(?3, title), visibility = coalesce(?4, visibility), updated_at = ?5
               WHERE owner = ?1 AND id = ?2 RETURNING *`,
            )
            .bind(owner, id, title ?? null, visibility ?? null, new Date(now).toISOString()),
        );
        if (head !== null) return { outcome: 'replaced', head };
        return { outcome: (await owned(id, owner)) === null ? 'missing' : 'taken' };
      }),
    delete: (id, owner, expected) =>
      guardStorage(async () => {
        const stored = await owned(id, owner);
        if (stored === null) return 'missing';
        if (!meets(expected, stored)) return stored;
        const condition = 'FROM heads WHERE key = ?1 AND (?2 OR revision = ?3)';
        const values = [stored.key, expected === 'any' ? 1 : 0, stored.revision];
        const [, deleted] = await db.batch([
          db.prepare(`INSERT INTO orphans (key) SELECT key ${condition}`).bind(...values),
          db.prepare(`DELETE ${condition} RETURNING key`).bind(...values),
        ]);
        if (deleted?.results.length === 0) return (await owned(id, owner)) ?? 'missing';
        await sweepOrphans();
        return 'deleted';
      }),
    revisions: (head) =>
      guardStorage(async () => {
        const { results } = await db
          .prepare('SELECT digest, bytes, created_at FROM revisions WHERE head = ? ORDER BY sequence DESC')
          .bind(head.key)
          .all();
        return v
          .parse(v.array(RevisionRow), results)
          .map(({ created_at: createdAt, ...revision }) => ({ ...revision, createdAt }));
      }),
    read: (head, revision) =>
      guardStorage(async () => {
        const object = await bucket.get(`${head.key}/${revision}`);
        return object === null ? null : new Uint8Array(await object.arrayBuffer());
      }),
  };
}

function insertHead(db: D1Database, key: string, put: HeadPut): D1PreparedStatement {
  const time = new Date(put.now).toISOString();
  return db
    .prepare(
      `INSERT INTO heads (key, owner, id, model, trunk, revision, labels, bytes, visibility, created_at, updated_at)
       VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10) ON CONFLICT DO NOTHING RETURNING *`,
    )
    .bind(
      ...[key, put.owner, put.id, put.model, put.trunk, put.revision, JSON.stringify(put.labels)],
      ...[put.content.length, put.visibility, time],
    );
}

function updateHead(db: D1Database, stored: HeadRecord, put: HeadPut): D1PreparedStatement {
  return db
    .prepare(
      `UPDATE heads SET model = ?3, trunk = ?4, revision = ?5, labels = ?6, bytes = ?7, updated_at = ?8
       WHERE key = ?1 AND revision = ?2 RETURNING *`,
    )
    .bind(
      ...[stored.key, stored.revision, put.model, put.trunk, put.revision, JSON.stringify(put.labels)],
      ...[put.content.length, new Date(put.now).toISOString()],
    );
}

/** Notes in the history that the statement just before, in the same transaction, gave the head these bytes. */
function recordRevision(db: D1Database, key: string, put: HeadPut): D1PreparedStatement {
  return db
    .prepare(
      `INSERT INTO revisions (head, digest, bytes, created_at) SELECT ?1, ?2, ?3, ?4 WHERE changes() > 0`,
    )
    .bind(key, put.revision, put.content.length, new Date(put.now).toISOString());
}

function headOf(row: unknown): HeadRecord | null {
  if (row === null) return null;
  const { created_at: createdAt, updated_at: updatedAt, ...rest } = v.parse(HeadRow, row);
  return { ...rest, createdAt, updatedAt };
}
