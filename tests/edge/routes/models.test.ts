import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeStatistics } from '../../../src/artifact/statistics-file.ts';
import { BatchNormSummary } from '../../../src/contract/api.ts';
import { createCatalog } from '../../../worker/catalog.ts';
import { OPERATOR_SECRET, problem, type TestApp, testApp } from '../support/app.ts';
import { headFile } from '../support/heads.ts';
import { CHANNELS } from '../support/tiny-trunk.ts';

let edge: TestApp;
beforeAll(async () => {
  edge = await testApp();
});

describe('GET /api/models', () => {
  it('gives every manifest', async () => {
    const response = await edge.request('/api/models');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      models: [
        { ...edge.trunk.manifest, defaultHead: null },
        { ...edge.other.manifest, defaultHead: null },
      ],
    });
  });
});

describe('GET /api/models/:model', () => {
  it('gives one manifest, 304 to who has it, and again when its default head is there', async () => {
    const response = await edge.request('/api/models/tiny');
    expect(await response.json()).toEqual({ ...edge.trunk.manifest, defaultHead: null });
    const etag = response.headers.get('ETag') ?? '';
    const ask = () => edge.request('/api/models/tiny', { headers: { 'If-None-Match': etag } });
    const again = await ask();
    expect([again.status, await again.text()]).toEqual([304, '']);
    expect(again.headers.get('Access-Control-Allow-Origin')).toBe('*');
    const put = await edge.request('/api/heads/tiny', {
      method: 'PUT',
      headers: { 'If-None-Match': '*' },
      token: OPERATOR_SECRET,
      body: headFile(edge.trunk.manifest),
    });
    expect(put.status).toBe(201);
    expect(await (await ask()).json()).toMatchObject({ name: 'tiny', defaultHead: 'tiny' });
  });

  it('answers 404 for a model that is not there, and 400 for a name that is none', async () => {
    expect(await problem(await edge.request('/api/models/none'))).toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    expect(await problem(await edge.request('/api/models/..%2Fx'))).toMatchObject({
      status: 400,
      code: 'request_invalid',
    });
  });
});

describe('GET /api/models/:model/bn', () => {
  const ask = (headers: Record<string, string> = {}) => edge.request('/api/models/tiny/bn', { headers });

  it('gives the stored statistics as safetensors, and 304 to who has them', async () => {
    for (const accept of [{}, { Accept: '*/*' }, { Accept: 'application/octet-stream' }]) {
      const response = await ask(accept);
      expect(response.headers.get('Content-Type')).toBe('application/octet-stream');
      expect(response.headers.get('Vary')).toContain('Accept');
      const [layer] = decodeStatistics(new Uint8Array(await response.arrayBuffer()));
      expect(layer).toMatchObject({ layer: 'norm', epsilon: 0.001, momentum: 0.99 });
      const etag = response.headers.get('ETag') ?? '';
      expect((await ask({ ...accept, 'If-None-Match': etag })).status).toBe(304);
    }
  });

  it('gives a summary of each layer as JSON, under another ETag', async () => {
    const response = await ask({ Accept: 'application/json' });
    const [layer] = decodeStatistics(new Uint8Array(await (await ask()).arrayBuffer()));
    const Body = v.object({ model: v.string(), statistics: v.string(), layers: v.array(BatchNormSummary) });
    const body = v.parse(Body, await response.json());
    expect(body).toMatchObject({ model: 'tiny', statistics: edge.trunk.manifest.statistics });
    expect(body.layers).toEqual([
      {
        ...{ layer: 'norm', channels: CHANNELS, epsilon: 0.001, momentum: 0.99 },
        mean: { min: Math.min(...(layer?.mean ?? [])), max: Math.max(...(layer?.mean ?? [])) },
        variance: { min: Math.min(...(layer?.variance ?? [])), max: Math.max(...(layer?.variance ?? [])) },
      },
    ]);
    expect(response.headers.get('ETag')).not.toBe((await ask()).headers.get('ETag'));
  });
});

describe('assets that cannot be read', () => {
  it('are a 503, logged, and asked for again by the next request', async () => {
    let broken = true;
    const { trunk } = edge;
    const flaky = await testApp(() => ({
      catalog: createCatalog(async (path) => {
        if (broken) throw new Error('secret path /var/assets');
        return trunk.fetchAsset(path);
      }),
    }));
    const response = await flaky.request('/api/models');
    const body = await problem(response);
    expect(body).toMatchObject({ status: 503, code: 'storage_failed' });
    expect(JSON.stringify(body)).not.toContain('/var/assets');
    expect(flaky.logged).toHaveLength(1);
    expect(flaky.logged[0]).toMatchObject({
      code: 'storage_failed',
      requestId: body.requestId,
      method: 'GET',
    });
    expect(flaky.logged[0]?.error).toContain('/var/assets');
    broken = false;
    expect((await flaky.request('/api/models')).status).toBe(200);
  });
});
