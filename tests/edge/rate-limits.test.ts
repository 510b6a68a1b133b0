import { env } from 'cloudflare:workers';
import fc from 'fast-check';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { addressOf, type RateLimitBinding, rateLimitOf, UNLIMITED } from '../../worker/rate-limits.ts';
import { problem, testApp } from './support/app.ts';
import { headFile } from './support/heads.ts';
import { enrol, makeKey, send } from './support/identities.ts';

/** Counts forever, where the platform's would begin anew each minute. */
function countTo(limit: number): RateLimitBinding & { readonly counts: Map<string, number> } {
  const counts = new Map<string, number>();
  return {
    counts,
    async limit({ key }) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
      return { success: (counts.get(key) ?? 0) <= limit };
    },
  };
}

const from = (address: string) => ({ headers: { 'CF-Connecting-IP': address } });

async function refusedFor(response: Response): Promise<void> {
  expect(response.headers.get('Retry-After')).toBe('60');
  expect(await problem(response)).toMatchObject({ status: 429, code: 'rate_limited' });
}

describe('a limit', () => {
  it('by address counts each address by itself, valid token or not', async () => {
    const binding = countTo(2);
    const edge = await testApp(() => ({ rateLimits: { ...UNLIMITED, address: rateLimitOf(binding) } }));
    const ask = (address: string) => edge.request('/api/health', from(address));
    for (const status of [200, 200, 429, 429]) expect((await ask('192.0.2.1')).status).toBe(status);
    await refusedFor(await ask('192.0.2.1'));
    expect((await ask('192.0.2.2')).status).toBe(200);
  });

  it('by address is counted before a token is looked up', async () => {
    let lookups = 0;
    const edge = await testApp(({ devices }) => ({
      rateLimits: { ...UNLIMITED, address: rateLimitOf(countTo(1)) },
      devices: {
        ...devices,
        async authenticate() {
          lookups++;
          return null;
        },
      },
    }));
    const token = `tw_${'A'.repeat(43)}`;
    expect((await edge.request('/api/me', { token })).status).toBe(401);
    expect((await edge.request('/api/me', { token })).status).toBe(429);
    expect(lookups).toBe(1);
  });

  it('by token counts each device and key by itself, from wherever it asks, and names no token', async () => {
    const binding = countTo(3);
    const edge = await testApp(() => ({ rateLimits: { ...UNLIMITED, token: rateLimitOf(binding) } }));
    const [ann, bob] = [await enrol(edge), await enrol(edge)];
    const key = await makeKey(edge, ann.token);
    const ask = async (token: string, address: string) =>
      edge.request('/api/me', { token, ...from(address) });
    expect((await ask(ann.token, '192.0.2.1')).status).toBe(200);
    expect((await ask(ann.token, '192.0.2.2')).status).toBe(200);
    await refusedFor(await ask(ann.token, '192.0.2.3'));
    expect((await ask(bob.token, '192.0.2.1')).status).toBe(200);
    expect((await ask(key.token, '192.0.2.1')).status).toBe(200);
    expect((await edge.request('/api/health')).status).toBe(200);
    expect([...binding.counts.keys()].sort()).toEqual(
      [`device ${ann.device}`, `device ${bob.device}`, `key ${key.id}`].sort(),
    );
  });

  it('on enrolment stops guesses at invitations and link codes, and nothing else', async () => {
    const edge = await testApp(() => ({
      enrolment: { open: false, invite: 'come-in' },
      rateLimits: { ...UNLIMITED, enrolment: rateLimitOf(countTo(2)) },
    }));
    const guess = (body: object) =>
      send(edge, 'POST', '/api/devices', { name: 'x', ...body }, from('192.0.2.1'));
    expect((await guess({ invite: 'a' })).status).toBe(403);
    expect((await guess({ link: 'b' })).status).toBe(403);
    await refusedFor(await guess({ invite: 'come-in' }));
    expect((await edge.request('/api/heads', from('192.0.2.1'))).status).toBe(200);
    const other = await send(
      edge,
      'POST',
      '/api/devices',
      { name: 'x', invite: 'come-in' },
      from('192.0.2.2'),
    );
    expect(other.status).toBe(201);
  });

  it('on tokens that are not valid leaves those alone that are', async () => {
    const edge = await testApp(() => ({ rateLimits: { ...UNLIMITED, failure: rateLimitOf(countTo(2)) } }));
    const { token } = await enrol(edge);
    const ask = (shown: string) => edge.request('/api/me', { token: shown, ...from('192.0.2.1') });
    expect((await ask(`tw_${'A'.repeat(43)}`)).status).toBe(401);
    expect((await ask('two words')).status).toBe(401);
    await refusedFor(await ask(`twk_${'A'.repeat(43)}`));
    expect((await ask(token)).status).toBe(200);
  });

  it.each(['/v1/models', '/v2/models/tiny'])('is refused as the dialect of %s refuses', async (path) => {
    const edge = await testApp(() => ({ rateLimits: { ...UNLIMITED, address: rateLimitOf(countTo(0)) } }));
    const response = await edge.request(path);
    expect(response.status).toBe(429);
    expect(response.headers.get('Retry-After')).toBe('60');
    expect(await response.json()).toEqual({ error: expect.stringContaining('60 seconds') });
  });

  it('lets everything pass without a binding, and while the binding fails', async () => {
    const failing: RateLimitBinding = { limit: () => Promise.reject(new Error('out of order')) };
    for (const limit of [rateLimitOf(undefined), rateLimitOf(failing)])
      for (let i = 0; i < 100; i++) await limit('x');
  });
});

