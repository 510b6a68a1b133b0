// What the application really answers, operation by operation, is what the document says: status, content type, and
// every field of the body, without one that is not documented.
import { beforeAll, describe, expect, it } from 'vitest';
import { createCatalog } from '../../../worker/catalog.ts';
import { OPERATIONS } from '../../../worker/openapi/document.ts';
import { operationOf, schemaErrors, undocumented } from '../../support/documented.ts';
import { OPERATOR_SECRET, type RequestOptions, type TestApp, testApp } from '../support/app.ts';
import { headFile } from '../support/heads.ts';
import { CHANNELS } from '../support/tiny-trunk.ts';

const REVISION_OF_NOBODY = 'ab'.repeat(32);
const UUID_OF_NOBODY = '00000000-0000-4000-8000-000000000000';
const features = new Uint8Array(Float32Array.from({ length: CHANNELS }, (_, i) => i).buffer);
const json = (body: unknown, method = 'POST'): RequestOptions => ({
  method,
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});
const infer = json({
  id: '7',
  inputs: [{ name: 'features', datatype: 'FP32', shape: [1, CHANNELS], data: [1, 2, 3, 4] }],
});
const instances = json({ instances: [{ features: [1, 2, 3, 4] }] });
const examples = json({ examples: [{ features: [1, 2, 3, 4] }] });

let test: TestApp;
let token: string;
let revision: string;
/** Operations that were answered as documented, and with which statuses. */
const seen = new Map<string, Set<number>>();

beforeAll(async () => {
  test = await testApp(() => ({
    catalog: createCatalog((path) =>
      path === '/models/tiny/conformance.json'
        ? Promise.resolve(Response.json(CONFORMANCE))
        : test.trunk.fetchAsset(path),
    ),
  }));
  token = await test.enrol();
  const put = (path: string, as: string) =>
    test.request(path, {
      ...{ method: 'PUT', token: as, body: headFile(test.trunk.manifest) },
      headers: { 'If-None-Match': '*' },
    });
  const created = await put('/api/heads/mine', token);
  revision = (created.headers.get('ETag') ?? '').replaceAll('"', '');
  await put('/api/heads/tiny', OPERATOR_SECRET);
});

/** Asks, and compares the answer with the document. */
async function expectDocumented(key: string, path: string, status: number, options: RequestOptions = {}) {
  const [method = 'GET'] = key.split(' ');
  const response = await test.request(path, { method, ...options });
  expect(await undocumented(key, response.clone()), `${key} ${path}`).toEqual([]);
  expect(response.status, path).toBe(status);
  seen.set(key, (seen.get(key) ?? new Set()).add(status));
  return response;
}

