// Conformance with the Open Inference Protocol v2 and three of its extensions, requirement by requirement.
// @see https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/inference_rest.md
// @see https://github.com/triton-inference-server/server/tree/main/docs/protocol
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeInput } from '../../../src/image/decode.ts';
import { createCatalog } from '../../../worker/catalog.ts';
import { codecs } from '../../../worker/inference/codecs.ts';
import { type TestApp, testApp } from '../support/app.ts';
import {
  base64,
  type DialectApp,
  dialectApp,
  json,
  LABELS,
  objectOf,
  refusalOf,
  softmax32,
} from '../support/dialects.ts';
import { goldenImage } from '../support/files.ts';
import { headFile } from '../support/heads.ts';

let edge: DialectApp;
let photo: Uint8Array<ArrayBuffer>;
let other: Uint8Array<ArrayBuffer>;

beforeAll(async () => {
  edge = await dialectApp();
  photo = await goldenImage('jpeg-photo.jpg');
  other = await goldenImage('png-rgb.png');
});

const get = (path: string, token?: string) => edge.request(path, token === undefined ? {} : { token });
const infer = (body: unknown, path = 'tiny', token?: string) =>
  edge.request(`/v2/models/${path}/infer`, { ...json(body), ...(token === undefined ? {} : { token }) });
const answer = async (response: Promise<Response> | Response) => {
  const given = await response;
  const body = await objectOf(given);
  expect({ status: given.status, body }).toMatchObject({ status: 200 });
  return body;
};
const features = { name: 'features', shape: [1, 4], datatype: 'FP32', data: [1, 2, 3, 4] };
const asks = (...names: readonly string[]) => names.map((name) => ({ name }));

/** The JSON, and bytes after it, with the header that says where they part. */
function binary(value: unknown, rest: Uint8Array, length?: number | string, path = 'tiny') {
  const head = new TextEncoder().encode(JSON.stringify(value));
  const body = new Uint8Array([...head, ...rest]);
  return edge.request(`/v2/models/${path}/infer`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/octet-stream',
      'Inference-Header-Content-Length': `${length ?? head.length}`,
    },
    body,
  });
}

/** JSON and the bytes after it, of a binary answer. */
async function parts(
  response: Response,
): Promise<{ readonly body: Record<string, unknown>; readonly rest: Uint8Array }> {
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toBe('application/octet-stream');
  const length = Number(response.headers.get('Inference-Header-Content-Length'));
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { body: JSON.parse(new TextDecoder().decode(bytes.subarray(0, length))), rest: bytes.slice(length) };
}

/** BYTES: a uint32 of the length, little-endian, and the bytes, of each element. */
function elements(...items: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(
    items.flatMap((item) => [...new Uint8Array(Uint32Array.of(item.length).buffer), ...item]),
  );
}

type Case = readonly [requirement: string, check: () => Promise<void>];

describe('server', () => {
  it.each<Case>([
    [
      'metadata: "name", "version", "extensions"',
      async () => {
        expect(await answer(get('/v2'))).toEqual({
          name: 'topwork',
          version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
          extensions: ['binary_tensor_data', 'classification', 'model_repository'],
        });
      },
    ],
    ['live: 200', async () => expect(await answer(get('/v2/health/live'))).toEqual({ live: true })],
    [
      'ready: "indicates if all the models are ready for inferencing"',
      async () => {
        expect(await answer(get('/v2/health/ready'))).toEqual({ live: true, ready: true });
        const empty: TestApp = await testApp(() => ({
          catalog: createCatalog(async () => new Response(null, { status: 404 })),
        }));
        expect((await empty.request('/v2/health/ready')).status).toBe(503);
        const none = await testApp(() => ({
          catalog: createCatalog(async () => Response.json({ models: [] })),
        }));
        const refused = await none.request('/v2/health/ready');
        expect([refused.status, await refused.json()]).toEqual([503, { live: true, ready: false }]);
      },
    ],
    [
      'errors: an HTTP error status and {"error": $string}, for paths and methods that are not there as well',
      async () => {
        await refusalOf(await get('/v2/nothing'), 404);
        await refusalOf(await get('/v2/models/tiny/infer'), 404);
        await refusalOf(await get('/v2/models/tiny', 'wrong'), 401);
      },
    ],
  ])('%s', (_, check) => check());
});

