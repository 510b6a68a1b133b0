import { env } from 'cloudflare:workers';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { DeviceSummary, Enrolment, Link } from '../../../src/contract/api.ts';
import { LINK_MS } from '../../../src/contract/limits.ts';
import { digestOf } from '../../../worker/secrets.ts';
import { problem, streamOf, type TestApp, testApp } from '../support/app.ts';
import { enrol as enrolled, makeKey, openLink } from '../support/identities.ts';

function enrol({ request }: TestApp, body: BodyInit): Promise<Response> {
  return request('/api/devices', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body });
}
const named = (rest: object = {}) => JSON.stringify({ name: 'phone', ...rest });

describe('POST /api/devices', () => {
  it('gives a token of 256 random bits, valid at once, and stores only its SHA-256', async () => {
    const edge = await testApp();
    const response = await enrol(edge, named());
    expect(response.status).toBe(201);
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    const { token, device, owner } = v.parse(Enrolment, await response.json());
    expect(token).toMatch(/^tw_[A-Za-z0-9_-]{43}$/);
    expect((await edge.request('/api/heads', { token })).status).toBe(200);
    const row = await env.DB.prepare('SELECT * FROM devices WHERE id = ?').bind(device).first();
    expect(row).toMatchObject({ owner, name: 'phone', token_sha256: await digestOf(token) });
    expect(JSON.stringify(row)).not.toContain(token);
  });

  it('gives every device another token and another owner', async () => {
    const edge = await testApp();
    const answers = await Promise.all([1, 2, 3].map(async () => (await enrol(edge, named())).json()));
    const enrolments = v.parse(v.array(Enrolment), answers);
    expect(new Set(enrolments.flatMap(({ token, owner, device }) => [token, owner, device])).size).toBe(9);
  });

  it('asks for the invitation where enrolment is by invitation', async () => {
    const edge = await testApp(() => ({ enrolment: { open: false, invite: 'come-in' } }));
    for (const body of [named(), named({ invite: 'let-me-in' }), named({ invite: '' })])
      expect(await problem(await enrol(edge, body))).toMatchObject({ status: 403, code: 'enrolment_closed' });
    expect((await enrol(edge, named({ invite: 'come-in' }))).status).toBe(201);
  });

  it('lets nobody in where there is no invitation', async () => {
    const edge = await testApp(() => ({ enrolment: { open: false, invite: null } }));
    for (const body of [named(), named({ invite: 'null' }), named({ invite: '' })])
      expect(await problem(await enrol(edge, body))).toMatchObject({ code: 'enrolment_closed' });
  });

  it.each([
    ['{'],
    ['null'],
    ['{}'],
    [named({ name: ' ' })],
    [named({ name: 'x'.repeat(101) })],
    [named({ name: 1 })],
    [named({ link: 1 })],
    [named({ link: 'x'.repeat(65) })],
  ])('refuses the body %s', async (body) => {
    const response = await enrol(await testApp(), body);
    expect(await problem(response)).toMatchObject({ status: 400, code: 'request_invalid' });
  });

  it('refuses another content type', async () => {
    const edge = await testApp();
    const response = await edge.request('/api/devices', { method: 'POST', body: named() });
    expect(await problem(response)).toMatchObject({ status: 400, code: 'request_invalid' });
  });

  it('refuses a body beyond the limit, said or not said', async () => {
    const edge = await testApp();
    for (const body of [new Uint8Array(65_537), streamOf(65_537)])
      expect(await problem(await enrol(edge, body))).toMatchObject({ status: 413, code: 'body_too_large' });
  });
});

describe('POST /api/links', () => {
  it('gives a code for ten minutes, and stores only its SHA-256', async () => {
    const edge = await testApp();
    const { token, owner } = await enrolled(edge);
    const response = await edge.request('/api/links', { method: 'POST', token });
    expect(response.status).toBe(201);
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    const { link, expiresAt } = v.parse(Link, await response.json());
    expect(link).toMatch(/^([0-9A-Z]{4}-){3}[0-9A-Z]{4}$/);
    expect(expiresAt).toBe('2026-01-01T00:10:00.000Z');
    const row = await env.DB.prepare('SELECT * FROM links WHERE owner = ?').bind(owner).first();
    expect(row).toEqual({ owner, code_sha256: await digestOf(link), expires_at: expiresAt });
  });

  it('lets a second device join its owner, however the code is typed, even by invitation only', async () => {
    const edge = await testApp(() => ({ enrolment: { open: false, invite: 'come-in' } }));
    const first = await enrol(edge, named({ invite: 'come-in' }));
    const { token, owner } = v.parse(Enrolment, await first.json());
    const link = (await openLink(edge, token)).toLowerCase().replaceAll('-', ' ');
    const second = v.parse(Enrolment, await (await enrol(edge, named({ link }))).json());
    expect(second.owner).toBe(owner);
    expect(second.token).not.toBe(token);
    const me = await edge.request('/api/me', { token: second.token });
    expect(await me.json()).toMatchObject({ owner, device: { id: second.device } });
  });

  it('lets exactly one of concurrent devices join by one code', async () => {
    const edge = await testApp();
    const { token } = await enrolled(edge);
    const link = await openLink(edge, token);
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => enrol(edge, named({ link }))));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 403, 403, 403, 403]);
  });

  it('says the same of a code that is used, past, replaced or invented', async () => {
    let now = Date.UTC(2026, 0, 1);
    const edge = await testApp(() => ({ now: () => now }));
    const { token } = await enrolled(edge);
    const replaced = await openLink(edge, token);
    const used = await openLink(edge, token);
    await enrol(edge, named({ link: used }));
    const past = await openLink(edge, token);
    now += LINK_MS;
    const problems = [];
    for (const link of [replaced, used, past, 'AAAA-AAAA-AAAA-AAAA', ''])
      problems.push({ ...(await problem(await enrol(edge, named({ link })))), requestId: '' });
    expect(problems[0]).toMatchObject({ status: 403, code: 'link_invalid' });
    for (const each of problems) expect(each).toEqual(problems[0]);
  });
});

