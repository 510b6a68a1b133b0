import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { HeadSummary } from '../../../src/contract/api.ts';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { MAX_HEAD_BYTES } from '../../../src/contract/limits.ts';
import {
  OPERATOR_SECRET,
  problem,
  type RequestOptions,
  streamOf,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { headFile } from '../support/heads.ts';

const CREATE = { 'If-None-Match': '*' };
const matching = (revision: string) => ({ 'If-Match': `"${revision}"` });

let edge: TestApp;
let ann: string;
let bob: string;
let serial = 0;
const freshId = () => `head-${++serial}`;

beforeAll(async () => {
  edge = await testApp();
  ann = await edge.enrol();
  bob = await edge.enrol();
});

function put(id: string, body: BodyInit, options: RequestOptions = {}): Promise<Response> {
  return edge.request(`/api/heads/${id}`, { method: 'PUT', headers: CREATE, token: ann, ...options, body });
}

describe('PUT /api/heads/:head', () => {
  it('creates a head, private, and names it by its SHA-256', async () => {
    const bytes = headFile(edge.trunk.manifest);
    const id = freshId();
    const response = await put(id, bytes);
    expect(response.status).toBe(201);
    const revision = await sha256Hex(bytes);
    expect(response.headers.get('ETag')).toBe(`"${revision}"`);
    expect(v.parse(HeadSummary, await response.json())).toEqual({
      ...{
        id,
        revision,
        title: 'cup, plate, fork',
        labels: ['cup', 'plate', 'fork'],
        visibility: 'private',
        own: true,
      },
      ...{ model: 'tiny', trunk: edge.trunk.manifest.digest, bytes: bytes.length },
      ...{ createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
    });
  });

  it('takes the same bytes twice as one revision, whatever the condition', async () => {
    const id = freshId();
    const bytes = headFile(edge.trunk.manifest);
    expect((await put(id, bytes)).status).toBe(201);
    for (const headers of [CREATE, matching('0'.repeat(64)), { 'If-Match': '*' }])
      expect((await put(id, bytes, { headers })).status).toBe(200);
    const history = await edge.request(`/api/heads/${id}/revisions`, { token: ann });
    expect(await history.json()).toEqual({
      revisions: [
        { digest: await sha256Hex(bytes), bytes: bytes.length, createdAt: '2026-01-01T00:00:00.000Z' },
      ],
    });
  });

  it('replaces the revision that If-Match names', async () => {
    const id = freshId();
    const first = headFile(edge.trunk.manifest);
    const second = headFile(edge.trunk.manifest, { bias: 1 });
    await put(id, first);
    const response = await put(id, second, { headers: matching(await sha256Hex(first)) });
    expect(response.status).toBe(200);
    expect(response.headers.get('ETag')).toBe(`"${await sha256Hex(second)}"`);
  });

  it.each([
    ['If-None-Match of a head that is there', CREATE],
    ['If-Match of another revision', matching('0'.repeat(64))],
    ['If-Match of a tag that is no revision', { 'If-Match': '"x"' }],
  ])('refuses with 412 and the current revision: %s', async (_, headers) => {
    const id = freshId();
    const first = headFile(edge.trunk.manifest);
    const revision = await sha256Hex(first);
    await put(id, first);
    const response = await put(id, headFile(edge.trunk.manifest, { bias: 1 }), { headers });
    expect(response.status).toBe(412);
    expect(response.headers.get('ETag')).toBe(`"${revision}"`);
    expect(await problem(response)).toMatchObject({ code: 'precondition_failed', revision });
  });

  it('refuses a weak If-Match', async () => {
    const id = freshId();
    const first = headFile(edge.trunk.manifest);
    await put(id, first);
    const headers = { 'If-Match': `W/"${await sha256Hex(first)}"` };
    expect((await put(id, headFile(edge.trunk.manifest, { bias: 1 }), { headers })).status).toBe(412);
  });

  it('refuses without a condition, with both, and with an If-None-Match that is not "*"', async () => {
    const bytes = headFile(edge.trunk.manifest);
    const without = await put(freshId(), bytes, { headers: {} });
    expect(await problem(without)).toMatchObject({ status: 428, code: 'precondition_required' });
    const both = await put(freshId(), bytes, { headers: { ...CREATE, 'If-Match': '*' } });
    expect(await problem(both)).toMatchObject({ status: 400, code: 'request_invalid' });
    const tag = await put(freshId(), bytes, { headers: { 'If-None-Match': '"x"' } });
    expect(await problem(tag)).toMatchObject({ status: 400, code: 'request_invalid' });
  });

  it('answers 404 where there is nothing to replace', async () => {
    const response = await put(freshId(), headFile(edge.trunk.manifest), { headers: { 'If-Match': '*' } });
    expect(await problem(response)).toMatchObject({ status: 404, code: 'head_not_found' });
  });

  it('lets exactly one of concurrent replacements win', async () => {
    const id = freshId();
    const first = headFile(edge.trunk.manifest);
    await put(id, first);
    const headers = matching(await sha256Hex(first));
    const responses = await Promise.all(
      [1, 2, 3, 4].map((bias) => put(id, headFile(edge.trunk.manifest, { bias }), { headers })),
    );
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const winner = responses.findIndex(({ status }) => status === 200);
    const stored = await edge.request(`/api/heads/${id}`, { token: ann });
    expect(new Uint8Array(await stored.arrayBuffer())).toEqual(
      headFile(edge.trunk.manifest, { bias: winner + 1 }),
    );
  });

  it('needs a valid token', async () => {
    const bytes = headFile(edge.trunk.manifest);
    const without = await edge.request('/api/heads/x', { method: 'PUT', headers: CREATE, body: bytes });
    expect(await problem(without)).toMatchObject({ status: 401, code: 'unauthorized' });
    expect(without.headers.get('WWW-Authenticate')).toBe('Bearer');
    for (const token of ['tw_wrong', 'two words', ''])
      expect(await problem(await put('x', bytes, { token }))).toMatchObject({ code: 'unauthorized' });
  });

  it('refuses a head beyond the limit, said or not said, without storing it', async () => {
    const id = freshId();
    const told = await put(id, new Uint8Array(MAX_HEAD_BYTES + 1));
    expect(await problem(told)).toMatchObject({ status: 413, code: 'head_too_large' });
    const untold = await put(id, streamOf(MAX_HEAD_BYTES + 1));
    expect(await problem(untold)).toMatchObject({ status: 413, code: 'head_too_large' });
    expect((await edge.request(`/api/heads/${id}`, { token: ann })).status).toBe(404);
  });

  it('refuses bytes that are no head', async () => {
    const whole = headFile(edge.trunk.manifest);
    for (const bytes of [new Uint8Array(), whole.slice(0, -1), new Uint8Array(64)])
      expect(await problem(await put(freshId(), bytes))).toMatchObject({ status: 422, code: 'head_invalid' });
  });

  it.each([
    ['trunk', { trunk: '0'.repeat(64) }],
    ['statistics', { statistics: '0'.repeat(64) }],
    ['model', { model: 'unheard-of' }],
  ])('refuses a head of another %s', async (_, metadata) => {
    const response = await put(freshId(), headFile(edge.trunk.manifest, { metadata }));
    expect(await problem(response)).toMatchObject({ status: 409, code: 'trunk_mismatch' });
  });

  it.each([
    ['a layer that is no cut', { metadata: { cut: 'conv' } }],
    ['another number of features', { dim: 5 }],
    ['features of another pooling', { dim: 4, metadata: { pooling: '2x2' } }],
    [
      'a larger input than the isolate has room for',
      { metadata: { preprocessing: { size: 512, range: [0, 1] } } },
    ],
  ])('refuses a head that wants %s', async (_, wish) => {
    const response = await put(freshId(), headFile(edge.trunk.manifest, wish));
    expect(await problem(response)).toMatchObject({ status: 422, code: 'head_invalid' });
  });

  it('refuses an id that is none', async () => {
    const response = await put('UPPER', headFile(edge.trunk.manifest));
    expect(await problem(response)).toMatchObject({ status: 400, code: 'request_invalid' });
  });

  it("keeps a model's name for the operator, whose heads are public and of that model", async () => {
    const bytes = headFile(edge.trunk.manifest);
    expect(await problem(await put('tiny', bytes))).toMatchObject({ status: 409, code: 'head_id_taken' });
    const mistaken = await put('other', bytes, { token: OPERATOR_SECRET });
    expect(await problem(mistaken)).toMatchObject({ status: 409, code: 'trunk_mismatch' });
    const response = await put('tiny', bytes, { token: OPERATOR_SECRET });
    expect(response.status).toBe(201);
    expect(await response.json()).toMatchObject({ visibility: 'public' });
    expect((await edge.request('/api/heads/tiny')).status).toBe(200);
  });

  it('lets a default head answer nobody while the operator has it private', async () => {
    await put('tiny', headFile(edge.trunk.manifest), { token: OPERATOR_SECRET });
    const seen = async () => {
      const model = await (await edge.request('/api/models/tiny')).json();
      const headers = { 'X-Topwork-Features': '4' };
      const body = Float32Array.of(1, 2, 3, 4);
      const answer = await edge.request('/api/predict', { method: 'POST', headers, body });
      return [v.parse(v.object({ defaultHead: v.nullable(v.string()) }), model).defaultHead, answer.status];
    };
    expect(await seen()).toEqual(['tiny', 200]);
    await patch('tiny', { visibility: 'private' }, OPERATOR_SECRET);
    expect(await seen()).toEqual([null, 404]);
    await patch('tiny', { visibility: 'public' }, OPERATOR_SECRET);
    expect(await seen()).toEqual(['tiny', 200]);
  });
});

describe("another owner's private head", () => {
  it.each([
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['GET', '/revisions'],
    ['GET', `/revisions/${'0'.repeat(64)}`],
  ])('is the same 404 as none at all: %s %s', async (method, tail) => {
    const id = freshId();
    const ask = (path: string, token?: string) =>
      edge.request(path, {
        method,
        ...(token === undefined ? {} : { token }),
        ...(method === 'PATCH'
          ? { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ title: 'x' }) }
          : {}),
      });
    const before = await problem(await ask(`/api/heads/${id}${tail}`, bob));
    await put(id, headFile(edge.trunk.manifest));
    const after = await problem(await ask(`/api/heads/${id}${tail}`, bob));
    expect(before).toMatchObject({ status: 404, code: 'head_not_found' });
    expect({ ...after, requestId: '' }).toEqual({ ...before, requestId: '' });
    expect((await edge.request(`/api/heads/${id}`, { token: ann })).status).toBe(200);
  });

  it('does not stand in the way of an own one', async () => {
    const id = freshId();
    expect((await put(id, headFile(edge.trunk.manifest))).status).toBe(201);
    expect((await put(id, headFile(edge.trunk.manifest, { bias: 1 }), { token: bob })).status).toBe(201);
  });
});

