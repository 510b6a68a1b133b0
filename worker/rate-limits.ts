// How often one caller may ask: counters of the platform's rate limiting binding, by address and by token. An address
// is a counter's name for a minute and is neither stored nor logged. The figures are in wrangler.toml.
import type { Context } from 'hono';
import { AppError } from '../src/contract/errors.ts';
import { RATE_WINDOW_SECONDS } from '../src/contract/limits.ts';

/** Counts one more of `key`. @throws AppError `rate_limited` when there were too many in this window */
export type RateLimit = (key: string) => Promise<void>;

export interface RateLimits {
  /** Every request, by address. */
  readonly address: RateLimit;
  /** Every request with a valid token, by its device or key. */
  readonly token: RateLimit;
  /** Attempts to enrol, by address: each may be a guess at an invitation or a link code. */
  readonly enrolment: RateLimit;
  /** Tokens that were not valid, by address. */
  readonly failure: RateLimit;
}

const unlimited: RateLimit = async () => {};

/** For where nothing is to be counted. */
export const UNLIMITED: RateLimits = {
  address: unlimited,
  token: unlimited,
  enrolment: unlimited,
  failure: unlimited,
};

/** The platform's binding, as far as it is used here. @see https://developers.cloudflare.com/workers/runtime-apis/bindings/rate-limit/ */
export interface RateLimitBinding {
  limit(options: { readonly key: string }): Promise<{ readonly success: boolean }>;
}

/**
 * A limit that a binding counts. Without a binding, or while it fails, everything passes: the limits guard against cost
 * and noise, and nobody gets in by being unlimited, since tokens and codes are too long to guess.
 */
export function rateLimitOf(binding: RateLimitBinding | undefined): RateLimit {
  if (binding === undefined) return unlimited;
  return async (key) => {
    const { success } = await binding.limit({ key }).catch(() => ({ success: true }));
    if (success) return;
    throw new AppError('rate_limited', {
      detail: `Too many requests. Wait ${RATE_WINDOW_SECONDS} seconds and try again.`,
    });
  };
}

/**
 * The caller's address as a counter's name. Cloudflare sets the header and overwrites what a caller sends. Of an IPv6
 * address the first 64 bits: the rest is its holder's to choose, who could have a fresh counter for every request.
 */
export function addressOf(c: Context): string {
  const address = c.req.header('CF-Connecting-IP') ?? 'unknown';
  return address.includes(':') && !address.includes('.') ? networkOf(address) : address;
}

/** The first four groups of an IPv6 address: `2001:db8::1` -> `2001:db8:0:0`. */
function networkOf(address: string): string {
  const [head = '', tail] = address.toLowerCase().split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':');
}

function groupsOf(part: string): readonly string[] {
  return part === '' ? [] : part.split(':');
}
