import { env } from 'cloudflare:workers';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Enrolment } from '../../../src/contract/api.ts';
import { digestOf } from '../../../worker/secrets.ts';
import { problem, streamOf, type TestApp, testApp } from '../support/app.ts';

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

describe('the operator', () => {
  it('is nobody where there is no secret', async () => {
    const edge = await testApp(() => ({ operatorSecret: null }));
    for (const token of ['null', 'undefined', 'the-operators-secret'])
      expect((await edge.request('/api/heads', { token })).status).toBe(401);
  });
});