describe('GET /api/heads/:head', () => {
  it('gives back the very bytes, and 304 to who has them', async () => {
    const id = freshId();
    const bytes = headFile(edge.trunk.manifest);
    await put(id, bytes);
    const response = await edge.request(`/api/heads/${id}`, { token: ann });
    expect(response.status).toBe(200);
    expect(response.headers.get('Cache-Control')).toBe('private, no-cache');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes);
    const etag = response.headers.get('ETag') ?? '';
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await edge.request(`/api/heads/${id}`, { token: ann, headers: { 'If-None-Match': tag } });
      expect(again.status).toBe(304);
      expect(again.headers.get('ETag')).toBe(etag);
      expect(again.headers.get('Access-Control-Allow-Origin')).toBe('*');
    }
  });

  it('gives a public head to everybody, but its past to its owner alone', async () => {
    const id = freshId();
    const first = headFile(edge.trunk.manifest);
    const second = headFile(edge.trunk.manifest, { bias: 1 });
    await put(id, first);
    await put(id, second, { headers: matching(await sha256Hex(first)) });
    await patch(id, { visibility: 'public' });
    const response = await edge.request(`/api/heads/${id}`);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(second);
    const status = async (bytes: Uint8Array, token?: string) =>
      (
        await edge.request(
          `/api/heads/${id}/revisions/${await sha256Hex(bytes)}`,
          token === undefined ? {} : { token },
        )
      ).status;
    expect(await status(first, ann)).toBe(200);
    expect(await status(first, bob)).toBe(404);
    expect(await status(second, bob)).toBe(200);
    expect(await status(second)).toBe(200);
  });
});

