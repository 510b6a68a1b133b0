// Devices and link codes in D1. Each change is one statement, or one batch, which D1 runs as a transaction: a request
// that was allowed a moment ago changes nothing once its device is revoked.
import * as v from 'valibot';
import { MAX_DEVICES } from '../../src/contract/limits.ts';
import { type Device, type DeviceStore, isNewUse } from './device-store.ts';
import { OwnerId } from './head-store.ts';
import { guardStorage } from './storage-error.ts';

const Row = v.object({
  id: v.string(),
  owner: OwnerId,
  name: v.string(),
  created_at: v.string(),
  last_used_at: v.string(),
});

/**
 * Devices of the tables `owners`, `devices` and `links`.
 * @throws AppError `storage_failed`, from every method
 */
export function createD1DeviceStore(db: D1Database): DeviceStore {
  const list = async (owner: OwnerId) => {
    const { results } = await db
      .prepare('SELECT * FROM devices WHERE owner = ? ORDER BY created_at, rowid')
      .bind(owner)
      .all();
    return results.map(deviceOf);
  };

  return {
    enrol: ({ name, tokenDigest, now }) =>
      guardStorage(async () => {
        const time = new Date(now).toISOString();
        const owner = v.parse(OwnerId, crypto.randomUUID());
        const id = crypto.randomUUID();
        await db.batch([
          db.prepare('INSERT INTO owners (id, created_at) VALUES (?, ?)').bind(owner, time),
          db
            .prepare(
              `INSERT INTO devices (id, owner, name, token_sha256, created_at, last_used_at)
               VALUES (?, ?, ?, ?, ?, ?)`,
            )
            .bind(id, owner, name, tokenDigest, time, time),
        ]);
        return { id, owner, name, createdAt: time, lastUsedAt: time };
      }),
    createLink: ({ device, codeDigest, expiresAt }) =>
      guardStorage(async () => {
        const created = await db
          .prepare(
            `INSERT INTO links (owner, code_sha256, expires_at)
             SELECT owner, ?2, ?3 FROM devices
             WHERE id = ?1 AND (SELECT count(*) FROM devices WHERE owner = ?4) < ${MAX_DEVICES}
             ON CONFLICT (owner) DO UPDATE SET code_sha256 = ?2, expires_at = ?3 RETURNING owner`,
          )
          .bind(device.id, codeDigest, new Date(expiresAt).toISOString(), device.owner)
          .first();
        if (created !== null) return 'created';
        return (await list(device.owner)).some(({ id }) => id === device.id) ? 'full' : 'revoked';
      }),
    join: ({ name, tokenDigest, codeDigest, now }) =>
      guardStorage(async () => {
        const [joined] = await db.batch([
          db
            .prepare(
              `INSERT INTO devices (id, owner, name, token_sha256, created_at, last_used_at)
               SELECT ?1, owner, ?2, ?3, ?4, ?4 FROM links WHERE code_sha256 = ?5 AND expires_at > ?4 RETURNING *`,
            )
            .bind(crypto.randomUUID(), name, tokenDigest, new Date(now).toISOString(), codeDigest),
          db.prepare('DELETE FROM links WHERE code_sha256 = ?').bind(codeDigest),
        ]);
        const row = joined?.results[0];
        return row === undefined ? null : deviceOf(row);
      }),
    authenticate: (tokenDigest, now) =>
      guardStorage(async () => {
        const found = await db
          .prepare('SELECT * FROM devices WHERE token_sha256 = ?')
          .bind(tokenDigest)
          .first();
        if (found === null) return null;
        const device = deviceOf(found);
        if (!isNewUse(device.lastUsedAt, now)) return device;
        const lastUsedAt = new Date(now).toISOString();
        await db
          .prepare('UPDATE devices SET last_used_at = ? WHERE id = ?')
          .bind(lastUsedAt, device.id)
          .run();
        return { ...device, lastUsedAt };
      }),
    list: (owner) => guardStorage(() => list(owner)),
    revoke: (id, owner) =>
      guardStorage(async () => {
        const [, revoked] = await db.batch([
          db
            .prepare(
              `DELETE FROM links
               WHERE owner = ?2 AND EXISTS (SELECT 1 FROM devices WHERE id = ?1 AND owner = ?2)`,
            )
            .bind(id, owner),
          db.prepare('DELETE FROM devices WHERE id = ? AND owner = ? RETURNING id').bind(id, owner),
          db
            .prepare(
              `DELETE FROM keys WHERE owner = ?1 AND NOT EXISTS (SELECT 1 FROM devices WHERE owner = ?1)`,
            )
            .bind(owner),
        ]);
        return revoked?.results.length === 1;
      }),
  };
}

function deviceOf(row: unknown): Device {
  const { created_at: createdAt, last_used_at: lastUsedAt, ...rest } = v.parse(Row, row);
  return { ...rest, createdAt, lastUsedAt };
}
