import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { Predictions } from '../../../src/contract/api.ts';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { toHalf } from '../../../src/contract/half.ts';
import { MAX_BODY_BYTES, MAX_IMAGE_PIXELS } from '../../../src/contract/limits.ts';
import { createCatalog } from '../../../worker/catalog.ts';
import { codecs } from '../../../worker/inference/codecs.ts';
import { createTimings } from '../../../worker/inference/timings.ts';
import { createTrunks } from '../../../worker/inference/trunks.ts';
import {
  OPERATOR_SECRET,
  problem,
  type RequestOptions,
  streamOf,
  type TestApp,
  testApp,
} from '../support/app.ts';
import { goldenImage } from '../support/files.ts';
import { headFile } from '../support/heads.ts';

let edge: TestApp;
let ann: string;
let photo: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  edge = await testApp();
  ann = await edge.enrol();
  photo = await goldenImage('jpeg-photo.jpg');
  await put('mine', headFile(edge.trunk.manifest));
});

async function put(id: string, body: BodyInit, token = ann): Promise<void> {
  const headers = { 'If-None-Match': '*' };
  const response = await edge.request(`/api/heads/${id}`, { method: 'PUT', headers, token, body });
  expect(response.status).toBe(201);
}

function predict(query: string, options: RequestOptions): Promise<Response> {
  return edge.request(`/api/predict${query}`, { method: 'POST', token: ann, ...options });
}

const ofType = (type: string) => ({ 'Content-Type': type });
const asFeatures = (announced: string) => ({
  ...ofType('application/octet-stream'),
  'X-Topwork-Features': announced,
});
const answerOf = async (response: Response) => v.parse(Predictions, await response.json());

