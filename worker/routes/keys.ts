// /api/keys: make, list and revoke the keys that an owner hands to programs.
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { KeyBody, type KeySummary, type NewKey } from '../../src/contract/api.ts';
import { AppError } from '../../src/contract/errors.ts';
import { MAX_KEYS } from '../../src/contract/limits.ts';
import { refused, requireDevice } from '../guard.ts';
import type { IdentityVariables } from '../identity.ts';
import { smallBody } from '../limits.ts';
import { headNotFound } from '../problem.ts';
import { createToken, digestOf } from '../secrets.ts';
import type { HeadStore } from '../store/head-store.ts';
import type { Key, KeyStore } from '../store/key-store.ts';
import { IdParam, validate } from '../validate.ts';

const NO_STORE = { 'Cache-Control': 'no-store' };

export function keyRoutes({
  keys,
  heads,
  now,
}: {
  readonly keys: KeyStore;
  readonly heads: HeadStore;
  readonly now: () => number;
}) {
  return new Hono<{ Variables: IdentityVariables }>()
    .get('/', async (c) => {
      const { owner } = requireDevice(c.var.principal);
      return c.json({ keys: (await keys.list(owner)).map(summaryOf) }, 200, NO_STORE);
    })
    .post(
      '/',
      async (c, next) => {
        requireDevice(c.var.principal);
        await next();
      },
      bodyLimit(smallBody),
      validate('json', KeyBody),
      async (c) => {
        const { device, owner } = requireDevice(c.var.principal);
        const { name, scopes, head, expiresAt } = c.req.valid('json');
        // A key for a head that is not there, or somebody else's, would start to work when one of that id is made.
        if (head !== null && (await heads.findOwned(head, owner)) === null) throw headNotFound(head);
        const token = createToken('key');
        const made = await keys.create({
          ...{ device, name, scopes, head, now: now() },
          expiresAt: expiryOf(expiresAt, now()),
          tokenDigest: await digestOf(token),
        });
        if (typeof made === 'string') throw refused(made, `An owner may have ${MAX_KEYS} keys`);
        const answer: NewKey = { ...summaryOf(made), token };
        return c.json(answer, 201, NO_STORE);
      },
    )
    .delete('/:id', validate('param', IdParam), async (c) => {
      const { owner } = requireDevice(c.var.principal);
      if (await keys.revoke(c.req.valid('param').id, owner)) return c.body(null, 204);
      throw new AppError('key_not_found', { detail: 'You have no key of this id.' });
    });
}

/** A key as its owner sees it. */
export function summaryOf({ owner: _, scopes, ...shown }: Key): KeySummary {
  return { ...shown, scopes: [...scopes] };
}

/** ms since the epoch, or null. @throws AppError `request_invalid` when it is no time, or past */
function expiryOf(expiresAt: string | null, now: number): number | null {
  if (expiresAt === null) return null;
  const time = Date.parse(expiresAt);
  if (time > now) return time;
  throw new AppError('request_invalid', {
    detail: '"expiresAt" in the JSON body: a time to come is needed.',
  });
}