describe('what the document says', () => {
  it('is so of predictions', async () => {
    const headers = { 'X-Topwork-Features': `${CHANNELS}` };
    const asked = { method: 'POST', headers, body: features };
    await expectDocumented('POST /api/predict', '/api/predict?model=tiny', 200, asked);
    await expectDocumented('POST /api/predict', '/api/predict?top_k=0', 400, asked);
    await expectDocumented('POST /api/predict', '/api/predict?head=none', 404, asked);
    await expectDocumented('POST /api/predict', '/api/predict', 401, { ...asked, token: 'twd_wrong' });
    const text = { method: 'POST', headers: { 'Content-Type': 'text/plain' }, body: 'cup' };
    await expectDocumented('POST /api/predict', '/api/predict', 415, text);
    const few = { method: 'POST', headers, body: features.slice(4) };
    await expectDocumented('POST /api/predict', '/api/predict', 422, few);
  });

  it('is so of models', async () => {
    await expectDocumented('GET /api/models', '/api/models', 200);
    await expectDocumented('GET /api/models/{model}', '/api/models/tiny', 200);
    await expectDocumented('GET /api/models/{model}', '/api/models/none', 404);
    const summary = { headers: { Accept: 'application/json' } };
    await expectDocumented('GET /api/models/{model}/bn', '/api/models/tiny/bn', 200, summary);
    const bytes = await expectDocumented('GET /api/models/{model}/bn', '/api/models/tiny/bn', 200);
    const again = { headers: { 'If-None-Match': bytes.headers.get('ETag') ?? '' } };
    await expectDocumented('GET /api/models/{model}/bn', '/api/models/tiny/bn', 304, again);
    await expectDocumented('GET /api/models/{model}/conformance', '/api/models/tiny/conformance', 200);
  });

  it('is so of heads', async () => {
    const body = headFile(test.trunk.manifest, { bias: 1 });
    const put = 'PUT /api/heads/{head}';
    const create = { token, body, headers: { 'If-None-Match': '*' } };
    await expectDocumented(put, '/api/heads/new', 201, create);
    await expectDocumented(put, '/api/heads/new', 200, create);
    await expectDocumented(put, '/api/heads/mine', 412, create);
    await expectDocumented(put, '/api/heads/mine', 428, { token, body });
    await expectDocumented(put, '/api/heads/mine', 401, { ...create, token: 'twd_wrong' });
    await expectDocumented(put, '/api/heads/mine', 422, { ...create, body: new Uint8Array(4) });
    await expectDocumented('GET /api/heads', '/api/heads', 200, { token });
    await expectDocumented('GET /api/heads/{head}', '/api/heads/mine', 200, { token });
    await expectDocumented('GET /api/heads/{head}', '/api/heads/mine', 404);
    const current = { token, headers: { 'If-None-Match': `"${revision}"` } };
    await expectDocumented('GET /api/heads/{head}', '/api/heads/mine', 304, current);
    const titled = { ...json({ title: 'Cups' }, 'PATCH'), token };
    await expectDocumented('PATCH /api/heads/{head}', '/api/heads/mine', 200, titled);
    await expectDocumented('GET /api/heads/{head}/revisions', '/api/heads/mine/revisions', 200, { token });
    const one = `/api/heads/mine/revisions/${revision}`;
    await expectDocumented('GET /api/heads/{head}/revisions/{digest}', one, 200, { token });
    const back = json({ to: revision });
    const rollback = 'POST /api/heads/{head}/rollback';
    await expectDocumented(rollback, '/api/heads/mine/rollback', 428, { ...back, token });
    await expectDocumented(rollback, '/api/heads/mine/rollback', 200, {
      ...back,
      ...{ token, headers: { 'Content-Type': 'application/json', 'If-Match': `"${revision}"` } },
    });
    await expectDocumented('DELETE /api/heads/{head}', '/api/heads/new', 204, { token });
  });

  it('is so of devices, links and keys', async () => {
    await expectDocumented('POST /api/devices', '/api/devices', 201, json({ name: 'tablet' }));
    await expectDocumented('POST /api/devices', '/api/devices', 400, json({}));
    await expectDocumented('POST /api/devices', '/api/devices', 403, json({ name: 'tablet', link: 'NOT' }));
    await expectDocumented('GET /api/devices', '/api/devices', 200, { token });
    await expectDocumented('GET /api/devices', '/api/devices', 401);
    await expectDocumented('POST /api/links', '/api/links', 201, { token });
    await expectDocumented('GET /api/me', '/api/me', 200, { token });
    await expectDocumented('GET /api/me', '/api/me', 200, { token: OPERATOR_SECRET });
    await expectDocumented('POST /api/keys', '/api/keys', 201, { ...json({ name: 'key' }), token });
    const keys = await expectDocumented('GET /api/keys', '/api/keys', 200, { token });
    expect(keys.headers.get('Cache-Control')).toBe('no-store');
    await expectDocumented('DELETE /api/keys/{id}', `/api/keys/${UUID_OF_NOBODY}`, 404, { token });
    await expectDocumented('DELETE /api/devices/{id}', `/api/devices/${UUID_OF_NOBODY}`, 404, { token });
  });

  it('is so of the Worker itself', async () => {
    await expectDocumented('GET /api/health', '/api/health', 200);
    await expectDocumented('GET /api/health/ready', '/api/health/ready', 200);
    await expectDocumented('GET /api/stats', '/api/stats', 200, { token: OPERATOR_SECRET });
    await expectDocumented('GET /api/stats', '/api/stats', 403, { token });
  });

  it('is so of KServe’s dialect', async () => {
    await expectDocumented('GET /v2', '/v2', 200);
    await expectDocumented('GET /v2/health/live', '/v2/health/live', 200);
    await expectDocumented('GET /v2/health/ready', '/v2/health/ready', 200);
    const head = await test.request('/api/heads/tiny');
    const version = (head.headers.get('ETag') ?? '').replaceAll('"', '');
    for (const [key, path] of [
      ['', ''],
      ['/versions/{version}', `/versions/${version}`],
    ]) {
      await expectDocumented(`GET /v2/models/{model}${key}`, `/v2/models/tiny${path}`, 200);
      await expectDocumented(`GET /v2/models/{model}${key}/ready`, `/v2/models/tiny${path}/ready`, 200);
      await expectDocumented(
        `POST /v2/models/{model}${key}/infer`,
        `/v2/models/tiny${path}/infer`,
        200,
        infer,
      );
    }
    const none = `/v2/models/tiny/versions/${REVISION_OF_NOBODY}`;
    await expectDocumented('GET /v2/models/{model}/versions/{version}', none, 404);
    await expectDocumented('POST /v2/models/{model}/infer', '/v2/models/tiny/infer', 400, json({}));
    await expectDocumented('POST /v2/repository/index', '/v2/repository/index', 200);
    const load = 'POST /v2/repository/models/{model}/{action}';
    await expectDocumented(load, '/v2/repository/models/tiny/load', 400);
  });

  it('is so of TensorFlow Serving’s dialect', async () => {
    await expectDocumented('GET /v1/models', '/v1/models', 200);
    const head = await test.request('/api/heads/tiny');
    const version = (head.headers.get('ETag') ?? '').replaceAll('"', '');
    for (const [key, path] of [
      ['', ''],
      ['/versions/{version}', `/versions/${version}`],
    ]) {
      const model = `/v1/models/tiny${path}`;
      await expectDocumented(`GET /v1/models/{model}${key}`, model, 200);
      await expectDocumented(`GET /v1/models/{model}${key}/metadata`, `${model}/metadata`, 200);
      await expectDocumented(`POST /v1/models/{model}${key}:predict`, `${model}:predict`, 200, instances);
      await expectDocumented(`POST /v1/models/{model}${key}:classify`, `${model}:classify`, 200, examples);
    }
    const inputs = json({ inputs: [[1, 2, 3, 4]] });
    await expectDocumented('POST /v1/models/{model}:predict', '/v1/models/tiny:predict', 200, inputs);
    await expectDocumented('POST /v1/models/{model}:predict', '/v1/models/tiny:predict', 400, json({}));
  });

  it('was compared for every operation', () => {
    // The files of the trunks are the platform's, and not of this application.
    const asset = 'GET /models/{model}/{file}';
    expect(Object.keys(OPERATIONS).filter((key) => !seen.has(key) && key !== asset)).toEqual([]);
  });
});

describe('the comparison', () => {
  const schema = operationOf('GET /api/health').responses['200']?.content?.['application/json']?.schema ?? {};
  const health = { status: 'ok', version: '1', models: [], loaded: [] };

  it('finds what is missing, of another type, or not documented', () => {
    expect(schemaErrors(schema, health)).toEqual([]);
    for (const wrong of [{ ...health, version: 1 }, { ...health, more: 1 }, { status: 'ok' }, null])
      expect(schemaErrors(schema, wrong)).not.toEqual([]);
  });

  it('finds a status and a content type that are not documented', async () => {
    expect(await undocumented('GET /api/health', new Response('', { status: 418 }))).toHaveLength(1);
    expect(await undocumented('GET /api/health', new Response('hello'))).toHaveLength(1);
  });
});

const CONFORMANCE = {
  ...{ schema: 'topwork.conformance/1', model: 'tiny', recipes: [], images: [] },
  ...{ trunk: REVISION_OF_NOBODY, statistics: REVISION_OF_NOBODY },
  tolerance: { features: 0, probabilities: 0 },
};