describe('model', () => {
  it.each<Case>([
    [
      'metadata: "name", "versions", "platform", "inputs", "outputs"; variable dimensions are -1',
      async () => {
        const floats = (name: string, ...shape: readonly number[]) => ({ name, datatype: 'FP32', shape });
        expect(await answer(get('/v2/models/tiny'))).toEqual({
          name: 'tiny',
          versions: [edge.revisions.tiny],
          platform: 'topwork',
          inputs: [
            floats('image', -1, 32, 32, 3),
            { name: 'image_bytes', datatype: 'BYTES', shape: [-1] },
            floats('features', -1, 4),
          ],
          outputs: [floats('probabilities', -1, 2), floats('logits', -1, 2), floats('features', -1, 4)],
          parameters: { range: [0, 1], head: 'tiny', labels: LABELS },
        });
      },
    ],
    [
      'metadata: of a personal head with ?head=, for its owner',
      async () => {
        expect(await answer(get('/v2/models/tiny?head=mine', edge.ann))).toMatchObject({
          versions: [edge.revisions.mine],
          parameters: { labels: ['cup', 'plate', 'fork'] },
        });
        await refusalOf(await get('/v2/models/tiny?head=mine'), 404);
      },
    ],
    [
      'metadata: a model without a default head gives features alone',
      async () => {
        expect(await answer(get('/v2/models/other'))).toMatchObject({
          versions: [],
          outputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 4] }],
        });
      },
    ],
    [
      'versions: a path may name one, and it must exist',
      async () => {
        const { tiny, mine } = edge.revisions;
        expect(await answer(get(`/v2/models/tiny/versions/${tiny}`))).toMatchObject({ versions: [tiny] });
        await refusalOf(await get(`/v2/models/tiny/versions/${mine}`), 404);
        await refusalOf(await get('/v2/models/tiny/versions/1'), 404);
      },
    ],
    [
      'ready: "name" and "ready", with and without a version',
      async () => {
        const { tiny } = edge.revisions;
        for (const path of ['tiny', `tiny/versions/${tiny}`])
          expect(await answer(get(`/v2/models/${path}/ready`))).toEqual({ name: 'tiny', ready: true });
        await refusalOf(await get(`/v2/models/tiny/versions/${'0'.repeat(64)}/ready`), 404);
      },
    ],
    [
      'unknown model: an error',
      async () => {
        for (const path of ['none', 'none/ready', 'NONE', '%00', 'none/versions/1'])
          await refusalOf(await get(`/v2/models/${path}`), 404);
        await refusalOf(await infer({ inputs: [features] }, 'none'), 404);
      },
    ],
  ])('%s', (_, check) => check());
});

