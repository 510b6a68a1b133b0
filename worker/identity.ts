// Who is asking: a bearer token -> a principal. What a principal may do is decided in guard.ts.
import type { MiddlewareHandler } from 'hono';
import { AppError } from '../src/contract/errors.ts';
import { addressOf, type RateLimits } from './rate-limits.ts';
import { digestOf, sameSecret, tokenKindOf } from './secrets.ts';
import type { Device, DeviceStore } from './store/device-store.ts';
import { OPERATOR, type OwnerId } from './store/head-store.ts';
import type { Key, KeyStore } from './store/key-store.ts';

/** Someone with a valid token. */
export type Principal =
  | { readonly kind: 'device'; readonly owner: OwnerId; readonly device: Device }
  | { readonly kind: 'key'; readonly owner: OwnerId; readonly key: Key }
  | { readonly kind: 'operator'; readonly owner: OwnerId };

/** The context variables that `identify` sets. */
export interface IdentityVariables {
  /** Null: no token was shown. */
  principal: Principal | null;
}

/**
 * Reads the bearer token of every request, and counts the request. None is fine, and leaves it to the route; a wrong
 * one is refused even where none is needed, so that a client learns that its token has gone.
 * @param options.operatorSecret null: nobody is the operator
 * @throws AppError `unauthorized`, `rate_limited`
 */
export function identify({
  devices,
  keys,
  operatorSecret,
  rateLimits,
  now,
}: {
  readonly devices: DeviceStore;
  readonly keys: KeyStore;
  readonly operatorSecret: string | null;
  readonly rateLimits: RateLimits;
  readonly now: () => number;
}): MiddlewareHandler<{ Variables: IdentityVariables }> {
  return async (c, next) => {
    c.set('principal', null);
    // Before the token is looked up, so that a flood of invented ones does not reach the database either.
    await rateLimits.address(addressOf(c));
    const header = c.req.header('Authorization');
    if (header !== undefined) {
      const token = /^Bearer +([\w.~+/=-]{1,512})$/i.exec(header)?.[1];
      const principal = token === undefined ? null : await principalOf(token);
      if (principal === null) {
        await rateLimits.failure(addressOf(c));
        throw unauthorized(
          token === undefined
            ? 'Send the token as "Authorization: Bearer <token>".'
            : 'This token is not valid, or no longer. Enrol the device again, or make another key.',
        );
      }
      await rateLimits.token(counterOf(principal));
      c.set('principal', principal);
    }
    await next();
  };

  async function principalOf(token: string): Promise<Principal | null> {
    if (operatorSecret !== null && (await sameSecret(token, operatorSecret)))
      return { kind: 'operator', owner: OPERATOR };
    switch (tokenKindOf(token)) {
      case 'device': {
        const device = await devices.authenticate(await digestOf(token), now());
        return device === null ? null : { kind: 'device', owner: device.owner, device };
      }
      case 'key': {
        const key = await keys.authenticate(await digestOf(token), now());
        return key === null ? null : { kind: 'key', owner: key.owner, key };
      }
      case null:
        return null;
    }
  }
}

/** What a principal's requests are counted by: never the token. */
function counterOf(principal: Principal): string {
  switch (principal.kind) {
    case 'device':
      return `device ${principal.device.id}`;
    case 'key':
      return `key ${principal.key.id}`;
    case 'operator':
      return 'operator';
  }
}

function unauthorized(detail: string): AppError {
  return new AppError('unauthorized', { detail });
}
