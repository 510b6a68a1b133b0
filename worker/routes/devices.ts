// POST /api/devices: a new device of a new owner, and its token, shown this once.
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { EnrolBody, type Enrolment } from '../../src/contract/api.ts';
import { AppError } from '../../src/contract/errors.ts';
import { createToken, digestOf, sameSecret } from '../identity.ts';
import { smallBody } from '../limits.ts';
import type { DeviceStore } from '../store/device-store.ts';
import { validate } from '../validate.ts';

/** Who may enrol: anyone, or who shows the invitation; null: nobody. */
export type EnrolmentRule =
  | { readonly open: true }
  | { readonly open: false; readonly invite: string | null };

export function deviceRoutes({
  devices,
  enrolment,
  now,
}: {
  readonly devices: DeviceStore;
  readonly enrolment: EnrolmentRule;
  readonly now: () => number;
}) {
  return new Hono().post('/', bodyLimit(smallBody), validate('json', EnrolBody), async (c) => {
    const { name, invite } = c.req.valid('json');
    await checkInvite(enrolment, invite);
    const token = createToken();
    const device = await devices.enrol({ name, tokenDigest: await digestOf(token), now: now() });
    const answer: Enrolment = { device: device.id, owner: device.owner, token };
    return c.json(answer, 201, { 'Cache-Control': 'no-store' });
  });
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
