import { env } from 'cloudflare:workers';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { HeadSummary, KeySummary, NewKey } from '../../../src/contract/api.ts';
import { digestOf } from '../../../worker/secrets.ts';
import { problem, type TestApp, testApp } from '../support/app.ts';
import { headFile } from '../support/heads.ts';
import { enrol, makeKey, send } from '../support/identities.ts';

const START = Date.UTC(2026, 0, 1);
let edge: TestApp;
let now = START;
let ann: string;
let bob: string;

beforeAll(async () => {
  edge = await testApp(() => ({ now: () => now }));
  ann = (await enrol(edge)).token;
  bob = (await enrol(edge)).token;
  for (const id of ['mine', 'mine-too']) {
    const headers = { 'If-None-Match': '*' };
    const body = headFile(edge.trunk.manifest);
    const response = await edge.request(`/api/heads/${id}`, { method: 'PUT', token: ann, headers, body });
    expect(response.status).toBe(201);
  }
});

const post = (body: unknown, token = ann) => send(edge, 'POST', '/api/keys', body, { token });
const listed = async (token: string) => {
  const response = await edge.request('/api/keys', { token });
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  return v.parse(v.object({ keys: v.array(KeySummary) }), await response.json()).keys;
};

describe('POST /api/keys', () => {
  it('gives a token of 256 random bits with a prefix of its own, and stores only its SHA-256', async () => {
    const response = await post({ name: ' Shop ' });
    expect(response.status).toBe(201);
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    const { token, ...shown } = v.parse(NewKey, await response.json());
    expect(token).toMatch(/^twk_[A-Za-z0-9_-]{43}$/);
    expect(shown).toEqual({
      ...{ id: shown.id, name: 'Shop', scopes: ['predict'], head: null },
      ...{ createdAt: '2026-01-01T00:00:00.000Z', lastUsedAt: null, expiresAt: null },
    });
    const row = await env.DB.prepare('SELECT * FROM keys WHERE id = ?').bind(shown.id).first();
    expect(row).toMatchObject({ token_sha256: await digestOf(token), scopes: '["predict"]' });
    expect(JSON.stringify(row)).not.toContain(token);
    expect(await listed(ann)).toContainEqual(shown);
    expect(JSON.stringify(await listed(ann))).not.toContain(token);
  });

  it('makes a key of both scopes, for one head, until a time in any zone', async () => {
    const response = await post({
      ...{
        name: 'x',
        scopes: ['heads:read', 'predict'],
        head: 'mine',
        expiresAt: '2026-01-02T01:00:00+01:00',
      },
    });
    expect(await response.json()).toMatchObject({
      ...{ scopes: ['predict', 'heads:read'], head: 'mine', expiresAt: '2026-01-02T00:00:00.000Z' },
    });
  });

  it.each([
    ['{'],
    [{}],
    [{ name: ' ' }],
    [{ name: 'x'.repeat(101) }],
    [{ name: 'x', scopes: [] }],
    [{ name: 'x', scopes: ['heads:read'] }],
    [{ name: 'x', scopes: ['predict', 'heads:write'] }],
    [{ name: 'x', scopes: ['predict', 'account'] }],
    [{ name: 'x', scopes: ['predict', 'heads:read', 'predict'] }],
    [{ name: 'x', scopes: 'predict' }],
    [{ name: 'x', head: 'UPPER' }],
    [{ name: 'x', expiresAt: 'tomorrow' }],
    [{ name: 'x', expiresAt: '2026-13-45T99:99:99Z' }],
    [{ name: 'x', expiresAt: new Date(START).toISOString() }],
  ])('refuses %j', async (body) => {
    expect(await problem(await post(body))).toMatchObject({ status: 400, code: 'request_invalid' });
  });

  it("refuses a head that is not the owner's, as one that is not there", async () => {
    const refused = await problem(await post({ name: 'x', head: 'none' }, bob));
    expect(refused).toMatchObject({ status: 404, code: 'head_not_found' });
    expect(await problem(await post({ name: 'x', head: 'mine' }, bob))).toMatchObject({ status: 404 });
  });

  it('refuses a body beyond the limit', async () => {
    const large = await post({ name: 'x'.repeat(70_000) });
    expect(await problem(large)).toMatchObject({ status: 413, code: 'body_too_large' });
  });
});

describe('a key', () => {
  const heads = async (token: string) => {
    const response = await edge.request('/api/heads', { token });
    const body = v.parse(v.object({ heads: v.array(HeadSummary) }), await response.json());
    return body.heads.map(({ id }) => `${id}`).sort();
  };

  it('of one head sees that one, and no other of its owner, in the list and by name', async () => {
    const scopes = ['predict', 'heads:read'];
    const { token } = await makeKey(edge, ann, { scopes, head: 'mine' });
    expect(await heads(token)).toEqual(['mine']);
    const ask = async (id: string) => problem(await edge.request(`/api/heads/${id}`, { token }));
    const [other, none] = [await ask('mine-too'), await ask('mine-xyz')];
    expect(other).toEqual({
      ...none,
      detail: `${none.detail}`.replace('mine-xyz', 'mine-too'),
      requestId: other.requestId,
    });
    expect((await edge.request('/api/heads/mine', { token })).status).toBe(200);
    expect(await heads((await makeKey(edge, ann, { scopes })).token)).toEqual(['mine', 'mine-too']);
  });

  it("of one head does not reach another owner's public head of the same id", async () => {
    const { token } = await makeKey(edge, ann, { scopes: ['predict', 'heads:read'], head: 'mine-too' });
    const headers = { 'If-None-Match': '*' };
    const body = headFile(edge.trunk.manifest, { bias: 1 });
    await edge.request('/api/heads/mine-too', { method: 'PUT', token: bob, headers, body });
    await send(edge, 'PATCH', '/api/heads/mine-too', { visibility: 'public' }, { token: bob });
    await edge.request('/api/heads/mine-too', { method: 'DELETE', token: ann });
    expect((await edge.request('/api/heads/mine-too', { token: ann })).status).toBe(200);
    expect((await edge.request('/api/heads/mine-too', { token })).status).toBe(404);
  });

  it('ends when it expires, and when it is revoked', async () => {
    const { token } = await makeKey(edge, ann, { expiresAt: new Date(START + 1000).toISOString() });
    const status = async () => (await edge.request('/api/me', { token })).status;
    now = START + 999;
    expect(await status()).toBe(200);
    now = START + 1000;
    expect(await status()).toBe(401);
    now = START;
    const key = await makeKey(edge, ann);
    const revoke = (by: string) => edge.request(`/api/keys/${key.id}`, { method: 'DELETE', token: by });
    expect(await problem(await revoke(bob))).toMatchObject({ status: 404, code: 'key_not_found' });
    expect((await edge.request('/api/me', { token: key.token })).status).toBe(200);
    expect((await revoke(ann)).status).toBe(204);
    expect((await edge.request('/api/me', { token: key.token })).status).toBe(401);
    expect((await revoke(ann)).status).toBe(404);
  });

  it('says when it was last used', async () => {
    const key = await makeKey(edge, ann);
    await edge.request('/api/me', { token: key.token });
    expect((await listed(ann)).find(({ id }) => id === key.id)?.lastUsedAt).toBe('2026-01-01T00:00:00.000Z');
  });
});
