// The Worker as it is deployed, on the real trunk: a head with layers of its own, put and asked over HTTP.
import { env, exports } from 'cloudflare:workers';
import * as v from 'valibot';
import { expect, it } from 'vitest';
import golden from '../../golden/trunk/own-layers.json';
import { answerOf, digestOf, IMAGES, readOwnLayers } from '../../support/own-layers-golden.ts';
import { base64, json } from '../support/dialects.ts';
import { goldenImage } from '../support/files.ts';

const Infer = v.object({ outputs: v.array(v.object({ name: v.string(), data: v.array(v.number()) })) });

async function call(path: string, init: RequestInit): Promise<unknown> {
  const request = new Request(`https://edge.test${path}`, init);
  request.headers.set('Authorization', `Bearer ${env.OPERATOR_SECRET}`);
  const response = await exports.default.fetch(request);
  expect(response.status, `${path}: run "npm run build" first`).toBeLessThan(300);
  return response.json();
}

it('a head with layers of its own says at the edge what it says in Node, to the last bit', async () => {
  const { head, answers } = readOwnLayers(golden);
  await call('/api/heads/own-layers', { method: 'PUT', headers: { 'If-None-Match': '*' }, body: head });
  for (const name of IMAGES) {
    const data = [base64(await goldenImage(name))];
    const asked = {
      parameters: { head: 'own-layers' },
      inputs: [{ name: 'image_bytes', datatype: 'BYTES', shape: [1], data }],
    };
    const answer = v.parse(Infer, await call('/v2/models/mobilenet-v2/infer', json(asked)));
    const outputs = Object.fromEntries(answer.outputs.map((output) => [output.name, output.data]));
    const said = answerOf(await digestOf(outputs.features ?? []), outputs.logits ?? []);
    expect(said, name).toEqual(answers[name]);
  }
});