describe('inference', () => {
  it.each<Case>([
    [
      'response: "model_name", "model_version", "outputs" with "name", "shape", "datatype", "data"',
      async () => {
        expect(await answer(infer({ inputs: [features], outputs: asks('probabilities') }))).toEqual({
          model_name: 'tiny',
          model_version: edge.revisions.tiny,
          parameters: { head: 'tiny' },
          outputs: [{ name: 'probabilities', datatype: 'FP32', shape: [1, 2], data: softmax32(1, 2) }],
        });
      },
    ],
    [
      'id: "if specified this identifier must be returned in the response"',
      async () => {
        expect(await answer(infer({ id: '42 é', inputs: [features] }))).toMatchObject({ id: '42 é' });
        expect(await answer(infer({ inputs: [features] }))).not.toHaveProperty('id');
      },
    ],
    [
      'outputs: "if not specified all outputs produced by the model will be returned"',
      async () => {
        const { outputs } = await answer(infer({ inputs: [features] }));
        expect(outputs).toMatchObject([
          { name: 'probabilities', data: softmax32(1, 2) },
          { name: 'logits', data: [1, 2] },
          { name: 'features', data: [1, 2, 3, 4] },
        ]);
      },
    ],
    [
      'outputs: those that are requested, in their order',
      async () => {
        const { outputs } = await answer(infer({ inputs: [features], outputs: asks('features', 'logits') }));
        expect(outputs).toMatchObject([{ name: 'features' }, { name: 'logits' }]);
      },
    ],
    [
      'data: "must represent the full shape and contents of the entire batch", flat or nested, row-major',
      async () => {
        const rows = [
          [1, 2, 3, 4],
          [0, 5, 0, 0],
        ];
        for (const data of [rows, rows.flat()]) {
          const input = { ...features, shape: [2, 4], data };
          const { outputs } = await answer(
            infer({ inputs: [input], outputs: asks('logits', 'probabilities') }),
          );
          expect(outputs).toMatchObject([
            { shape: [2, 2], data: [1, 2, 0, 5] },
            { shape: [2, 2], data: [...softmax32(1, 2), ...softmax32(0, 5)] },
          ]);
        }
      },
    ],
    [
      'image and image_bytes: the tensor of an image gives what its bytes give',
      async () => {
        const outputs = asks('logits', 'features');
        const bytes = {
          name: 'image_bytes',
          shape: [2],
          datatype: 'BYTES',
          data: [photo, other].map(base64),
        };
        const spec = { size: 32, range: [0, 1] } as const;
        const tensors = [await decodeInput(photo, codecs, spec), await decodeInput(other, codecs, spec)];
        const image = {
          name: 'image',
          shape: [2, 32, 32, 3],
          datatype: 'FP32',
          data: tensors.flatMap((tensor) => [...tensor]),
        };
        const given = await answer(infer({ inputs: [bytes], outputs }));
        expect(given).toMatchObject({ outputs: [{ shape: [2, 2] }, { shape: [2, 4] }] });
        expect(await answer(infer({ inputs: [image], outputs }))).toEqual(given);
      },
    ],
    [
      'parameters.head: a personal head, its owner’s alone',
      async () => {
        const body = { parameters: { head: 'mine' }, inputs: [features], outputs: asks('logits') };
        expect(await answer(infer(body, 'tiny', edge.ann))).toMatchObject({
          model_version: edge.revisions.mine,
          parameters: { head: 'mine' },
          outputs: [{ shape: [1, 3], data: [1, 2, 3] }],
        });
        const bob = await edge.enrol();
        const foreign = await refusalOf(await infer(body, 'tiny', bob), 404);
        const missing = await refusalOf(
          await infer({ ...body, parameters: { head: 'gone' } }, 'tiny', bob),
          404,
        );
        expect(foreign.replace('mine', 'gone')).toBe(missing);
      },
    ],
    [
      'parameters.head: of another model, an error',
      async () => {
        await refusalOf(
          await infer({ parameters: { head: 'mine' }, inputs: [features] }, 'other', edge.ann),
          409,
        );
      },
    ],
    [
      'version: the head’s revision, and no other head’s',
      async () => {
        const { tiny, mine } = edge.revisions;
        expect(await answer(infer({ inputs: [features] }, `tiny/versions/${tiny}`))).toMatchObject({
          model_version: tiny,
        });
        await refusalOf(await infer({ inputs: [features] }, `tiny/versions/${mine}`), 404);
        await refusalOf(await infer({ inputs: [features] }, 'tiny/versions/latest'), 404);
      },
    ],
    [
      'version: a former one answers its owner as it did, and is nobody else’s, public or not',
      async () => {
        const { manifest } = edge.trunk;
        const put = async (bias: number, condition: Record<string, string>) => {
          const body = headFile(manifest, { bias });
          const init = { method: 'PUT', headers: condition, token: edge.ann, body };
          return (await objectOf(await edge.request('/api/heads/changing', init))).revision;
        };
        const former = await put(5, { 'If-None-Match': '*' });
        const latest = await put(0, { 'If-Match': '*' });
        await edge.request('/api/heads/changing', {
          ...json({ visibility: 'public' }),
          method: 'PATCH',
          token: edge.ann,
        });
        const body = { parameters: { head: 'changing' }, inputs: [features], outputs: asks('logits') };
        const of = (revision: unknown, token?: string) => infer(body, `tiny/versions/${revision}`, token);
        expect(await answer(of(former, edge.ann))).toMatchObject({
          model_version: former,
          outputs: [{ data: [6, 2, 3] }],
        });
        expect(await answer(of(latest))).toMatchObject({ outputs: [{ data: [1, 2, 3] }] });
        await refusalOf(await of(former), 404);
        await refusalOf(await of(former, await edge.enrol()), 404);
      },
    ],
    [
      'without a head: features alone, where they alone are asked for',
      async () => {
        const image = { name: 'image_bytes', shape: [1], datatype: 'BYTES', data: [base64(photo)] };
        const given = await answer(infer({ inputs: [image], outputs: asks('features') }, 'other'));
        expect(given).toMatchObject({ model_name: 'other', outputs: [{ name: 'features', shape: [1, 4] }] });
        expect(given).not.toHaveProperty('model_version');
        await refusalOf(await infer({ inputs: [image] }, 'other'), 404);
      },
    ],
    [
      'unknown parameters and members are left alone',
      async () => {
        const input = { ...features, parameters: { zoom: 1 } };
        await answer(infer({ model_name: 'x', parameters: { priority: 1 }, inputs: [input] }));
      },
    ],
    [
      'headers say what answered',
      async () => {
        const { headers } = await infer({ inputs: [features] });
        expect(headers.get('Content-Type')).toBe('application/json');
        expect(headers.get('X-Topwork-Head')).toBe('tiny');
        expect(headers.get('X-Topwork-Revision')).toBe(edge.revisions.tiny);
        expect(headers.get('Server-Timing')).toBe('body, lookup, head');
        expect(headers.get('Inference-Header-Content-Length')).toBeNull();
      },
    ],
  ])('%s', (_, check) => check());
});

