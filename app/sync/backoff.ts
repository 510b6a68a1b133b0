// How long to wait before the next attempt. Pure.

const FIRST_MS = 5_000;
const MOST_MS = 5 * 60_000;

/**
 * Twice as long after each failure, with jitter so that devices do not come back together.
 * @param failures before this one
 * @param random in [0,1)
 * @param retryAfter s that the server asks for; null: none
 * @returns ms
 */
export function backoffMs(failures: number, random: number, retryAfter: number | null): number {
  const wait = Math.min(MOST_MS, FIRST_MS * 2 ** failures) * (0.75 + random / 2);
  return Math.max(wait, (retryAfter ?? 0) * 1000);
}
