import { env } from 'cloudflare:workers';
import * as v from 'valibot';
import { beforeEach, describe, expect, it } from 'vitest';
import { HeadId } from '../../../src/contract/ids.ts';
import { MAX_KEYS } from '../../../src/contract/limits.ts';
import { createD1DeviceStore } from '../../../worker/store/d1-devices.ts';
import { createD1KeyStore } from '../../../worker/store/d1-keys.ts';
import { type Device, type DeviceStore, LAST_USE_STEP_MS } from '../../../worker/store/device-store.ts';
import type { KeyStore } from '../../../worker/store/key-store.ts';
import { createMemoryIdentities } from '../../../worker/store/memory-identities.ts';

const NOW = Date.UTC(2026, 0, 1);
let serial = 0;
const fresh = (what: string) => `${what}-${++serial}`;

describe.each([
  ['in memory', createMemoryIdentities],
  ['on D1', () => ({ devices: createD1DeviceStore(env.DB), keys: createD1KeyStore(env.DB) })],
])('KeyStore %s', (_, create) => {
  let devices: DeviceStore;
  let keys: KeyStore;
  let ann: Device;
  let bob: Device;
  beforeEach(async () => {
    ({ devices, keys } = create());
    const enrol = () => devices.enrol({ name: 'phone', tokenDigest: fresh('device'), now: NOW });
    [ann, bob] = [await enrol(), await enrol()];
  });

  type Wish = Partial<Parameters<KeyStore['create']>[0]>;
  const make = (rest: Wish = {}) =>
    keys.create({
      ...{ device: ann, name: 'shop', scopes: ['predict'], head: null, expiresAt: null, now: NOW },
      ...{ tokenDigest: fresh('key'), ...rest },
    });

  it('makes a key of the owner of the device, and knows it by the digest of its token alone', async () => {
    const tokenDigest = fresh('key');
    const key = await make({
      ...{ tokenDigest, scopes: ['heads:read', 'predict'], head: v.parse(HeadId, 'mine') },
      expiresAt: NOW + 1000,
    });
    expect(key).toEqual({
      id: expect.any(String),
      owner: ann.owner,
      name: 'shop',
      scopes: ['predict', 'heads:read'],
      head: 'mine',
      createdAt: '2026-01-01T00:00:00.000Z',
      lastUsedAt: null,
      expiresAt: '2026-01-01T00:00:01.000Z',
    });
    expect(await keys.list(ann.owner)).toEqual([key]);
    expect(await keys.list(bob.owner)).toEqual([]);
    expect(await keys.authenticate(tokenDigest, NOW)).toMatchObject({ owner: ann.owner, head: 'mine' });
    expect(await keys.authenticate('unknown', NOW)).toBeNull();
    expect(await devices.authenticate(tokenDigest, NOW)).toBeNull();
  });

  it('notes the first use, and then at most one an hour', async () => {
    const tokenDigest = fresh('key');
    await make({ tokenDigest });
    const lastUse = async (now: number) => (await keys.authenticate(tokenDigest, now))?.lastUsedAt;
    expect(await lastUse(NOW + 1)).toBe('2026-01-01T00:00:00.001Z');
    expect(await lastUse(NOW + LAST_USE_STEP_MS)).toBe('2026-01-01T00:00:00.001Z');
    expect(await lastUse(NOW + LAST_USE_STEP_MS + 1)).toBe('2026-01-01T01:00:00.001Z');
    expect(await keys.list(ann.owner)).toMatchObject([{ lastUsedAt: '2026-01-01T01:00:00.001Z' }]);
  });

  it('ends a key at its time, to the millisecond, and still lists it', async () => {
    const tokenDigest = fresh('key');
    await make({ tokenDigest, expiresAt: NOW + 10 });
    expect(await keys.authenticate(tokenDigest, NOW + 9)).not.toBeNull();
    expect(await keys.authenticate(tokenDigest, NOW + 10)).toBeNull();
    expect(await keys.list(ann.owner)).toHaveLength(1);
  });

  it('revokes a key at once, for its owner alone', async () => {
    const tokenDigest = fresh('key');
    const key = await make({ tokenDigest });
    if (typeof key === 'string') throw new Error(key);
    expect(await keys.revoke(key.id, bob.owner)).toBe(false);
    expect(await keys.authenticate(tokenDigest, NOW)).not.toBeNull();
    expect(await keys.revoke(key.id, ann.owner)).toBe(true);
    expect(await keys.authenticate(tokenDigest, NOW)).toBeNull();
    expect(await keys.revoke(key.id, ann.owner)).toBe(false);
  });

  it('makes none for a device that was revoked a moment ago', async () => {
    await devices.revoke(ann.id, ann.owner);
    expect(await make()).toBe('revoked');
    expect(await keys.list(ann.owner)).toEqual([]);
  });

  it(`makes at most ${MAX_KEYS} of one owner, however many ask at once`, async () => {
    for (let i = 2; i < MAX_KEYS; i++) await make();
    const made = await Promise.all([1, 2, 3, 4].map(() => make()));
    expect(made.filter((key) => key === 'full')).toHaveLength(2);
    expect(await keys.list(ann.owner)).toHaveLength(MAX_KEYS);
    expect(await make({ device: bob })).toMatchObject({ owner: bob.owner });
  });
});

describe('the table of keys', () => {
  it('refuses scopes that no key may have', async () => {
    const { id, owner } = await createD1DeviceStore(env.DB).enrol({
      ...{ name: 'phone', tokenDigest: fresh('device'), now: NOW },
    });
    const insert = env.DB.prepare(
      `INSERT INTO keys (id, owner, name, token_sha256, scopes, created_at) VALUES (?, ?, 'x', ?, ?, 'x')`,
    ).bind(id, owner, fresh('key'), '["predict","heads:write"]');
    await expect(insert.run()).rejects.toThrow(/CHECK/);
  });
});
