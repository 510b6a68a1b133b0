// Heads of version 2 over HTTP, on real D1 and R2: what is taken, what is refused, and that every dialect answers with
// the head's own weights of the trunk.
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { Predictions } from '../../../src/contract/api.ts';
import { sha256Hex } from '../../../src/contract/digest.ts';
import { MAX_HEAD_BYTES } from '../../../src/contract/limits.ts';
import type { TrunkModel } from '../../../src/trunk/model-files.ts';
import type { WeightOverlay } from '../../../src/trunk/overlay.ts';
import { createCatalog } from '../../../worker/catalog.ts';
import { codecs } from '../../../worker/inference/codecs.ts';
import { createTrunks } from '../../../worker/inference/trunks.ts';
import { changedWeights, statisticsWith } from '../../support/overlays.ts';
import { problem, type RequestOptions, type TestApp, testApp } from '../support/app.ts';
import { base64, json, objectOf } from '../support/dialects.ts';
import { goldenImage } from '../support/files.ts';
import { type HeadWish, headFile } from '../support/heads.ts';
import { CHANNELS } from '../support/tiny-trunk.ts';

const CREATE = { 'If-None-Match': '*' };
const TUNED = ['conv/kernel', 'norm/gamma', 'norm/beta'];
const ADAPTED = ['norm/moving_mean', 'norm/moving_variance'];

let edge: TestApp;
let model: TrunkModel;
let ann: string;
let photo: Uint8Array<ArrayBuffer>;
let serial = 0;
const freshId = () => `head-${++serial}`;

beforeAll(async () => {
  edge = await testApp();
  model = await createTrunks(createCatalog(edge.trunk.fetchAsset), codecs).model(edge.trunk.manifest);
  ann = await edge.enrol();
  photo = await goldenImage('jpeg-photo.jpg');
});

const put = (id: string, body: BodyInit, options: RequestOptions = {}) =>
  edge.request(`/api/heads/${id}`, { method: 'PUT', headers: CREATE, token: ann, ...options, body });

/** A head with these weights of its own, and the statistics that come of it unless said otherwise. */
async function fileWith(overlay: WeightOverlay, wish: HeadWish = {}): Promise<Uint8Array<ArrayBuffer>> {
  const statistics = await statisticsWith(model, overlay);
  return headFile(edge.trunk.manifest, { ...wish, overlay, metadata: { statistics, ...wish.metadata } });
}

async function scoresOf(id: string): Promise<ReadonlyMap<string, number>> {
  const answer = await edge.request(`/api/predict?head=${id}&top_k=9`, {
    method: 'POST',
    token: ann,
    body: photo,
  });
  expect(answer.status).toBe(200);
  return new Map(v.parse(Predictions, await answer.json()).map(({ label, score }) => [label, score]));
}

