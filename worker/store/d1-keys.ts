// Keys in D1.
import * as v from 'valibot';
import { KeyScope } from '../../src/contract/api.ts';
import { HeadId } from '../../src/contract/ids.ts';
import { MAX_KEYS } from '../../src/contract/limits.ts';
import { isNewUse } from './device-store.ts';
import { OwnerId } from './head-store.ts';
import { type Key, type KeyStore, orderedScopes } from './key-store.ts';
import { guardStorage } from './storage-error.ts';

const Row = v.object({
  id: v.string(),
  owner: OwnerId,
  name: v.string(),
  scopes: v.pipe(v.string(), v.parseJson(), v.array(KeyScope)),
  head: v.nullable(HeadId),
  created_at: v.string(),
  last_used_at: v.nullable(v.string()),
  expires_at: v.nullable(v.string()),
});

/**
 * Keys of the table `keys`.
 * @throws AppError `storage_failed`, from every method
 */
export function createD1KeyStore(db: D1Database): KeyStore {
  return {
    create: ({ device, name, scopes, head, expiresAt, tokenDigest, now }) =>
      guardStorage(async () => {
        const created = await db
          .prepare(
            `INSERT INTO keys (id, owner, name, token_sha256, scopes, head, created_at, expires_at)
             SELECT ?2, owner, ?3, ?4, ?5, ?6, ?7, ?8 FROM devices
             WHERE id = ?1 AND (SELECT count(*) FROM keys WHERE owner = ?9) < ${MAX_KEYS} RETURNING *`,
          )
          .bind(
            ...[device.id, crypto.randomUUID(), name, tokenDigest, JSON.stringify(orderedScopes(scopes))],
            ...[head, new Date(now).toISOString()],
            ...[expiresAt === null ? null : new Date(expiresAt).toISOString(), device.owner],
          )
          .first();
        if (created !== null) return keyOf(created);
        const asks = await db.prepare('SELECT id FROM devices WHERE id = ?').bind(device.id).first();
        return asks === null ? 'revoked' : 'full';
      }),
    authenticate: (tokenDigest, now) =>
      guardStorage(async () => {
        const time = new Date(now).toISOString();
        const found = await db
          .prepare('SELECT * FROM keys WHERE token_sha256 = ? AND (expires_at IS NULL OR expires_at > ?)')
          .bind(tokenDigest, time)
          .first();
        if (found === null) return null;
        const key = keyOf(found);
        if (!isNewUse(key.lastUsedAt, now)) return key;
        await db.prepare('UPDATE keys SET last_used_at = ? WHERE id = ?').bind(time, key.id).run();
        return { ...key, lastUsedAt: time };
      }),
    list: (owner) =>
      guardStorage(async () => {
        const { results } = await db
          .prepare('SELECT * FROM keys WHERE owner = ? ORDER BY created_at, rowid')
          .bind(owner)
          .all();
        return results.map(keyOf);
      }),
    revoke: (id, owner) =>
      guardStorage(async () => {
        const revoked = await db
          .prepare('DELETE FROM keys WHERE id = ? AND owner = ? RETURNING id')
          .bind(id, owner)
          .first();
        return revoked !== null;
      }),
  };
}

function keyOf(row: unknown): Key {
  const {
    created_at: createdAt,
    last_used_at: lastUsedAt,
    expires_at: expiresAt,
    ...rest
  } = v.parse(Row, row);
  return { ...rest, createdAt, lastUsedAt, expiresAt };
}
