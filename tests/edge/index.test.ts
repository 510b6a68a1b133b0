import { env, exports } from 'cloudflare:workers';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Enrolment, Predictions } from '../../src/contract/api.ts';
import { ModelManifest } from '../../src/contract/manifest.ts';
import { goldenImage } from './support/files.ts';
import { headFile } from './support/heads.ts';

// The Worker as it is deployed, on the real trunk: `npm run build` has put it into dist/app.
const call = (path: string, init: RequestInit = {}) =>
  exports.default.fetch(new Request(`https://edge.test${path}`, init));

async function manifestOf(): Promise<ModelManifest> {
  const response = await call('/api/models');
  expect(response.status, 'run "npm run build" first').toBe(200);
  const { models } = v.parse(v.object({ models: v.array(ModelManifest) }), await response.json());
  const [first] = models;
  if (first === undefined) throw new Error('dist/app has no model: run "npm run build" first.');
  return first;
}

describe('the Worker', () => {
  it('enrols by its variables, keeps a head in D1 and R2, and predicts with it on the real trunk', async () => {
    const manifest = await manifestOf();
    const enrolment = await call('/api/devices', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'phone', invite: env.INVITE }),
    });
    const { token } = v.parse(Enrolment, await enrolment.json());
    const authorization = { Authorization: `Bearer ${token}` };
    const put = await call('/api/heads/first', {
      method: 'PUT',
      headers: { ...authorization, 'If-None-Match': '*' },
      body: headFile(manifest),
    });
    expect(put.status).toBe(201);
    const ask = async () => {
      const response = await call('/api/predict?head=first', {
        method: 'POST',
        headers: { ...authorization, 'Content-Type': 'image/jpeg' },
        body: await goldenImage('jpeg-photo.jpg'),
      });
      expect(response.status).toBe(200);
      expect(response.headers.get('X-Topwork-Model')).toBe(manifest.name);
      return v.parse(Predictions, await response.json());
    };
    const [one, two] = await Promise.all([ask(), ask()]);
    expect(one).toHaveLength(3);
    expect(one.reduce((sum, { score }) => sum + score, 0)).toBeCloseTo(1, 12);
    expect(two).toEqual(one);
    const health = await (await call('/api/health')).json();
    expect(health).toMatchObject({ loaded: [`${manifest.name}/${manifest.defaults.cut}`] });
  });

  it('refuses a device without the invitation', async () => {
    const response = await call('/api/devices', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'phone' }),
    });
    expect(response.status).toBe(403);
  });

  it('knows its operator', async () => {
    const headers = { Authorization: `Bearer ${env.OPERATOR_SECRET}` };
    expect((await call('/api/heads', { headers })).status).toBe(200);
    expect((await call('/api/heads', { headers: { Authorization: 'Bearer wrong' } })).status).toBe(401);
  });
});
