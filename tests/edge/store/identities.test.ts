// Random histories of devices, links and keys: D1 answers as the store in memory does, and the rules of
// docs/identity.md hold all along.
import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createD1DeviceStore } from '../../../worker/store/d1-devices.ts';
import { createD1KeyStore } from '../../../worker/store/d1-keys.ts';
import type { Device, DeviceStore } from '../../../worker/store/device-store.ts';
import type { Key, KeyStore } from '../../../worker/store/key-store.ts';
import { createMemoryIdentities } from '../../../worker/store/memory-identities.ts';

const NOW = Date.UTC(2026, 0, 1);
const STEP_MS = 60_000;
let run = 0;

/** Whom or what a step is about, counted from the latest of its kind, so that those that are gone are asked for too. */
const back = fc.nat(2);
const minutes = fc.integer({ min: 0, max: 20 });
const step = fc.oneof(
  fc.record({ kind: fc.constant('enrol' as const) }),
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('link' as const), device: back, minutes }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('join' as const), code: fc.nat(1) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('revoke' as const), device: back, by: back }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('key' as const), device: back, minutes: fc.option(minutes) }),
  },
  fc.record({ kind: fc.constant('revoke key' as const), key: back, by: back }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Runs the steps, a minute each, and tells what came of each: who is in, by the number of its coming, never by id. */
async function play(
  stores: { devices: DeviceStore; keys: KeyStore },
  steps: readonly Step[],
  prefix: string,
) {
  const devices: Device[] = [];
  const keys: Key[] = [];
  const codes: string[] = [];
  let tokens = 0;
  const token = (kind: string) => `${prefix}-${kind}-${tokens++}`;
  const deviceTokens: string[] = [];
  const keyTokens: string[] = [];
  const at = <T>(all: readonly T[], index: number): T | undefined => all.at(-1 - index);

  async function apply(one: Step, now: number): Promise<unknown> {
    switch (one.kind) {
      case 'enrol': {
        const tokenDigest = token('device');
        devices.push(await stores.devices.enrol({ name: 'x', tokenDigest, now }));
        deviceTokens.push(tokenDigest);
        return 'enrolled';
      }
      case 'link': {
        const device = at(devices, one.device);
        if (device === undefined) return null;
        const codeDigest = token('code');
        codes.push(codeDigest);
        return stores.devices.createLink({ device, codeDigest, expiresAt: now + one.minutes * STEP_MS });
      }
      case 'join': {
        const codeDigest = at(codes, one.code) ?? 'none';
        const tokenDigest = token('device');
        const device = await stores.devices.join({ name: 'x', tokenDigest, codeDigest, now });
        if (device === null) return 'refused';
        const sponsor = devices.findIndex(({ owner }) => owner === device.owner);
        devices.push(device);
        deviceTokens.push(tokenDigest);
        return `joined the owner of ${sponsor}`;
      }
      case 'revoke': {
        const [device, by] = [at(devices, one.device), at(devices, one.by)];
        return device && by && stores.devices.revoke(device.id, by.owner);
      }
      case 'key': {
        const device = at(devices, one.device);
        if (device === undefined) return null;
        const tokenDigest = token('key');
        const expiresAt = one.minutes === null ? null : now + one.minutes * STEP_MS;
        const key = await stores.keys.create({
          ...{ device, name: 'x', scopes: ['predict'], head: null, expiresAt, tokenDigest, now },
        });
        if (typeof key === 'string') return key;
        keys.push(key);
        keyTokens.push(tokenDigest);
        return 'made';
      }
      case 'revoke key': {
        const [key, by] = [at(keys, one.key), at(devices, one.by)];
        return key && by && stores.keys.revoke(key.id, by.owner);
      }
    }
  }

  const story: unknown[] = [];
  for (const [i, one] of steps.entries()) {
    const now = NOW + i * STEP_MS;
    const outcome = await apply(one, now);
    const inNow = await Promise.all(
      deviceTokens.map(async (digest) => (await stores.devices.authenticate(digest, now)) !== null),
    );
    const keysNow = await Promise.all(
      keyTokens.map(async (digest) => (await stores.keys.authenticate(digest, now)) !== null),
    );
    // No key works whose owner has no device left to revoke it.
    keys.forEach((key, k) => {
      if (keysNow[k]) expect(devices.some(({ owner }, d) => owner === key.owner && inNow[d])).toBe(true);
    });
    story.push([outcome, inNow, keysNow]);
  }
  return story;
}

describe('the stores of devices and keys', () => {
  it('tell the same story of any history', async () => {
    const d1 = { devices: createD1DeviceStore(env.DB), keys: createD1KeyStore(env.DB) };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40, size: 'max' }), async (steps) => {
        const prefix = `run-${++run}`;
        expect(await play(d1, steps, prefix)).toEqual(await play(createMemoryIdentities(), steps, prefix));
      }),
      { numRuns: 60 },
    );
  });
});
