// /api/devices: enrol a device, of a new owner or by a link code; list and revoke an owner's devices.
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type DeviceSummary, EnrolBody, type Enrolment } from '../../src/contract/api.ts';
import { AppError } from '../../src/contract/errors.ts';
import { type DevicePrincipal, refuseKey, requireDevice } from '../guard.ts';
import type { IdentityVariables } from '../identity.ts';
import { smallBody } from '../limits.ts';
import { addressOf, type RateLimits } from '../rate-limits.ts';
import { createToken, digestOf, normalizeLinkCode, sameSecret } from '../secrets.ts';
import type { Device, DeviceStore } from '../store/device-store.ts';
import { IdParam, validate } from '../validate.ts';

/** Who may enrol: anyone, or who shows the invitation; null: nobody. */
export type EnrolmentRule =
  | { readonly open: true }
  | { readonly open: false; readonly invite: string | null };

export function deviceRoutes({
  devices,
  enrolment,
  rateLimits,
  now,
}: {
  readonly devices: DeviceStore;
  readonly enrolment: EnrolmentRule;
  readonly rateLimits: RateLimits;
  readonly now: () => number;
}) {
  return new Hono<{ Variables: IdentityVariables }>()
    .post(
      '/',
      async (c, next) => {
        refuseKey(c.var.principal);
        await rateLimits.enrolment(addressOf(c));
        await next();
      },
      bodyLimit(smallBody),
      validate('json', EnrolBody),
      async (c) => {
        const { name, invite, link } = c.req.valid('json');
        const token = createToken('device');
        const fresh = { name, tokenDigest: await digestOf(token), now: now() };
        const device =
          link === undefined ? await enrol(fresh, invite) : await join(fresh, normalizeLinkCode(link));
        const answer: Enrolment = { device: device.id, owner: device.owner, token };
        return c.json(answer, 201, { 'Cache-Control': 'no-store' });
      },
    )
    .get('/', async (c) => {
      const principal = requireDevice(c.var.principal);
      const listed = await devices.list(principal.owner);
      return c.json({ devices: listed.map((device) => summaryOf(device, principal)) }, 200, {
        'Cache-Control': 'no-store',
      });
    })
    .delete('/:id', validate('param', IdParam), async (c) => {
      const { owner } = requireDevice(c.var.principal);
      const { id } = c.req.valid('param');
      if (await devices.revoke(id, owner)) return c.body(null, 204);
      throw new AppError('device_not_found', { detail: 'You have no device of this id.' });
    });

  /** @throws AppError `enrolment_closed` */
  async function enrol(fresh: Parameters<DeviceStore['enrol']>[0], invite: string | undefined) {
    await checkInvite(enrolment, invite);
    return devices.enrol(fresh);
  }

  /** The link code stands for the invitation: who opened it was let in. @throws AppError `link_invalid` */
  async function join(fresh: Parameters<DeviceStore['enrol']>[0], code: string) {
    const device = await devices.join({ ...fresh, codeDigest: await digestOf(code) });
    if (device !== null) return device;
    // One answer for a code that was mistyped, used or too old: the difference would help only who guesses.
    throw new AppError('link_invalid', {
      detail: 'This link code is not valid, or no longer. Show a new one on a device that is enrolled.',
    });
  }
}

/** A device as its owner sees it. */
export function summaryOf({ owner: _, ...shown }: Device, asks: DevicePrincipal): DeviceSummary {
  return { ...shown, current: shown.id === asks.device.id };
}

/** @throws AppError `enrolment_closed` */
async function checkInvite(rule: EnrolmentRule, invite: string | undefined): Promise<void> {
  if (rule.open) return;
  if (rule.invite === null)
    throw new AppError('enrolment_closed', {
      detail: 'No device can enrol here at the moment. Ask the operator.',
    });
  if (invite === undefined || !(await sameSecret(invite, rule.invite)))
    throw new AppError('enrolment_closed', { detail: 'Send the invitation of the operator as "invite".' });
}
