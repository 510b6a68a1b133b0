import { env } from 'cloudflare:workers';
import { beforeEach, describe, expect, it } from 'vitest';
import { LINK_MS, MAX_DEVICES } from '../../../src/contract/limits.ts';
import { createD1DeviceStore } from '../../../worker/store/d1-devices.ts';
import { createD1KeyStore } from '../../../worker/store/d1-keys.ts';
import { type Device, type DeviceStore, LAST_USE_STEP_MS } from '../../../worker/store/device-store.ts';
import type { KeyStore } from '../../../worker/store/key-store.ts';
import { createMemoryIdentities } from '../../../worker/store/memory-identities.ts';

const NOW = Date.UTC(2026, 0, 1);
let serial = 0;
/** Digests are only compared here: any text that was not used before will do. */
const fresh = (what: string) => `${what}-${++serial}`;

describe.each([
  ['in memory', createMemoryIdentities],
  ['on D1', () => ({ devices: createD1DeviceStore(env.DB), keys: createD1KeyStore(env.DB) })],
])('DeviceStore %s', (_, create) => {
  let devices: DeviceStore;
  let keys: KeyStore;
  beforeEach(() => {
    ({ devices, keys } = create());
  });

  const enrol = (now = NOW) => devices.enrol({ name: 'phone', tokenDigest: fresh('token'), now });
  async function open(device: Device, expiresAt = NOW + LINK_MS): Promise<string> {
    const codeDigest = fresh('code');
    expect(await devices.createLink({ device, codeDigest, expiresAt })).toBe('created');
    return codeDigest;
  }
  const join = (codeDigest: string, now = NOW) =>
    devices.join({ name: 'tablet', tokenDigest: fresh('token'), codeDigest, now });
  const idsOf = async (device: Device) => (await devices.list(device.owner)).map(({ id }) => id);

  it('gives every device an owner of its own', async () => {
    const one = await enrol();
    const two = await enrol();
    expect(one).toMatchObject({ name: 'phone', createdAt: '2026-01-01T00:00:00.000Z' });
    expect(new Set([one.id, two.id, one.owner, two.owner]).size).toBe(4);
  });

  it('knows a device by the digest of its token alone', async () => {
    const tokenDigest = fresh('known');
    const device = await devices.enrol({ name: 'phone', tokenDigest, now: NOW });
    expect(await devices.authenticate(tokenDigest, NOW)).toEqual(device);
    expect(await devices.authenticate('unknown', NOW)).toBeNull();
    expect(await devices.authenticate(device.id, NOW)).toBeNull();
  });

  it('notes the last use at most once an hour', async () => {
    const tokenDigest = fresh('used');
    await devices.enrol({ name: 'phone', tokenDigest, now: NOW });
    const lastUse = async (now: number) => (await devices.authenticate(tokenDigest, now))?.lastUsedAt;
    expect(await lastUse(NOW + LAST_USE_STEP_MS - 1)).toBe('2026-01-01T00:00:00.000Z');
    expect(await lastUse(NOW + LAST_USE_STEP_MS)).toBe('2026-01-01T01:00:00.000Z');
    expect(await lastUse(NOW + LAST_USE_STEP_MS + 1)).toBe('2026-01-01T01:00:00.000Z');
  });

  it('lets one more device join the owner who opened the link', async () => {
    const phone = await enrol();
    const tablet = await join(await open(phone), NOW + 1);
    expect(tablet).toMatchObject({
      ...{ owner: phone.owner, name: 'tablet', createdAt: '2026-01-01T00:00:00.001Z' },
    });
    expect(await devices.list(phone.owner)).toEqual([phone, tablet]);
  });

  it('lets exactly one of concurrent devices join by one link, and none after it', async () => {
    const phone = await enrol();
    const code = await open(phone);
    const joined = await Promise.all([1, 2, 3, 4, 5].map(() => join(code)));
    expect(joined.filter((device) => device !== null)).toHaveLength(1);
    expect(await join(code)).toBeNull();
    expect(await idsOf(phone)).toHaveLength(2);
  });

  it('ends a link at its time, to the millisecond', async () => {
    const phone = await enrol();
    expect(await join(await open(phone), NOW + LINK_MS)).toBeNull();
    expect(await join(await open(phone), NOW + LINK_MS - 1)).not.toBeNull();
  });

  it('knows no link that was never opened', async () => {
    expect(await join(fresh('code'))).toBeNull();
  });

  it('has one link open an owner: a new one ends the last', async () => {
    const phone = await enrol();
    const last = await open(phone);
    const next = await open(phone);
    expect(await join(last)).toBeNull();
    expect(await join(next)).not.toBeNull();
  });

  it('keeps the links of different owners apart', async () => {
    const ann = await enrol();
    const bob = await enrol();
    const [annsCode, bobsCode] = [await open(ann), await open(bob)];
    expect(await join(annsCode)).toMatchObject({ owner: ann.owner });
    expect(await join(bobsCode)).toMatchObject({ owner: bob.owner });
  });

  it('revokes a device at once, and the link that is open', async () => {
    const tokenDigest = fresh('token');
    const phone = await devices.enrol({ name: 'phone', tokenDigest, now: NOW });
    const code = await open(phone);
    expect(await devices.revoke(phone.id, phone.owner)).toBe(true);
    expect(await devices.authenticate(tokenDigest, NOW)).toBeNull();
    expect(await join(code)).toBeNull();
    expect(await devices.revoke(phone.id, phone.owner)).toBe(false);
  });

  it('opens no link for a device that was revoked a moment ago', async () => {
    const phone = await enrol();
    const tablet = await join(await open(phone));
    await devices.revoke(phone.id, phone.owner);
    const link = { device: phone, codeDigest: fresh('code'), expiresAt: NOW + LINK_MS };
    expect(await devices.createLink(link)).toBe('revoked');
    expect(await idsOf(phone)).toEqual([tablet?.id]);
  });

  it("leaves another owner's device and link alone", async () => {
    const ann = await enrol();
    const bob = await enrol();
    const code = await open(ann);
    expect(await devices.revoke(ann.id, bob.owner)).toBe(false);
    expect(await devices.revoke('none', ann.owner)).toBe(false);
    expect(await join(code)).not.toBeNull();
    expect(await idsOf(ann)).toHaveLength(2);
  });

  it('ends the keys with the last device, and not before', async () => {
    const phone = await enrol();
    const stranger = await enrol();
    const tablet = await join(await open(phone));
    const make = async (device: Device) => {
      const tokenDigest = fresh('key');
      await keys.create({
        ...{ device, name: 'shop', scopes: ['predict'], head: null, expiresAt: null, tokenDigest, now: NOW },
      });
      return tokenDigest;
    };
    const [key, theirs] = [await make(phone), await make(stranger)];
    await devices.revoke(phone.id, phone.owner);
    expect(await keys.authenticate(key, NOW)).not.toBeNull();
    await devices.revoke(tablet?.id ?? '', phone.owner);
    expect(await keys.authenticate(key, NOW)).toBeNull();
    expect(await keys.authenticate(theirs, NOW)).not.toBeNull();
  });

  it(`opens no link for an owner of ${MAX_DEVICES} devices`, async () => {
    const phone = await enrol();
    for (let i = 1; i < MAX_DEVICES; i++) await join(await open(phone));
    const link = { device: phone, codeDigest: fresh('code'), expiresAt: NOW + LINK_MS };
    expect(await devices.createLink(link)).toBe('full');
    const [, next] = await idsOf(phone);
    await devices.revoke(next ?? '', phone.owner);
    expect(await devices.createLink(link)).toBe('created');
  });
});