describe('binary_tensor_data', () => {
  const sized = (input: object, size: number) => ({ ...input, parameters: { binary_data_size: size } });
  const { data: _, ...undone } = features;
  const four = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);

  it.each<Case>([
    [
      'input: "little-endian byte order, row major, without stride or padding", after the JSON',
      async () => {
        const given = await answer(binary({ inputs: [sized(undone, 16)], outputs: asks('logits') }, four));
        expect(given).toMatchObject({ outputs: [{ data: [1, 2] }] });
      },
    ],
    [
      'BYTES: "a 4-byte unsigned integer giving the length followed by the actual bytes"',
      async () => {
        const rest = elements(photo, other);
        const input = { name: 'image_bytes', shape: [2], datatype: 'BYTES' };
        const given = await answer(binary({ inputs: [sized(input, rest.length)] }, rest));
        const data = [photo, other].map(base64);
        expect(given).toEqual(await answer(infer({ inputs: [{ ...input, data }] })));
      },
    ],
    [
      'binary_data: true, on an output; others stay JSON; binary_data_size and the header give the lengths',
      async () => {
        const outputs = [{ name: 'logits' }, { name: 'features', parameters: { binary_data: true } }];
        const { body, rest } = await parts(await infer({ id: 'é', inputs: [features], outputs }));
        expect(body).toMatchObject({
          id: 'é',
          outputs: [
            { name: 'logits', data: [1, 2] },
            { name: 'features', shape: [1, 4], parameters: { binary_data_size: 16 } },
          ],
        });
        expect(JSON.stringify(body)).not.toContain('"data":[1,2,3,4]');
        expect(rest).toEqual(four);
      },
    ],
    [
      'binary_data_output: all outputs, "in the same order as the order of the output tensors"',
      async () => {
        const request = { parameters: { binary_data_output: true }, inputs: [features] };
        const { body, rest } = await parts(await infer({ ...request, outputs: asks('features', 'logits') }));
        expect(body).toMatchObject({
          outputs: [{ parameters: { binary_data_size: 16 } }, { parameters: { binary_data_size: 8 } }],
        });
        expect(new Float32Array(rest.buffer)).toEqual(Float32Array.of(1, 2, 3, 4, 1, 2));
        expect((await parts(await infer(request))).rest).toHaveLength(8 + 8 + 16);
      },
    ],
    [
      'binary_data: "if specified on an output it overrides" binary_data_output',
      async () => {
        const outputs = [{ name: 'logits', parameters: { binary_data: false } }];
        const request = { parameters: { binary_data_output: true }, inputs: [features], outputs };
        expect(await answer(infer(request))).toMatchObject({ outputs: [{ data: [1, 2] }] });
      },
    ],
    [
      'both directions at once',
      async () => {
        const request = { parameters: { binary_data_output: true }, inputs: [sized(undone, 16)] };
        const { rest } = await parts(await binary({ ...request, outputs: asks('features') }, four));
        expect(rest).toEqual(four);
      },
    ],
    [
      'the header: may be sent without binary data',
      async () => {
        await answer(binary({ inputs: [features] }, new Uint8Array()));
      },
    ],
  ])('%s', (_, check) => check());

  it.each<{
    readonly what: string;
    readonly input: object;
    readonly rest: Uint8Array;
    readonly length?: string | number;
  }>([
    { what: 'fewer bytes than the shape needs', input: sized(undone, 12), rest: four.slice(4) },
    { what: 'more bytes than the shape needs', input: sized(undone, 20), rest: new Uint8Array(20) },
    { what: 'fewer bytes than binary_data_size', input: sized(undone, 16), rest: four.slice(4) },
    { what: 'more bytes than binary_data_size', input: sized(undone, 16), rest: new Uint8Array(17) },
    { what: 'a negative binary_data_size', input: sized(undone, -1), rest: four },
    { what: 'a fractional binary_data_size', input: sized(undone, 15.5), rest: four },
    {
      what: 'a binary_data_size that is a text',
      input: { ...undone, parameters: { binary_data_size: '16' } },
      rest: four,
    },
    { what: 'data twice', input: { ...features, parameters: { binary_data_size: 16 } }, rest: four },
    { what: 'bytes that no input has', input: features, rest: four },
    { what: 'no data at all', input: undone, rest: new Uint8Array() },
    {
      what: 'NaN',
      input: sized(undone, 16),
      rest: new Uint8Array(Float32Array.of(1, Number.NaN, 3, 4).buffer),
    },
    {
      what: 'infinity',
      input: sized(undone, 16),
      rest: new Uint8Array(Float32Array.of(1, 2, 3, -Infinity).buffer),
    },
    { what: 'a header beyond the body', input: sized(undone, 16), rest: four, length: 100_000 },
    { what: 'a header within the JSON', input: sized(undone, 16), rest: four, length: 5 },
    { what: 'a header of zero', input: sized(undone, 16), rest: four, length: 0 },
    { what: 'a negative header', input: sized(undone, 16), rest: four, length: '-1' },
    { what: 'a header that is no number', input: sized(undone, 16), rest: four, length: '1e2' },
    { what: 'an endless header', input: sized(undone, 16), rest: four, length: '9'.repeat(40) },
  ])('refuses $what', async ({ input, rest, length }) => {
    await refusalOf(await binary({ inputs: [input] }, rest, length), 400);
  });

  it.each<readonly [what: string, n: number, rest: Uint8Array]>([
    ['a length beyond the end', 1, Uint8Array.of(255, 255, 255, 255, 1)],
    ['a length cut short', 1, Uint8Array.of(1, 0, 0)],
    ['fewer elements than the shape', 2, elements(Uint8Array.of(1))],
    ['more elements than the shape', 1, elements(Uint8Array.of(1), Uint8Array.of(2))],
  ])('refuses BYTES with %s', async (_, n, rest) => {
    const input = sized({ name: 'image_bytes', shape: [n], datatype: 'BYTES' }, rest.length);
    await refusalOf(await binary({ inputs: [input] }, rest), 400);
  });
});

