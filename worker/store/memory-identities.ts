// Devices, link codes and keys in memory: what D1 must behave like. Nothing survives. Each method is one synchronous
// step, so that concurrent calls are atomic.
import * as v from 'valibot';
import { MAX_DEVICES, MAX_KEYS } from '../../src/contract/limits.ts';
import { type Device, type DeviceStore, isNewUse, type NewDevice } from './device-store.ts';
import { OwnerId } from './head-store.ts';
import { type Key, type KeyStore, orderedScopes } from './key-store.ts';

/** Both stores, for a device's end is also the end of keys. */
export function createMemoryIdentities(): { readonly devices: DeviceStore; readonly keys: KeyStore } {
  // Devices and keys by the digest of their token, in the order of their creation; links by owner.
  const devices = new Map<string, Device>();
  const keys = new Map<string, Key>();
  const links = new Map<OwnerId, { readonly codeDigest: string; readonly expiresAt: number }>();
  const ownedBy = <T extends { readonly owner: OwnerId }>(all: ReadonlyMap<string, T>, owner: OwnerId) =>
    [...all.values()].filter((each) => each.owner === owner);
  const isEnrolled = ({ id }: Device) => [...devices.values()].some((device) => device.id === id);

  function add(owner: OwnerId, { name, tokenDigest, now }: NewDevice): Device {
    const time = new Date(now).toISOString();
    const device = { id: crypto.randomUUID(), owner, name, createdAt: time, lastUsedAt: time };
    devices.set(tokenDigest, device);
    return device;
  }

  return {
    devices: {
      enrol: async (device) => add(v.parse(OwnerId, crypto.randomUUID()), device),
      async createLink({ device, codeDigest, expiresAt }) {
        if (!isEnrolled(device)) return 'revoked';
        if (ownedBy(devices, device.owner).length >= MAX_DEVICES) return 'full';
        links.set(device.owner, { codeDigest, expiresAt });
        return 'created';
      },
      async join(device) {
        const [owner, link] = [...links].find(([, { codeDigest }]) => codeDigest === device.codeDigest) ?? [];
        if (owner === undefined || link === undefined) return null;
        links.delete(owner);
        return link.expiresAt > device.now ? add(owner, device) : null;
      },
      authenticate: async (tokenDigest, now) => noteUse(devices, tokenDigest, now),
      list: async (owner) => ownedBy(devices, owner),
      async revoke(id, owner) {
        const [tokenDigest] =
          [...devices].find(([, device]) => device.id === id && device.owner === owner) ?? [];
        if (tokenDigest === undefined) return false;
        devices.delete(tokenDigest);
        links.delete(owner);
        if (ownedBy(devices, owner).length === 0)
          for (const [digest, key] of keys) if (key.owner === owner) keys.delete(digest);
        return true;
      },
    },
    keys: {
      async create({ device, scopes, head, name, expiresAt, tokenDigest, now }) {
        if (!isEnrolled(device)) return 'revoked';
        if (ownedBy(keys, device.owner).length >= MAX_KEYS) return 'full';
        const key: Key = {
          ...{ id: crypto.randomUUID(), owner: device.owner, name, scopes: orderedScopes(scopes), head },
          createdAt: new Date(now).toISOString(),
          lastUsedAt: null,
          expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
        };
        keys.set(tokenDigest, key);
        return key;
      },
      async authenticate(tokenDigest, now) {
        const { expiresAt = null } = keys.get(tokenDigest) ?? {};
        if (expiresAt !== null && Date.parse(expiresAt) <= now) return null;
        return noteUse(keys, tokenDigest, now);
      },
      list: async (owner) => ownedBy(keys, owner),
      async revoke(id, owner) {
        const [tokenDigest] = [...keys].find(([, key]) => key.id === id && key.owner === owner) ?? [];
        return tokenDigest !== undefined && keys.delete(tokenDigest);
      },
    },
  };
}

/** What has this token, with its use noted. */
function noteUse<T extends { readonly lastUsedAt: string | null }>(
  all: Map<string, T>,
  tokenDigest: string,
  now: number,
): T | null {
  const found = all.get(tokenDigest);
  if (found === undefined) return null;
  if (!isNewUse(found.lastUsedAt, now)) return found;
  const used = { ...found, lastUsedAt: new Date(now).toISOString() };
  all.set(tokenDigest, used);
  return used;
}