describe("the platform's binding", () => {
  const burst = (count: number, ask: () => Promise<Response>) =>
    Promise.all(Array.from({ length: count }, ask));
  const of = (answers: readonly Response[], wanted: number) =>
    answers.filter(({ status }) => status === wanted);

  it('counts as wrangler.toml says', async () => {
    const edge = await testApp(() => ({
      rateLimits: { ...UNLIMITED, enrolment: rateLimitOf(env.LIMIT_ENROLMENT) },
    }));
    // Of 21 requests 11 fall into one window, even if a minute ends among them; 10 are what a window has.
    const answers = await burst(21, () =>
      send(edge, 'POST', '/api/devices', { name: 'x' }, from('192.0.2.1')),
    );
    expect(of(answers, 201).length).toBeGreaterThanOrEqual(10);
    expect(of(answers, 429).length).toBeGreaterThanOrEqual(1);
    for (const response of of(answers, 429)) await refusedFor(response);
  });

  it('lets a burst of 500 predictions of one token pass', async () => {
    const edge = await testApp(() => ({
      rateLimits: {
        address: rateLimitOf(env.LIMIT_ADDRESS),
        token: rateLimitOf(env.LIMIT_TOKEN),
        enrolment: rateLimitOf(env.LIMIT_ENROLMENT),
        failure: rateLimitOf(env.LIMIT_FAILURE),
      },
    }));
    const { token } = await enrol(edge);
    const headers = { 'If-None-Match': '*' };
    const body = headFile(edge.trunk.manifest);
    await edge.request('/api/heads/mine', { method: 'PUT', token, headers, body });
    const answers = await burst(500, () =>
      edge.request('/api/predict?head=mine', {
        method: 'POST',
        token,
        headers: { 'X-Topwork-Features': '4' },
        body: Float32Array.of(1, 2, 3, 4),
      }),
    );
    expect(of(answers, 200)).toHaveLength(500);
  });
});

describe('addressOf', () => {
  const app = new Hono().get('/', (c) => c.text(addressOf(c)));
  const of = async (address: string) => (await app.request('/', from(address))).text();

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['2001:DB8:1:2::', '2001:db8:1:2'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:0db8:0000:0002::1', '2001:db8:0:2'],
    ['::1', '0:0:0:0'],
    ['::', '0:0:0:0'],
    ['::ffff:192.0.2.1', '::ffff:192.0.2.1'],
  ])('counts %s as %s', async (address, counter) => {
    expect(await of(address)).toBe(counter);
  });

  it('does not depend on the last 64 bits of an IPv6 address', async () => {
    const groups = (min: number) =>
      fc.array(
        fc.integer({ min, max: 0xffff }).map((group) => group.toString(16)),
        { minLength: 4, maxLength: 4 },
      );
    await fc.assert(
      fc.asyncProperty(groups(0), groups(0), async (network, host) => {
        expect(await of([...network, ...host].join(':'))).toBe(network.join(':'));
        expect(await of(`${network.join(':')}::`)).toBe(network.join(':'));
      }),
    );
  });

  it('is one counter for all where the platform names none', async () => {
    expect(await (await app.request('/')).text()).toBe('unknown');
  });
});