describe('POST /api/predict with features', () => {
  const features = Float32Array.of(1, 2, 3, 4);
  // The head's logits are the first three features.
  const sum = Math.exp(1) + Math.exp(2) + Math.exp(3);
  const expected = [
    { label: 'fork', score: Math.exp(3) / sum },
    { label: 'plate', score: Math.exp(2) / sum },
    { label: 'cup', score: Math.exp(1) / sum },
  ];

  it.each([
    ['4', features],
    ['4; dtype=f32', features],
    ['4;dtype=f16', toHalf(features)],
  ])('applies the head to X-Topwork-Features: %s', async (announced, body) => {
    const response = await predict('?head=mine', { headers: asFeatures(announced), body });
    expect(response.status).toBe(200);
    const answer = await answerOf(response);
    expect(answer.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
    answer.forEach(({ score }, i) => {
      expect(score).toBeCloseTo(expected[i]?.score ?? Number.NaN, 12);
    });
  });

  it('says what answered', async () => {
    const response = await predict('?head=mine', { headers: asFeatures('4'), body: features });
    const headers = ['Model', 'Head', 'Revision', 'Rejected'].map((name) =>
      response.headers.get(`X-Topwork-${name}`),
    );
    expect(headers).toEqual(['tiny', 'mine', await sha256Hex(headFile(edge.trunk.manifest)), null]);
    expect(response.headers.get('Server-Timing')).toBe('lookup, body, head');
    expect(response.headers.get('Cache-Control')).toBe('no-store');
  });

  it('says when the image is unlike everything seen, in the same shape', async () => {
    await put('strict', headFile(edge.trunk.manifest, { rejectAbove: -1e6 }));
    await put('lenient', headFile(edge.trunk.manifest, { rejectAbove: 1e6 }));
    const ask = async (head: string) => {
      const response = await predict(`?head=${head}`, { headers: asFeatures('4'), body: features });
      return [response.headers.get('X-Topwork-Rejected'), (await answerOf(response)).length];
    };
    expect(await ask('strict')).toEqual(['1', 3]);
    expect(await ask('lenient')).toEqual([null, 3]);
  });

  it('gives the top_k, and all there are when that is fewer', async () => {
    const count = async (query: string) =>
      (await answerOf(await predict(query, { headers: asFeatures('4'), body: features }))).length;
    expect([await count('?head=mine&top_k=2'), await count('?head=mine&top_k=999')]).toEqual([2, 3]);
  });

  it.each([
    ['four', features, 'request_invalid'],
    ['4;dtype=f64', features, 'request_invalid'],
    ['5', features, 'features_invalid'],
    ['4', new Uint8Array(15), 'features_invalid'],
    ['3', features.slice(0, 3), 'features_invalid'],
    ['4', Float32Array.of(1, 2, Number.NaN, 4), 'features_invalid'],
    ['4', Float32Array.of(1, 2, Number.POSITIVE_INFINITY, 4), 'features_invalid'],
  ])('refuses X-Topwork-Features: %s with what does not fit', async (announced, body, code) => {
    const response = await predict('?head=mine', { headers: asFeatures(announced), body });
    expect(await problem(response)).toMatchObject({ code });
  });
});

describe('POST /api/predict with an image', () => {
  it.each([
    ['image/jpeg', 'jpeg-photo.jpg'],
    ['image/png', 'png-rgb.png'],
    ['image/webp', 'webp-lossy.webp'],
    ['application/octet-stream', 'png-16bit.png'],
  ])('answers %s with the head on the trunk that the phone runs', async (type, name) => {
    const body = await goldenImage(name);
    const response = await predict('?head=mine', { headers: ofType(type), body });
    expect(response.status).toBe(200);
    const trunks = createTrunks(createCatalog(edge.trunk.fetchAsset), codecs);
    const { manifest } = edge.trunk;
    const { cut } = manifest.defaults;
    const recipe = { cut, pooling: '1x1', preprocessing: manifest.input, replaced: null } as const;
    const { data } = await trunks.features(
      manifest,
      recipe,
      { kind: 'encoded', images: [body] },
      createTimings(() => 0),
    );
    const again = await predict('?head=mine', { headers: asFeatures(`${data.length}`), body: data });
    expect(await answerOf(response)).toEqual(await answerOf(again));
    expect(response.headers.get('Server-Timing')).toBe('lookup, body, load, decode, trunk, head');
  });

  it('answers the same in every dialect', async () => {
    const form = new FormData();
    form.set('comment', 'text is not looked at');
    form.set('image', new File([photo], 'photo.jpg', { type: 'image/jpeg' }));
    const base64 = btoa(String.fromCharCode(...photo));
    const json = (inputs: string) => ({
      headers: ofType('application/json'),
      body: JSON.stringify({ inputs, parameters: { top_k: 3 } }),
    });
    const requests: RequestOptions[] = [
      { headers: ofType('image/jpeg'), body: photo },
      { body: photo },
      { body: form },
      json(base64),
      json(`data:image/jpeg;base64,${base64}`),
    ];
    const answers = await Promise.all(
      requests.map(async (each) => answerOf(await predict('?head=mine', each))),
    );
    expect(answers[0]).toHaveLength(3);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });

  it('answers concurrent requests each with its own image', async () => {
    const names = ['jpeg-photo.jpg', 'png-rgb.png', 'webp-lossy.webp', 'jpeg-gray.jpg'];
    const images = await Promise.all(names.map(goldenImage));
    const ask = async (body: BodyInit) => answerOf(await predict('?head=mine', { body }));
    const alone = [];
    for (const image of images) alone.push(await ask(image));
    const together = await Promise.all([...images, ...images].map(ask));
    expect(together).toEqual([...alone, ...alone]);
  });

  it.each([
    ['refused.gif', 415, 'image_unsupported'],
    ['refused-animated.webp', 415, 'image_unsupported'],
  ])('refuses %s', async (name, status, code) => {
    const response = await predict('?head=mine', { body: await goldenImage(name) });
    expect(await problem(response)).toMatchObject({ status, code });
  });

  it('refuses a truncated image, and answers the next whole one', async () => {
    const cut = await predict('?head=mine', { body: photo.slice(0, photo.length / 2) });
    expect(await problem(cut)).toMatchObject({ status: 422, code: 'image_invalid' });
    expect((await predict('?head=mine', { body: photo })).status).toBe(200);
  });

  it('refuses more pixels than the isolate has room for, by the header alone', async () => {
    const png = await goldenImage('png-rgb.png');
    const view = new DataView(png.buffer);
    view.setUint32(16, 6000); // IHDR: width, height
    view.setUint32(20, MAX_IMAGE_PIXELS / 6000 + 1);
    const response = await predict('?head=mine', { body: png });
    expect(await problem(response)).toMatchObject({ status: 422, code: 'image_too_large' });
  });

  it.each([
    ['text/plain', 'x', 415, 'unsupported_media_type'],
    ['application/x-www-form-urlencoded', 'x', 415, 'unsupported_media_type'],
    ['application/json', '{', 400, 'request_invalid'],
    ['application/json', '{}', 400, 'request_invalid'],
    ['application/json', '{"inputs":"&&"}', 400, 'request_invalid'],
    ['application/json', '{"inputs":"AAAA","parameters":{"top_k":0}}', 400, 'request_invalid'],
    ['application/json', '{"inputs":"AAAA"}', 415, 'image_unsupported'],
    ['multipart/form-data', 'x', 400, 'request_invalid'],
    ['multipart/form-data; boundary=a', '--a--', 400, 'request_invalid'],
    ['image/png', '', 422, 'image_invalid'],
  ])('refuses %s %j', async (type, body, status, code) => {
    const response = await predict('?head=mine', { headers: ofType(type), body });
    expect(await problem(response)).toMatchObject({ status, code });
  });

  it('refuses a body beyond the limit, said or not said', async () => {
    for (const body of [new Uint8Array(MAX_BODY_BYTES + 1), streamOf(MAX_BODY_BYTES + 1)]) {
      const response = await predict('?head=mine', { headers: ofType('image/jpeg'), body });
      expect(await problem(response)).toMatchObject({ status: 413, code: 'body_too_large' });
    }
  });
});

describe('which head answers', () => {
  const body = Float32Array.of(1, 2, 3, 4);
  const headers = asFeatures('4');
  const ask = (query: string, token: string | undefined = ann) =>
    edge.request(`/api/predict${query}`, {
      method: 'POST',
      headers,
      body,
      ...(token === undefined ? {} : { token }),
    });

  it("the model's default one when none is named, for anybody", async () => {
    expect(await problem(await ask(''))).toMatchObject({ status: 404, code: 'head_not_found' });
    await put('tiny', headFile(edge.trunk.manifest, { labels: ['yes', 'no'] }), OPERATOR_SECRET);
    for (const query of ['', '?model=tiny', '?head=tiny']) {
      const response = await edge.request(`/api/predict${query}`, { method: 'POST', headers, body });
      expect(response.headers.get('X-Topwork-Head')).toBe('tiny');
      expect((await answerOf(response)).map(({ label }) => label)).toEqual(['no', 'yes']);
    }
    expect(await problem(await ask('?model=other'))).toMatchObject({ code: 'head_not_found' });
  });

  it("never somebody else's private one", async () => {
    const bob = await edge.enrol();
    const missing = await problem(await ask('?head=none', bob));
    const foreign = await problem(await ask('?head=mine', bob));
    expect(foreign).toMatchObject({ status: 404, code: 'head_not_found' });
    expect(`${foreign.detail}`.replace('mine', 'none')).toBe(missing.detail);
  });

  it('the replaced one at once', async () => {
    await put('changing', headFile(edge.trunk.manifest));
    const before = await answerOf(await ask('?head=changing'));
    await edge.request('/api/heads/changing', {
      method: 'PUT',
      headers: { 'If-Match': '*' },
      token: ann,
      body: headFile(edge.trunk.manifest, { bias: 10 }),
    });
    const after = await answerOf(await ask('?head=changing'));
    expect([before[0]?.label, after[0]?.label]).toEqual(['fork', 'cup']);
  });

  it('no head on a model that it was not trained on, nor on a trunk that has changed since', async () => {
    expect(await problem(await ask('?head=mine&model=other'))).toMatchObject({
      status: 409,
      code: 'trunk_mismatch',
    });
    const redeployed = await testApp(() => ({
      catalog: createCatalog(async () => Response.json({ models: [] })),
    }));
    const response = await redeployed.request('/api/predict?head=mine', {
      method: 'POST',
      headers,
      body,
      token: ann,
    });
    expect(await problem(response)).toMatchObject({ status: 409, code: 'trunk_mismatch' });
  });

  it.each(['?top_k=0', '?top_k=x', '?top_k=1000', '?head=UPPER', '?model=.'])('refuses %s', async (query) => {
    expect(await problem(await ask(query))).toMatchObject({ status: 400, code: 'request_invalid' });
  });

  it('404 for a model that is not there', async () => {
    expect(await problem(await ask('?model=none'))).toMatchObject({ status: 404, code: 'model_not_found' });
  });
});
