// The Worker as it is deployed, on the real trunk: the three dialects say the same, alone and in a batch.
import { env, exports } from 'cloudflare:workers';
import * as v from 'valibot';
import { beforeAll, expect, it } from 'vitest';
import { Predictions } from '../../../src/contract/api.ts';
import { ModelManifest } from '../../../src/contract/manifest.ts';
import { base64, json } from '../support/dialects.ts';
import { goldenImage } from '../support/files.ts';
import { headFile } from '../support/heads.ts';

const LABELS = ['cup', 'plate', 'fork'];
const Infer = v.object({ outputs: v.array(v.object({ name: v.string(), data: v.array(v.number()) })) });
const Predicted = v.object({ predictions: v.array(v.array(v.number())) });
const Classified = v.object({ result: v.array(v.array(v.tuple([v.string(), v.number()]))) });

let model: string;
let images: readonly Uint8Array<ArrayBuffer>[];

async function call(path: string, init: RequestInit = {}): Promise<unknown> {
  const request = new Request(`https://edge.test${path}`, init);
  request.headers.set('Authorization', `Bearer ${env.OPERATOR_SECRET}`);
  const response = await exports.default.fetch(request);
  expect(response.status, `${path}: run "npm run build" first`).toBeLessThan(300);
  return response.json();
}

beforeAll(async () => {
  const { models } = v.parse(v.object({ models: v.array(ModelManifest) }), await call('/api/models'));
  const [manifest] = models;
  if (manifest === undefined) throw new Error('dist/app has no model: run "npm run build" first.');
  model = manifest.name;
  await call(`/api/heads/${model}`, {
    method: 'PUT',
    headers: { 'If-None-Match': '*' },
    body: headFile(manifest, { labels: LABELS }),
  });
  images = await Promise.all(['jpeg-photo.jpg', 'png-rgb.png', 'webp-lossy.webp'].map(goldenImage));
});

async function infer(batch: readonly Uint8Array[]) {
  const input = { name: 'image_bytes', datatype: 'BYTES', shape: [batch.length], data: batch.map(base64) };
  const { outputs } = v.parse(Infer, await call(`/v2/models/${model}/infer`, json({ inputs: [input] })));
  return Object.fromEntries(outputs.map(({ name, data }) => [name, data]));
}

it('gives the same scores in every dialect, and each image of a batch what it gets alone', async () => {
  const [first = new Uint8Array()] = images;
  const own = v.parse(Predictions, await call('/api/predict', { method: 'POST', body: first }));
  const scores = LABELS.map((name) =>
    Math.fround(own.find(({ label }) => label === name)?.score ?? Number.NaN),
  );

  const alone = await Promise.all(images.map((image) => infer([image])));
  expect(alone[0]?.probabilities).toEqual(scores);
  const batch = await infer(images);
  for (const name of ['probabilities', 'logits', 'features'])
    expect(batch[name]).toEqual(alone.flatMap((each) => each[name] ?? []));

  const instances = images.map((image) => ({ b64: base64(image) }));
  const { predictions } = v.parse(Predicted, await call(`/v1/models/${model}:predict`, json({ instances })));
  expect(predictions.flat()).toEqual(batch.probabilities);
  const examples = [{ image: instances[0] }];
  const { result } = v.parse(Classified, await call(`/v1/models/${model}:classify`, json({ examples })));
  expect(result).toEqual([LABELS.map((label, c) => [label, scores[c]])]);

  // Features of the trunk, sent back: only the head is applied, and says the same.
  const features = {
    name: 'features',
    datatype: 'FP32',
    shape: [1, alone[0]?.features?.length],
    data: alone[0]?.features,
  };
  const again = v.parse(Infer, await call(`/v2/models/${model}/infer`, json({ inputs: [features] })));
  expect(again.outputs[0]?.data).toEqual(scores);
});
