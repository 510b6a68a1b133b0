// The rate limits of wrangler.toml in the Worker as it runs; everything else about them is in tests/edge.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startWorker } from '../../scripts/support/worker-process.ts';

/** Of 21 requests 11 fall into one window, even if a minute ends among them; wrangler.toml allows 10. */
const ATTEMPTS = 21;

it.each([
  ['on', true],
  ['off', false],
])('refuses attempts to enrol beyond the limit when RATE_LIMITS is %s: %s', async (RATE_LIMITS, refuses) => {
  const persistTo = mkdtempSync(join(tmpdir(), 'topwork-limits-'));
  const worker = await startWorker({ persistTo, vars: { ENROLMENT: 'open', RATE_LIMITS } });
  try {
    const answers = await Promise.all(
      Array.from({ length: ATTEMPTS }, () =>
        fetch(`${worker.origin}/api/devices`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json' },
          body: JSON.stringify({ name: 'phone' }),
        }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201).length).toBeGreaterThanOrEqual(10);
    expect(statuses.includes(429)).toBe(refuses);
    expect(statuses.every((status) => status === 201 || status === 429)).toBe(true);
    for (const response of answers.filter(({ status }) => status === 429))
      expect(response.headers.get('Retry-After')).toBe('60');
  } finally {
    await worker.stop();
    rmSync(persistTo, { recursive: true, force: true });
  }
});
