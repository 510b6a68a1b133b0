import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { HeadSummary } from '../../../src/contract/api.ts';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { problem, type RequestOptions, type TestApp, testApp } from '../support/app.ts';
import { headFile } from '../support/heads.ts';
import { send } from '../support/identities.ts';

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

const put = (id: string, body: BodyInit, options: RequestOptions = {}) =>
  edge.request(`/api/heads/${id}`, { method: 'PUT', headers: CREATE, token: ann, ...options, body });
const patch = (id: string, body: unknown) => send(edge, 'PATCH', `/api/heads/${id}`, body, { token: ann });

describe('POST /api/heads/:head/rollback', () => {
  const file = (bias: number) => headFile(edge.trunk.manifest, { bias });
  const digest = (bias: number) => sha256Hex(file(bias));
  /** A head that became each of these in turn. */
  async function withHistory(...biases: readonly number[]): Promise<string> {
    const id = freshId();
    for (const [i, bias] of biases.entries())
      await put(id, file(bias), { headers: i === 0 ? CREATE : { 'If-Match': '*' } });
    return id;
  }
  const rollback = (id: string, body: unknown, headers: Record<string, string> = {}, token = ann) =>
    send(edge, 'POST', `/api/heads/${id}/rollback`, body, { headers, token });
  const history = async (id: string) => {
    const response = await edge.request(`/api/heads/${id}/revisions`, { token: ann });
    const revisions = v.array(v.object({ digest: v.string() }));
    const body = v.parse(v.object({ revisions }), await response.json());
    return body.revisions.map((revision) => revision.digest);
  };

  it('makes a former revision the current one, as a new entry of the history', async () => {
    const id = await withHistory(0, 1, 2);
    await patch(id, { title: 'Kitchen' });
    const to = await digest(0);
    const response = await rollback(id, { to }, matching(await digest(2)));
    expect(response.status).toBe(200);
    expect(response.headers.get('ETag')).toBe(`"${to}"`);
    expect(v.parse(HeadSummary, await response.json())).toMatchObject({ revision: to, title: 'Kitchen' });
    expect(await history(id)).toEqual([to, await digest(2), await digest(1), to]);
    const stored = await edge.request(`/api/heads/${id}`, { token: ann });
    expect(new Uint8Array(await stored.arrayBuffer())).toEqual(file(0));
  });

  it('can be rolled back itself', async () => {
    const id = await withHistory(0, 1);
    const [zero, one] = [await digest(0), await digest(1)];
    expect((await rollback(id, { to: zero }, matching(one))).status).toBe(200);
    expect((await rollback(id, { to: one }, matching(zero))).status).toBe(200);
    expect(await history(id)).toEqual([one, zero, one, zero]);
  });

  it('takes the labels of the former revision with it', async () => {
    const id = await withHistory(0);
    const other = headFile(edge.trunk.manifest, { labels: ['dog', 'cat'] });
    await put(id, other, { headers: { 'If-Match': '*' } });
    const response = await rollback(id, { to: await digest(0) }, matching(await sha256Hex(other)));
    expect(await response.json()).toMatchObject({ labels: ['cup', 'plate', 'fork'] });
  });

  it('does nothing when the revision is the current one, whatever was expected', async () => {
    const id = await withHistory(0, 1);
    const one = await digest(1);
    for (const headers of [matching(one), matching(await digest(0))])
      expect((await rollback(id, { to: one }, headers)).status).toBe(200);
    expect(await history(id)).toHaveLength(2);
  });

  it('needs If-Match, and refuses a stale one with the current revision', async () => {
    const id = await withHistory(0, 1, 2);
    const to = await digest(0);
    const without = await rollback(id, { to });
    expect(await problem(without)).toMatchObject({ status: 428, code: 'precondition_required' });
    const stale = await rollback(id, { to }, matching(await digest(1)));
    expect(stale.headers.get('ETag')).toBe(`"${await digest(2)}"`);
    expect(await problem(stale)).toMatchObject({ status: 412, revision: await digest(2) });
    expect(await history(id)).toHaveLength(3);
  });

  it('lets exactly one of concurrent changes win, rollbacks and puts alike', async () => {
    const id = await withHistory(0, 1, 2);
    const headers = matching(await digest(2));
    const answers = await Promise.all([
      rollback(id, { to: await digest(0) }, headers),
      rollback(id, { to: await digest(1) }, headers),
      put(id, file(3), { headers }),
      put(id, file(4), { headers }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412]);
    const winner = v.parse(HeadSummary, await answers.find(({ status }) => status === 200)?.json());
    const entries = await history(id);
    expect(entries).toHaveLength(4);
    expect(entries[0]).toBe(winner.revision);
  });

  it('is one entry however often it is sent at once', async () => {
    const id = await withHistory(0, 1);
    const [to, headers] = [await digest(0), matching(await digest(1))];
    const answers = await Promise.all([1, 2, 3].map(() => rollback(id, { to }, headers)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await history(id)).toHaveLength(3);
  });

  it('is a 404 for a revision that the head never had, though another head has', async () => {
    const id = await withHistory(0, 1);
    await withHistory(7);
    const response = await rollback(id, { to: await digest(7) }, matching(await digest(1)));
    expect(await problem(response)).toMatchObject({ status: 404, code: 'head_not_found' });
  });

  it("is the same 404 for another owner's head as for none, public or not", async () => {
    const id = await withHistory(0, 1);
    await patch(id, { visibility: 'public' });
    const body = { to: await digest(0) };
    const theirs = await problem(await rollback(id, body, { 'If-Match': '*' }, bob));
    const none = await problem(await rollback('none', body, { 'If-Match': '*' }, bob));
    expect(theirs).toMatchObject({ status: 404, code: 'head_not_found' });
    expect(theirs.detail).toBe(`${none.detail}`.replace('none', id));
    expect(await history(id)).toHaveLength(2);
  });

  it('refuses a revision of a trunk that is served no more', async () => {
    const id = await withHistory(0, 1);
    const moved = await testApp((deps) => ({
      catalog: {
        ...deps.catalog,
        list: async () =>
          (await deps.catalog.list()).map((manifest) => ({
            ...manifest,
            digest: edge.other.manifest.statistics,
          })),
      },
    }));
    const response = await moved.request(`/api/heads/${id}/rollback`, {
      method: 'POST',
      token: ann,
      headers: { 'Content-Type': 'application/json', 'If-Match': '*' },
      body: JSON.stringify({ to: await digest(0) }),
    });
    expect(await problem(response)).toMatchObject({ status: 409, code: 'trunk_mismatch' });
  });

  it.each([['{'], [{}], [{ to: 'x' }], [{ to: 'A'.repeat(64) }], [{ to: 1 }]])('refuses %j', async (body) => {
    const id = await withHistory(0);
    const response = await rollback(id, body, { 'If-Match': '*' });
    expect(await problem(response)).toMatchObject({ status: 400, code: 'request_invalid' });
  });

  it('needs a token', async () => {
    const response = await edge.request('/api/heads/x/rollback', { method: 'POST', body: '{}' });
    expect(await problem(response)).toMatchObject({ status: 401, code: 'unauthorized' });
  });
});
