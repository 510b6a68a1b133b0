// The client on Chromium's own fetch, whose `this` must be the window, and on its own aborts.
import { describe, expect, it } from 'vitest';
import { createClient } from '../../../src/client/client.ts';

describe('createClient', () => {
  it('sends by the fetch of the page, and understands what comes back', async () => {
    // The test page's own server answers every path with a page.
    const client = createClient({ origin: location.origin, retries: 0 });
    await expect(client.models.list()).rejects.toMatchObject({ name: 'ApiError' });
  });

  it('says when there is nobody', async () => {
    const client = createClient({ origin: 'http://127.0.0.1:9', retries: 0 });
    await expect(client.models.list()).rejects.toMatchObject({ code: 'unreachable', status: 0 });
  });

  it('gives up with the reason of the signal', async () => {
    const client = createClient({ origin: location.origin });
    await expect(client.models.list({ signal: AbortSignal.abort('enough') })).rejects.toBe('enough');
  });
});
