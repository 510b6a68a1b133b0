import { env } from 'cloudflare:workers';
import * as v from 'valibot';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Health, Readiness, Stats } from '../../../src/contract/operations.ts';
import { createCatalog } from '../../../worker/catalog.ts';
import { createRecorder } from '../../../worker/observe/recorder.ts';
import { createD1StatsStore } from '../../../worker/store/d1-stats.ts';
import { OPERATOR_SECRET, problem, type RequestOptions, type TestApp, testApp } from '../support/app.ts';
import { goldenImage } from '../support/files.ts';
import { headFile } from '../support/heads.ts';
import { makeKey, send } from '../support/identities.ts';

const NOW = Date.UTC(2026, 0, 10, 12);
const SECRETS = ['phone-of-mallory', 'my-secret-head', 'a-private-label'];

describe('GET /api/health', () => {
  it('tells what runs, in the shape of the contract', async () => {
    const edge = await testApp();
    const answer = v.parse(Health, await (await edge.request('/api/health')).json());
    expect(answer).toMatchObject({ status: 'ok', models: ['tiny', 'other'], loaded: [] });
  });

  it('is alive where the trunks cannot be read', async () => {
    const edge = await testApp(() => ({
      catalog: createCatalog(async () => new Response(null, { status: 500 })),
    }));
    const response = await edge.request('/api/health');
    expect([response.status, await response.json()]).toMatchObject([200, { models: [] }]);
  });
});

describe('GET /api/health/ready', () => {
  it('is ready on real D1 and R2', async () => {
    const edge = await testApp();
    const response = await edge.request('/api/health/ready');
    expect([response.status, v.parse(Readiness, await response.json()).ready]).toEqual([200, true]);
  });

  it.each(['database', 'heads', 'trunks'] as const)(
    'is a 503 that names the %s when it fails',
    async (broken) => {
      const edge = await testApp(({ probes }) => ({
        probes: { ...probes, [broken]: async () => Promise.reject(new Error('D1_ERROR: inside')) },
      }));
      const response = await edge.request('/api/health/ready');
      const text = await response.text();
      expect(response.status).toBe(503);
      expect(v.parse(Readiness, JSON.parse(text)).checks).toMatchObject({ [broken]: 'failed' });
      expect(text).not.toContain('inside');
    },
  );
});

describe('GET /api/stats', () => {
  let edge: TestApp;
  /** Another isolate on the same database, at another time. */
  const isolate = (now: () => number) =>
    testApp(({ stats }) => ({
      now,
      recorder: createRecorder({
        ...{ store: stats, isolate: crypto.randomUUID(), now },
        ...{ wait: () => new Promise(() => {}), keepAlive: () => {} },
      }),
    }));
  const ask = async (of: TestApp, query = '') =>
    v.parse(Stats, await (await of.request(`/api/stats${query}`, { token: OPERATOR_SECRET })).json());
  const predict = (of: TestApp, options: RequestOptions = {}) =>
    of.request('/api/predict', {
      method: 'POST',
      headers: { 'X-Topwork-Features': '4' },
      body: Float32Array.of(1, 2, 3, 4),
      ...options,
    });

  beforeEach(async () => {
    await env.DB.prepare('DELETE FROM stats').run();
    edge = await isolate(() => NOW);
    await edge.request('/api/heads/tiny', {
      ...{ method: 'PUT', token: OPERATOR_SECRET, headers: { 'If-Match': '*' } },
      body: headFile(edge.trunk.manifest),
    });
    await edge.request('/api/heads/tiny', {
      ...{ method: 'PUT', token: OPERATOR_SECRET, headers: { 'If-None-Match': '*' } },
      body: headFile(edge.trunk.manifest),
    });
  });

  it('is for the operator alone', async () => {
    expect(await problem(await edge.request('/api/stats'))).toMatchObject({ status: 401 });
    const token = await edge.enrol();
    expect(await problem(await edge.request('/api/stats', { token }))).toMatchObject({ status: 403 });
  });

  it('counts predictions, callers and errors of every isolate, without a write for each', async () => {
    const before = await ask(edge);
    const other = await isolate(() => NOW);
    for (const each of [edge, edge, other]) expect((await predict(each)).status).toBe(200);
    expect((await predict(other, { body: new Uint8Array(3) })).status).toBe(422);
    expect((await other.request('/api/none')).status).toBe(404);
    const written = await env.DB.prepare('SELECT count(*) AS n FROM stats').first('n');
    expect(written).toBe(1);
    await ask(other);
    const after = await ask(edge);
    expect(after.predictions - before.predictions).toBe(3);
    // A request counts once it is answered, and the other isolate's last one is not stored yet.
    const [firstAsking, predictions, errors] = [1, 3, 2];
    expect(after.requests - before.requests).toBe(firstAsking + predictions + errors);
    expect(after.errors).toMatchObject({ features_invalid: 1, not_found: 1 });
    expect(after.isolates).toBe(2);
    expect(after.isolate.predictions).toBe(2);
    expect(after.population.owners).toBeGreaterThan(0);
    expect(after.predictionMs.p50).toBe(1);
  });

  it('sums the days that are asked for, and keeps no more than thirty', async () => {
    const day = 24 * 60 * 60 * 1000;
    const old = await isolate(() => NOW - 40 * day);
    const yesterday = await isolate(() => NOW - day);
    for (const each of [old, yesterday]) {
      await each.request('/api/health');
      await ask(each);
    }
    await ask(edge);
    expect((await ask(edge, '?days=1')).since).toBe('2026-01-10');
    expect((await ask(edge, '?days=2')).since).toBe('2026-01-09');
    expect((await ask(edge, '?days=30')).since).toBe('2026-01-09');
    for (const days of ['0', '31', 'x', '1.5'])
      expect((await edge.request(`/api/stats?days=${days}`, { token: OPERATOR_SECRET })).status).toBe(400);
  });

  it('is a 503 when the database fails, and predictions go on', async () => {
    const store = createD1StatsStore(brokenDatabase());
    const broken = await testApp(() => ({
      stats: store,
      recorder: createRecorder({
        ...{ store, isolate: 'x', now: () => NOW, wait: async () => {}, keepAlive: () => {} },
      }),
    }));
    expect((await predict(broken)).status).toBe(200);
    expect((await broken.request('/api/stats', { token: OPERATOR_SECRET })).status).toBe(503);
  });
});