describe('classification', () => {
  const top = (name: string, classification: unknown, more: object = {}) => ({
    name,
    parameters: { classification, ...more },
  });
  const head = {
    parameters: { head: 'mine' },
    inputs: [{ ...features, shape: [2, 4], data: [0.5, 2, 3, 4, 7, 7, 0, 0] }],
  };

  it.each<Case>([
    [
      '"type BYTES with shape [ batch-size, <count> ]", "<value>:<index>:<label>", highest first',
      async () => {
        const given = await answer(infer({ ...head, outputs: [top('logits', 2)] }, 'tiny', edge.ann));
        expect(given.outputs).toEqual([
          {
            name: 'logits',
            datatype: 'BYTES',
            shape: [2, 2],
            data: ['3:2:fork', '2:1:plate', '7:0:cup', '7:1:plate'],
          },
        ]);
      },
    ],
    [
      'the value is that of the output tensor, as the shortest text that is this float32',
      async () => {
        const given = await answer(infer({ inputs: [features], outputs: [top('probabilities', 1)] }));
        // e^2 / (e^1 + e^2)
        expect(given.outputs).toMatchObject([{ data: ['0.7310586:1:no'] }]);
        expect(Math.fround(0.7310586)).toBe(softmax32(1, 2)[1]);
      },
    ],
    [
      'more classes than there are: all there are',
      async () => {
        const given = await answer(infer({ inputs: [features], outputs: [top('logits', 9)] }));
        expect(given.outputs).toMatchObject([{ shape: [1, 2], data: ['2:1:no', '1:0:yes'] }]);
      },
    ],
    [
      'with binary data: BYTES elements',
      async () => {
        const outputs = [top('logits', 2, { binary_data: true })];
        const { body, rest } = await parts(await infer({ inputs: [features], outputs }));
        const texts = ['2:1:no', '1:0:yes'].map((text) => new TextEncoder().encode(text));
        expect(rest).toEqual(elements(...texts));
        expect(body.outputs).toMatchObject([
          { datatype: 'BYTES', parameters: { binary_data_size: rest.length } },
        ]);
      },
    ],
    [
      'not a count, or no classes: an error',
      async () => {
        for (const output of [top('logits', 0), top('logits', 1.5), top('logits', '1'), top('features', 1)])
          await refusalOf(await infer({ inputs: [features], outputs: [output] }), 400);
      },
    ],
  ])('%s', (_, check) => check());
});

