// POST /api/links: a single-use code by which one more device joins the owner of the one that asks.
import { Hono } from 'hono';
import type { Link } from '../../src/contract/api.ts';
import { LINK_MS, MAX_DEVICES } from '../../src/contract/limits.ts';
import { refused, requireDevice } from '../guard.ts';
import type { IdentityVariables } from '../identity.ts';
import { createLinkCode, digestOf } from '../secrets.ts';
import type { DeviceStore } from '../store/device-store.ts';

export function linkRoutes({ devices, now }: { readonly devices: DeviceStore; readonly now: () => number }) {
  return new Hono<{ Variables: IdentityVariables }>().post('/', async (c) => {
    const { device } = requireDevice(c.var.principal);
    const link = createLinkCode();
    const expiresAt = now() + LINK_MS;
    const outcome = await devices.createLink({ device, codeDigest: await digestOf(link), expiresAt });
    if (outcome !== 'created') throw refused(outcome, `An owner may have ${MAX_DEVICES} devices`);
    const answer: Link = { link, expiresAt: new Date(expiresAt).toISOString() };
    return c.json(answer, 201, { 'Cache-Control': 'no-store' });
  });
}
