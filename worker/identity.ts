// Who is asking: a bearer token -> a principal, and the making of tokens. Secrets are compared by their SHA-256 and
// in constant time; a token is shown once and stored nowhere.
import type { MiddlewareHandler } from 'hono';
import { AppError } from '../src/contract/errors.ts';
import type { DeviceStore } from './store/device-store.ts';
import { OPERATOR, type OwnerId } from './store/head-store.ts';

/** Someone with a valid token. */
export interface Principal {
  readonly kind: 'device' | 'operator';
  readonly owner: OwnerId;
}

/** The context variables that `identify` sets. */
export interface IdentityVariables {
  /** Null: no token was shown. */
  principal: Principal | null;
}

const TOKEN_PREFIX = 'tw_';
const TOKEN_BYTES = 32;

/** A new bearer token: `tw_` and 256 random bits in base64url. */
export function createToken(): string {
  return TOKEN_PREFIX + base64url(crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)));
}

/** SHA-256 of a secret's UTF-8, in hex: what is stored of a token. */
export async function digestOf(secret: string): Promise<string> {
  return Array.from(await hash(secret), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Whether two secrets are equal, in a time that does not depend on where they differ. */
export async function sameSecret(a: string, b: string): Promise<boolean> {
  return crypto.subtle.timingSafeEqual(await hash(a), await hash(b));
}

/**
 * Reads the bearer token of every request. None is fine, and leaves it to the route; a wrong one is refused even where
 * none is needed, so that a client learns that its token has gone.
 * @param options.operatorSecret null: nobody is the operator
 * @throws AppError `unauthorized`
 */
export function identify({
  devices,
  operatorSecret,
  now,
}: {
  readonly devices: DeviceStore;
  readonly operatorSecret: string | null;
  readonly now: () => number;
}): MiddlewareHandler<{ Variables: IdentityVariables }> {
  return async (c, next) => {
    const header = c.req.header('Authorization');
    c.set('principal', null);
    if (header !== undefined) {
      const token = /^Bearer +([\w.~+/=-]{1,512})$/i.exec(header)?.[1];
      if (token === undefined) throw unauthorized('Send the token as "Authorization: Bearer <token>".');
      c.set('principal', await principalOf(token));
    }
    await next();
  };

  async function principalOf(token: string): Promise<Principal> {
    if (operatorSecret !== null && (await sameSecret(token, operatorSecret)))
      return { kind: 'operator', owner: OPERATOR };
    const device = await devices.authenticate(await digestOf(token), now());
    if (device === null) throw unauthorized('This token is not valid, or no longer. Enrol the device again.');
    return { kind: 'device', owner: device.owner };
  }
}

/** @throws AppError `unauthorized` when there was no token */
export function requirePrincipal(principal: Principal | null): Principal {
  if (principal === null)
    throw unauthorized(
      'This needs a token: enrol with POST /api/devices, and send "Authorization: Bearer <token>".',
    );
  return principal;
}

function unauthorized(detail: string): AppError {
  return new AppError('unauthorized', { detail });
}

async function hash(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}