describe('model_repository', () => {
  const index = (body: BodyInit) => edge.request('/v2/repository/index', { method: 'POST', body });
  it.each<Case>([
    [
      'index: "information about every model": name, version, state, reason',
      async () => {
        for (const body of ['{}', '', '{"ready":true}']) {
          const response = await index(body);
          expect([response.status, await response.json()]).toEqual([
            200,
            [
              { name: 'tiny', version: edge.revisions.tiny, state: 'READY', reason: '' },
              { name: 'other', state: 'READY', reason: '' },
            ],
          ]);
        }
      },
    ],
    [
      'index: a failed request is an HTTP error',
      async () => {
        for (const body of ['{"ready":1}', '[', '{}{}']) await refusalOf(await index(body), 400);
      },
    ],
    [
      'load and unload: an HTTP error, since the deployment decides',
      async () => {
        for (const action of ['load', 'unload'])
          await refusalOf(
            await edge.request(`/v2/repository/models/tiny/${action}`, { method: 'POST' }),
            400,
          );
      },
    ],
  ])('%s', (_, check) => check());

  it('says why a model is not ready', async () => {
    const redeployed = await testApp((deps) => ({
      catalog: {
        ...deps.catalog,
        list: async () => (await deps.catalog.list()).map((each) => ({ ...each, statistics: each.digest })),
      },
    }));
    const post = (body: string) => redeployed.request('/v2/repository/index', { method: 'POST', body });
    expect(await (await post('')).json()).toEqual([
      { name: 'tiny', state: 'UNAVAILABLE', reason: expect.stringContaining('statistics') },
      { name: 'other', state: 'READY', reason: '' },
    ]);
    expect(await (await post('{"ready":true}')).json()).toMatchObject([{ name: 'other' }]);
    expect((await redeployed.request('/v2/health/ready')).status).toBe(503);
  });
});

