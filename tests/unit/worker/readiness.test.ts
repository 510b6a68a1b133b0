import { describe, expect, it } from 'vitest';
import { checkReadiness } from '../../../worker/observe/readiness.ts';

const well = async () => null;
const never = () => new Promise<never>(() => {});

describe('checkReadiness', () => {
  it('is ready when everything answers', async () => {
    expect(await checkReadiness({ database: well, heads: well, trunks: well }, never)).toEqual({
      ready: true,
      checks: { database: 'ok', heads: 'ok', trunks: 'ok' },
    });
  });

  it('says what throws, at once or later, and what takes too long', async () => {
    const probes = {
      database: () => {
        throw new Error('no binding');
      },
      heads: async () => {
        throw new Error('no bucket');
      },
      trunks: never,
    };
    // The patience ends when asked to: no test waits for it.
    expect(await checkReadiness(probes, async () => {})).toEqual({
      ready: false,
      checks: { database: 'failed', heads: 'failed', trunks: 'failed' },
    });
  });
});
