// Devices in D1.
import * as v from 'valibot';
import { type Device, type DeviceStore, LAST_USE_STEP_MS } from './device-store.ts';
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
 * Devices of the tables `owners` and `devices`.
 * @throws AppError `storage_failed`, from every method
 */
export function createD1DeviceStore(db: D1Database): DeviceStore {
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
    authenticate: (tokenDigest, now) =>
      guardStorage(async () => {
        const found = await db
          .prepare('SELECT * FROM devices WHERE token_sha256 = ?')
          .bind(tokenDigest)
          .first();
        if (found === null) return null;
        const device = deviceOf(found);
        if (now - Date.parse(device.lastUsedAt) < LAST_USE_STEP_MS) return device;
        const lastUsedAt = new Date(now).toISOString();
        await db
          .prepare('UPDATE devices SET last_used_at = ? WHERE id = ?')
          .bind(lastUsedAt, device.id)
          .run();
        return { ...device, lastUsedAt };
      }),
  };
}

function deviceOf(row: unknown): Device {
  const { created_at: createdAt, last_used_at: lastUsedAt, ...rest } = v.parse(Row, row);
  return { ...rest, createdAt, lastUsedAt };
}
