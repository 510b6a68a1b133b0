// GET /api/models/:model/conformance on a trunk whose file is put by hand.
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { createCatalog } from '../../../worker/catalog.ts';
import { problem, type TestApp, testApp } from '../support/app.ts';

const content = new TextEncoder().encode('{"schema":"topwork.conformance/1"}\n');
let test: TestApp;

beforeAll(async () => {
  test = await testApp(() => ({
    catalog: createCatalog((path) =>
      path === '/models/tiny/conformance.json'
        ? Promise.resolve(new Response(content))
        : test.trunk.fetchAsset(path),
    ),
  }));
});

describe('GET /api/models/:model/conformance', () => {
  it('answers with the file, named by its content', async () => {
    const response = await test.request('/api/models/tiny/conformance');
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('application/json');
    expect(response.headers.get('ETag')).toBe(`"${await sha256Hex(content)}"`);
    expect(response.headers.get('Cache-Control')).toBe('public, no-cache');
    expect(v.parse(v.unknown(), await response.json())).toEqual({ schema: 'topwork.conformance/1' });
  });

  it('says 304 to who has it, from any origin', async () => {
    const headers = { 'If-None-Match': `"${await sha256Hex(content)}"`, Origin: 'https://elsewhere.example' };
    const response = await test.request('/api/models/tiny/conformance', { headers });
    expect(response.status).toBe(304);
    expect(await response.text()).toBe('');
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
  });

  it('says 404 of a model that is not there, and 400 of a name that cannot be', async () => {
    expect(await problem(await test.request('/api/models/none/conformance'))).toMatchObject({
      status: 404,
      code: 'model_not_found',
    });
    expect((await test.request('/api/models/N%20/conformance')).status).toBe(400);
  });

  it('says 503 where the build has not made the file', async () => {
    expect(await problem(await test.request('/api/models/other/conformance'))).toMatchObject({
      status: 503,
      code: 'storage_failed',
    });
  });
});