describe('refusals', () => {
  const withInput = (change: object) => ({ inputs: [{ ...features, ...change }] });
  const bytes = (data: unknown, n = 1) => ({
    inputs: [{ name: 'image_bytes', shape: [n], datatype: 'BYTES', data }],
  });
  const image = (shape: unknown, data: unknown) => ({
    inputs: [{ name: 'image', shape, datatype: 'FP32', data }],
  });

  it.each<readonly [what: string, status: number, body: unknown]>([
    ['no JSON', 400, '{'],
    ['no object', 400, '[]'],
    ['no inputs', 400, {}],
    ['an empty list of inputs', 400, { inputs: [] }],
    ['two inputs', 400, { inputs: [features, features] }],
    ['an unknown input', 400, withInput({ name: 'input0' })],
    ['an unknown output', 400, { inputs: [features], outputs: asks('scores') }],
    ['an output twice', 400, { inputs: [features], outputs: asks('logits', 'logits') }],
    ['an empty list of outputs', 400, { inputs: [features], outputs: [] }],
    ['an id that is no text', 400, { id: 42, inputs: [features] }],
    ['a head that is no id', 400, { inputs: [features], parameters: { head: '../x' } }],
    ['another datatype', 400, withInput({ datatype: 'FP64' })],
    ['no datatype', 400, withInput({ datatype: undefined })],
    ['no shape', 400, withInput({ shape: undefined })],
    ['a shape of another rank', 400, withInput({ shape: [4] })],
    ['a shape with texts', 400, withInput({ shape: ['1', '4'] })],
    ['a negative dimension', 400, withInput({ shape: [-1, 4] })],
    ['a fractional dimension', 400, withInput({ shape: [1.5, 4] })],
    ['a nested shape', 400, withInput({ shape: [[1, 4]] })],
    ['a dimension beyond all memory', 400, withInput({ shape: [1, 1e30] })],
    ['fewer data than the shape', 400, withInput({ data: [1, 2, 3] })],
    ['more data than the shape', 400, withInput({ data: [1, 2, 3, 4, 5] })],
    ['data nested otherwise', 400, withInput({ data: [[1], [2], [3], [4]] })],
    ['data of texts', 400, withInput({ data: ['1', '2', '3', '4'] })],
    ['data with null', 400, withInput({ data: [1, 2, 3, null] })],
    ['NaN', 400, '{"inputs":[{"name":"features","shape":[1,4],"datatype":"FP32","data":[1,2,3,NaN]}]}'],
    ['features of another dimension', 422, withInput({ shape: [1, 5], data: [1, 2, 3, 4, 5] })],
    ['a batch of none', 422, withInput({ shape: [0, 4], data: [] })],
    ['a batch of 33', 422, withInput({ shape: [33, 4], data: Array(33 * 4).fill(0) })],
    ['33 images', 422, bytes(Array(33).fill('AAAA'), 33)],
    ['an image of another size', 422, image([1, 16, 16, 3], Array(16 * 16 * 3).fill(0))],
    ['an image of other channels', 422, image([1, 32, 32, 1], Array(32 * 32).fill(0))],
    ['an image of three dimensions', 400, image([32, 32, 3], Array(32 * 32 * 3).fill(0))],
    ['an image that overflows', 422, image([1, 32, 32, 3], Array(32 * 32 * 3).fill(3e38))],
    ['no base64', 400, bytes(['&&'])],
    ['images that are no texts', 400, bytes([1])],
    ['fewer images than the shape', 400, bytes(['AAAA'], 2)],
    ['bytes that are no image', 415, bytes(['AAAA'])],
    ['an empty image', 422, bytes([''])],
  ])('%s', async (_, status, body) => {
    await refusalOf(await infer(body), status);
  });

  it('names the image of a batch that fails, and not where there is only one', async () => {
    const cut = base64(photo.slice(0, photo.length / 2));
    const one = await refusalOf(await infer(bytes([cut])), 422);
    const two = await refusalOf(await infer(bytes([base64(photo), cut], 2)), 422);
    expect(two).toBe(`Image 1 of the batch: ${one}`);
  });

  it('a body beyond the limit', async () => {
    const body = new Uint8Array(8 * 1024 * 1024 + 1);
    await refusalOf(await edge.request('/v2/models/tiny/infer', { method: 'POST', body }), 413);
  });

  it('nothing of theirs is logged as ours', () => {
    expect(edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