describe('a head with weights of the trunk', () => {
  it.each([
    ['fine-tuned', TUNED],
    ['adapted', ADAPTED],
    ['fine-tuned and adapted', [...TUNED, ...ADAPTED]],
  ])('is put, kept to the byte, and answers as no other does: %s', async (_, names) => {
    const id = freshId();
    const bytes = await fileWith(changedWeights(model, names));
    expect((await put(id, bytes)).status).toBe(201);
    const stored = await edge.request(`/api/heads/${id}`, { token: ann });
    expect(new Uint8Array(await stored.arrayBuffer())).toEqual(bytes);
    const plain = freshId();
    await put(plain, headFile(edge.trunk.manifest));
    const before = await scoresOf(plain);
    expect(await scoresOf(id)).not.toEqual(before);
    expect(await scoresOf(plain)).toEqual(before);
  });

  it('says the same in every dialect, and of its own features', async () => {
    const id = freshId();
    await put(id, await fileWith(changedWeights(model, [...TUNED, ...ADAPTED])));
    const own = await scoresOf(id);
    const scores = ['cup', 'plate', 'fork'].map((label) => Math.fround(own.get(label) ?? Number.NaN));
    const call = async (path: string, body: unknown) => {
      const { headers, ...rest } = json(body);
      const response = await edge.request(path, { ...rest, headers: headers ?? {}, token: ann });
      expect(response.status).toBe(200);
      return objectOf(response);
    };
    const infer = async (input: object) => {
      const answer = await call('/v2/models/tiny/infer', { parameters: { head: id }, inputs: [input] });
      const outputs = v.parse(
        v.array(v.object({ name: v.string(), data: v.array(v.number()) })),
        answer.outputs,
      );
      return Object.fromEntries(outputs.map(({ name, data }) => [name, data]));
    };
    const image = await infer({ name: 'image_bytes', datatype: 'BYTES', shape: [1], data: [base64(photo)] });
    expect(image.probabilities).toEqual(scores);
    const features = await infer({
      name: 'features',
      datatype: 'FP32',
      shape: [1, CHANNELS],
      data: image.features,
    });
    expect(features.probabilities).toEqual(scores);
    const { predictions } = await call('/v1/models/tiny:predict', {
      signature_name: id,
      instances: [{ b64: base64(photo) }],
    });
    expect(predictions).toEqual([scores]);
  });

  it('follows its revisions, forth and back', async () => {
    const id = freshId();
    const revisions = await Promise.all([1, 2].map((seed) => fileWith(changedWeights(model, TUNED, seed))));
    const plain = headFile(edge.trunk.manifest);
    const answers: unknown[] = [];
    for (const [i, bytes] of [...revisions, plain].entries()) {
      await put(id, bytes, { headers: i === 0 ? CREATE : { 'If-Match': '*' } });
      answers.push(await scoresOf(id));
    }
    const back = await edge.request(`/api/heads/${id}/rollback`, {
      ...json({ to: await sha256Hex(revisions[0] ?? plain) }),
      headers: { 'Content-Type': 'application/json', 'If-Match': `"${await sha256Hex(plain)}"` },
      token: ann,
    });
    expect(back.status).toBe(200);
    expect(await scoresOf(id)).toEqual(answers[0]);
    expect(new Set(answers.map((scores) => JSON.stringify([...(scores as Map<string, number>)]))).size).toBe(
      3,
    );
  });

  const vector = (length: number, value = 0.5) => ({
    data: new Float32Array(length).fill(value),
    shape: [length],
  });
  it.each<readonly [what: string, overlay: WeightOverlay, detail: RegExp]>([
    [
      'a weight that the trunk does not have',
      new Map([['none/kernel', vector(4)]]),
      /"none\/kernel", which is no weight/,
    ],
    ['a weight without a name', new Map([['', vector(4)]]), /"", which is no weight/],
    ['a weight named as an object’s own', new Map([['__proto__', vector(4)]]), /which is no weight/],
    ['another shape', new Map([['norm/gamma', vector(5)]]), /"norm\/gamma", whose shape is \[4\], by \[5\]/],
    [
      'the shape of the right size',
      new Map([['conv/kernel', { data: new Float32Array(108), shape: [108] }]]),
      /shape is \[3,3,3,4\], by \[108\]/,
    ],
  ])('is refused with %s, and nothing is stored', async (_, overlay, detail) => {
    const id = freshId();
    const { statistics } = edge.trunk.manifest;
    const refused = await put(id, headFile(edge.trunk.manifest, { overlay, metadata: { statistics } }));
    expect(await problem(refused)).toMatchObject({
      ...{ status: 422, code: 'head_invalid', detail: expect.stringMatching(detail) },
    });
    expect((await edge.request(`/api/heads/${id}`, { token: ann })).status).toBe(404);
  });

  it.each([
    ['other statistics than its file makes', ADAPTED, {}],
    ['another trunk', TUNED, { trunk: '0'.repeat(64) }],
    ['a model that is not served', TUNED, { model: 'unheard-of' }],
  ])('is refused when it was trained with %s, and nothing is stored', async (_, names, metadata) => {
    const id = freshId();
    const { statistics } = edge.trunk.manifest;
    const bytes = await fileWith(changedWeights(model, names), { metadata: { statistics, ...metadata } });
    expect(await problem(await put(id, bytes))).toMatchObject({ status: 409, code: 'trunk_mismatch' });
    expect((await edge.request(`/api/heads/${id}`, { token: ann })).status).toBe(404);
  });

  it('does not answer where its weights give no numbers', async () => {
    const id = freshId();
    const gamma = { data: new Float32Array(CHANNELS).fill(3e38), shape: [CHANNELS] };
    await put(id, await fileWith(new Map([['norm/gamma', gamma]])));
    const answer = await edge.request(`/api/predict?head=${id}`, { method: 'POST', token: ann, body: photo });
    expect(await problem(answer)).toMatchObject({
      ...{ status: 422, code: 'head_invalid', detail: expect.stringContaining('do not give numbers') },
    });
  });

  it('is refused beyond the limit, before its weights are looked at', async () => {
    const id = freshId();
    const whole = await fileWith(changedWeights(model, TUNED));
    const padded = new Uint8Array(MAX_HEAD_BYTES + 1);
    padded.set(whole);
    expect(await problem(await put(id, padded))).toMatchObject({ status: 413, code: 'head_too_large' });
    expect((await edge.request(`/api/heads/${id}`, { token: ann })).status).toBe(404);
  });
});