describe('the log', () => {
  let edge: TestApp;
  let secrets: readonly string[];
  const photoStart = 'JFIF';
  beforeAll(async () => {
    edge = await testApp();
    const enrolled = await send(edge, 'POST', '/api/devices', { name: 'phone-of-mallory' });
    const { token } = v.parse(v.object({ token: v.string() }), await enrolled.json());
    const key = (await makeKey(edge, token, { name: 'shop-of-mallory' })).token;
    await edge.request('/api/heads/my-secret-head', {
      ...{ method: 'PUT', token, headers: { 'If-None-Match': '*' } },
      body: headFile(edge.trunk.manifest, { labels: ['a-private-label', 'another'] }),
    });
    const photo = await goldenImage('jpeg-photo.jpg');
    const predictions = [
      await edge.request('/api/predict?head=my-secret-head', { method: 'POST', token, body: photo }),
      await edge.request('/api/predict?head=my-secret-head', {
        ...{ method: 'POST', token: key, headers: { 'X-Topwork-Features': '4' } },
        body: Float32Array.of(0.123456, 2, 3, 4),
      }),
      await send(
        edge,
        'POST',
        '/v2/models/tiny/infer',
        {
          parameters: { head: 'my-secret-head' },
          inputs: [{ name: 'features', shape: [1, 4], datatype: 'FP32', data: [0.123456, 2, 3, 4] }],
        },
        { token },
      ),
    ];
    expect(predictions.map(({ status }) => status)).toEqual([200, 200, 200]);
    await edge.request('/api/heads/my-secret-head', { token: `tw_${'S'.repeat(43)}` });
    await send(edge, 'POST', '/api/devices', '{"name": "phone-of-mallory", ');
    secrets = [...SECRETS, token, key, `tw_${'S'.repeat(43)}`, 'shop-of-mallory', '0.123456', photoStart];
  });

  it('has one line for each request, with its route and not its path', () => {
    expect(edge.logged.map(({ method, route, status }) => `${method} ${route} ${status}`)).toEqual([
      'POST /api/devices 201',
      'POST /api/keys 201',
      'PUT /api/heads/:head 201',
      'POST /api/predict 200',
      'POST /api/predict 200',
      'POST /v2/models/:model/infer 200',
      expect.stringMatching(/^GET .* 401$/),
      'POST /api/devices 400',
    ]);
  });

  it('says who asked in kind, which model and revision answered, and how long its phases took', () => {
    expect(edge.logged.map(({ principal }) => principal)).toEqual([
      ...['anonymous', 'device', 'device', 'device', 'key', 'device', 'anonymous', 'anonymous'],
    ]);
    expect(edge.logged[3]).toMatchObject({ level: 'info', code: null, model: 'tiny' });
    expect(edge.logged[3]?.revision).toMatch(/^[0-9a-f]{12}$/);
    expect(edge.logged[3]?.phases).toContain('trunk');
    expect(edge.logged[7]).toMatchObject({ code: 'request_invalid' });
  });

  it('has no token, name, label, image or feature in it', () => {
    const text = JSON.stringify(edge.logged);
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  it('has the stack of what is our own fault alone', async () => {
    const broken = await testApp(({ heads }) => ({
      heads: { ...heads, list: () => Promise.reject(new Error('inside')) },
    }));
    await broken.request('/api/heads');
    await broken.request('/api/none');
    expect(broken.logged).toMatchObject([
      { level: 'error', status: 500, code: 'internal', route: '/api/heads' },
      { level: 'info', status: 404, code: 'not_found' },
    ]);
    expect(broken.logged[0]?.error).toContain('inside');
    expect(broken.logged[1]?.error).toBeUndefined();
  });
});

function brokenDatabase(): D1Database {
  return new Proxy(env.DB, {
    get: () => () => {
      throw new Error('no database');
    },
  });
}
