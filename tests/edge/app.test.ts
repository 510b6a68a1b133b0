import { beforeAll, describe, expect, it } from 'vitest';
import { problem, type TestApp, testApp } from './support/app.ts';

let edge: TestApp;
beforeAll(async () => {
  edge = await testApp();
});

describe('the application', () => {
  it('says that it is there', async () => {
    const response = await edge.request('/api/health');
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ status: 'ok', models: ['tiny', 'other'] });
  });

  it('answers 404 as a problem document where there is nothing', async () => {
    for (const [path, method] of [
      ['/api/none', 'GET'],
      ['/none', 'GET'],
      ['/api/health', 'POST'],
    ] as const)
      expect(await problem(await edge.request(path, { method }))).toMatchObject({ code: 'not_found' });
  });

  it("takes a caller's request id, and makes one where that is none", async () => {
    const named = await edge.request('/api/health', { headers: { 'X-Request-Id': 'abc-1' } });
    expect(named.headers.get('X-Request-Id')).toBe('abc-1');
    const odd = await edge.request('/api/health', { headers: { 'X-Request-Id': '"><script>' } });
    expect(odd.headers.get('X-Request-Id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('lets pages of any site call it, without credentials, and read what they need', async () => {
    const preflight = await edge.request('/api/heads/x', {
      method: 'OPTIONS',
      headers: {
        Origin: 'https://elsewhere.example',
        'Access-Control-Request-Method': 'PUT',
        'Access-Control-Request-Headers': 'authorization, if-match',
      },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(preflight.headers.get('Access-Control-Allow-Credentials')).toBeNull();
    expect(preflight.headers.get('Access-Control-Allow-Methods')).toContain('PUT');
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toContain('Authorization');
    const refused = await edge.request('/api/heads/x', { headers: { Origin: 'https://elsewhere.example' } });
    expect(refused.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(refused.headers.get('Access-Control-Expose-Headers')).toContain('X-Topwork-Revision');
    expect(refused.headers.get('X-Content-Type-Options')).toBe('nosniff');
  });

  it('says nothing of its inside when something goes wrong, and logs it under the request id', async () => {
    const broken = await testApp(({ heads }) => ({
      heads: {
        ...heads,
        list: async () => {
          throw new Error('inside: D1_ERROR near "SELEKT"');
        },
      },
    }));
    const body = await problem(await broken.request('/api/heads'));
    expect(body).toMatchObject({ status: 500, code: 'internal' });
    expect(JSON.stringify(body)).not.toContain('SELEKT');
    expect(broken.logged[0]).toMatchObject({
      code: 'internal',
      requestId: body.requestId,
      route: '/api/heads',
    });
    expect(broken.logged[0]?.error).toContain('SELEKT');
  });

  it('does not take it for its own fault when a caller goes away while sending', async () => {
    const fresh = await testApp();
    const body = new ReadableStream({
      pull(controller) {
        // What workerd says to who reads the body of a connection that was cut.
        controller.error(new Error('Network connection lost.'));
      },
    });
    const response = await fresh.request('/api/heads/x', {
      method: 'PUT',
      headers: { 'If-None-Match': '*' },
      token: await fresh.enrol(),
      body,
    });
    expect(await problem(response)).toMatchObject({ status: 499, code: 'aborted' });
    expect(fresh.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
