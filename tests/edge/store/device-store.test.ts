import { env } from 'cloudflare:workers';
import { describe, expect, it } from 'vitest';
import { createD1DeviceStore } from '../../../worker/store/d1-devices.ts';
import { LAST_USE_STEP_MS } from '../../../worker/store/device-store.ts';
import { createMemoryIdentities } from '../../../worker/store/memory-identities.ts';

const NOW = Date.UTC(2026, 0, 1);

describe.each([
  ['in memory', () => createMemoryIdentities().devices],
  ['on D1', () => createD1DeviceStore(env.DB)],
])('DeviceStore %s', (_, create) => {
  it('gives every device an owner of its own', async () => {
    const devices = create();
    const one = await devices.enrol({ name: 'phone', tokenDigest: 'one', now: NOW });
    const two = await devices.enrol({ name: 'phone', tokenDigest: 'two', now: NOW });
    expect(one).toMatchObject({ name: 'phone', createdAt: '2026-01-01T00:00:00.000Z' });
    expect(new Set([one.id, two.id, one.owner, two.owner]).size).toBe(4);
  });

  it('knows a device by the digest of its token alone', async () => {
    const devices = create();
    const device = await devices.enrol({ name: 'phone', tokenDigest: 'known', now: NOW });
    expect(await devices.authenticate('known', NOW)).toEqual(device);
    expect(await devices.authenticate('unknown', NOW)).toBeNull();
    expect(await devices.authenticate(device.id, NOW)).toBeNull();
  });

  it('notes the last use at most once an hour', async () => {
    const devices = create();
    await devices.enrol({ name: 'phone', tokenDigest: 'used', now: NOW });
    const lastUse = async (now: number) => (await devices.authenticate('used', now))?.lastUsedAt;
    expect(await lastUse(NOW + LAST_USE_STEP_MS - 1)).toBe('2026-01-01T00:00:00.000Z');
    expect(await lastUse(NOW + LAST_USE_STEP_MS)).toBe('2026-01-01T01:00:00.000Z');
    expect(await lastUse(NOW + LAST_USE_STEP_MS + 1)).toBe('2026-01-01T01:00:00.000Z');
  });
});