describe('GET and DELETE /api/devices', () => {
  const listed = async (edge: TestApp, token: string) => {
    const response = await edge.request('/api/devices', { token });
    expect(response.headers.get('Cache-Control')).toBe('no-store');
    return v.parse(v.object({ devices: v.array(DeviceSummary) }), await response.json()).devices;
  };

  it("lists the owner's devices and says which one asks", async () => {
    const edge = await testApp();
    const phone = await enrolled(edge);
    const tablet = await enrolled(edge, { link: await openLink(edge, phone.token) });
    await enrolled(edge);
    const time = '2026-01-01T00:00:00.000Z';
    const rest = { name: 'phone', createdAt: time, lastUsedAt: time };
    expect(await listed(edge, phone.token)).toEqual([
      { id: phone.device, ...rest, current: true },
      { id: tablet.device, ...rest, current: false },
    ]);
    expect((await listed(edge, tablet.token)).map(({ current }) => current)).toEqual([false, true]);
  });

  it('revokes another device, and oneself, at once', async () => {
    const edge = await testApp();
    const phone = await enrolled(edge);
    const tablet = await enrolled(edge, { link: await openLink(edge, phone.token) });
    const revoke = (id: string, token: string) =>
      edge.request(`/api/devices/${id}`, { method: 'DELETE', token });
    const answer = await revoke(phone.device, tablet.token);
    expect(answer.status).toBe(204);
    expect(await answer.text()).toBe('');
    expect(await problem(await edge.request('/api/me', { token: phone.token }))).toMatchObject({
      ...{ status: 401, code: 'unauthorized' },
    });
    const again = await revoke(phone.device, tablet.token);
    expect(await problem(again)).toMatchObject({ status: 404, code: 'device_not_found' });
    expect((await revoke(tablet.device, tablet.token)).status).toBe(204);
    expect((await edge.request('/api/me', { token: tablet.token })).status).toBe(401);
  });

  it('lets no link of a revoked device let anyone in', async () => {
    const edge = await testApp();
    const phone = await enrolled(edge);
    const stolen = await enrolled(edge, { link: await openLink(edge, phone.token) });
    const link = await openLink(edge, stolen.token);
    await edge.request(`/api/devices/${stolen.device}`, { method: 'DELETE', token: phone.token });
    expect(await problem(await enrol(edge, named({ link })))).toMatchObject({ code: 'link_invalid' });
  });

  it("is the same 404 for another owner's device as for none, and leaves it", async () => {
    const edge = await testApp();
    const [ann, bob] = [await enrolled(edge), await enrolled(edge)];
    const revoke = async (id: string) => ({
      ...(await problem(await edge.request(`/api/devices/${id}`, { method: 'DELETE', token: bob.token }))),
      requestId: '',
    });
    expect(await revoke(ann.device)).toEqual(await revoke(crypto.randomUUID()));
    expect(await listed(edge, ann.token)).toHaveLength(1);
  });

  it('refuses an id that is none', async () => {
    const edge = await testApp();
    const { token } = await enrolled(edge);
    const response = await edge.request('/api/devices/x', { method: 'DELETE', token });
    expect(await problem(response)).toMatchObject({ status: 400, code: 'request_invalid' });
  });
});

describe('GET /api/me', () => {
  it('says who a token is and what it is good for', async () => {
    const edge = await testApp();
    const phone = await enrolled(edge);
    const key = await makeKey(edge, phone.token, { scopes: ['predict', 'heads:read'] });
    const me = async (token: string) => (await edge.request('/api/me', { token })).json();
    expect(await me(phone.token)).toEqual({
      principal: 'device',
      owner: phone.owner,
      scopes: ['predict', 'heads:read', 'heads:write', 'account'],
      device: expect.objectContaining({ id: phone.device, current: true }),
    });
    const { token, ...shown } = key;
    expect(await me(token)).toEqual({
      principal: 'key',
      owner: phone.owner,
      scopes: ['predict', 'heads:read'],
      key: { ...shown, lastUsedAt: '2026-01-01T00:00:00.000Z' },
    });
    expect(await me('the-operators-secret')).toEqual({
      principal: 'operator',
      owner: 'operator',
      scopes: ['predict', 'heads:read', 'heads:write', 'operate'],
    });
    expect((await edge.request('/api/me')).status).toBe(401);
  });
});

describe('the operator', () => {
  it('is nobody where there is no secret', async () => {
    const edge = await testApp(() => ({ operatorSecret: null }));
    for (const token of ['null', 'undefined', 'the-operators-secret'])
      expect((await edge.request('/api/heads', { token })).status).toBe(401);
  });
});