describe('GET /api/heads', () => {
  it("lists one's own heads and the public ones, and nothing else", async () => {
    const mine = freshId();
    const theirs = freshId();
    const shared = freshId();
    const bytes = headFile(edge.trunk.manifest);
    await put(mine, bytes);
    await put(theirs, bytes, { token: bob });
    await put(shared, bytes, { token: bob });
    await patch(shared, { visibility: 'public', title: 'Shared' }, bob);
    const response = await edge.request('/api/heads', { token: ann });
    expect(response.headers.get('Vary')).toBe('Authorization');
    const { heads } = v.parse(v.object({ heads: v.array(HeadSummary) }), await response.json());
    const ids = heads.map(({ id }) => `${id}`);
    expect(ids).toContain(mine);
    expect(ids).not.toContain(theirs);
    expect(heads.find(({ id }) => `${id}` === shared)).toMatchObject({ title: 'Shared', own: false });
    expect(heads.find(({ id }) => `${id}` === mine)).toMatchObject({ own: true });
    const anonymous = await edge.request('/api/heads');
    expect(JSON.stringify(await anonymous.json())).not.toContain(mine);
  });
});

function patch(id: string, body: unknown, token = ann): Promise<Response> {
  return edge.request(`/api/heads/${id}`, {
    method: 'PATCH',
    headers: { 'Content-Type': 'application/json' },
    token,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

describe('PATCH /api/heads/:head', () => {
  it('changes title and visibility, and leaves the revision', async () => {
    const id = freshId();
    const bytes = headFile(edge.trunk.manifest);
    await put(id, bytes);
    const response = await patch(id, { title: '  Kitchen ', visibility: 'public' });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({
      title: 'Kitchen',
      visibility: 'public',
      revision: await sha256Hex(bytes),
    });
    expect(await (await patch(id, { visibility: 'private' })).json()).toMatchObject({ title: 'Kitchen' });
  });

  it('refuses to make a second public head of one id', async () => {
    const id = freshId();
    await put(id, headFile(edge.trunk.manifest));
    await put(id, headFile(edge.trunk.manifest), { token: bob });
    expect((await patch(id, { visibility: 'public' })).status).toBe(200);
    const second = await patch(id, { visibility: 'public' }, bob);
    expect(await problem(second)).toMatchObject({ status: 409, code: 'head_id_taken' });
  });

  it.each([
    ['not json'],
    [{}],
    [{ visibility: 'secret' }],
    [{ title: ' ' }],
    [{ title: 'x'.repeat(101) }],
    [[]],
  ])('refuses %j', async (body) => {
    const id = freshId();
    await put(id, headFile(edge.trunk.manifest));
    expect(await problem(await patch(id, body))).toMatchObject({ status: 400, code: 'request_invalid' });
  });

  it('refuses a body beyond the limit, and one without a token', async () => {
    const large = await patch(freshId(), { title: 'x'.repeat(100_000) });
    expect(await problem(large)).toMatchObject({ status: 413, code: 'body_too_large' });
    const anonymous = await edge.request('/api/heads/x', { method: 'PATCH', body: '{}' });
    expect(await problem(anonymous)).toMatchObject({ status: 401 });
  });
});

describe('DELETE /api/heads/:head', () => {
  const remove = (id: string, options: RequestOptions = {}) =>
    edge.request(`/api/heads/${id}`, { method: 'DELETE', token: ann, ...options });

  it('deletes once', async () => {
    const id = freshId();
    await put(id, headFile(edge.trunk.manifest));
    const response = await remove(id);
    expect(response.status).toBe(204);
    expect(await problem(await remove(id))).toMatchObject({ status: 404, code: 'head_not_found' });
    expect((await edge.request(`/api/heads/${id}`, { token: ann })).status).toBe(404);
  });

  it('deletes only the revision that If-Match names', async () => {
    const id = freshId();
    const bytes = headFile(edge.trunk.manifest);
    await put(id, bytes);
    const stale = await remove(id, { headers: matching('0'.repeat(64)) });
    expect(await problem(stale)).toMatchObject({ status: 412, code: 'precondition_failed' });
    expect((await remove(id, { headers: matching(await sha256Hex(bytes)) })).status).toBe(204);
  });

  it('needs a token', async () => {
    const response = await edge.request('/api/heads/x', { method: 'DELETE' });
    expect(await problem(response)).toMatchObject({ status: 401 });
  });
});
