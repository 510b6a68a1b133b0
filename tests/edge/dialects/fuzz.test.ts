// Mutated valid requests against the application: never an error of ours, and a good request right after is answered.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { base64, type DialectApp, dialectApp, softmax32 } from '../support/dialects.ts';
import { goldenImage } from '../support/files.ts';

/** Printed by fast-check when something fails; fixed, so that a run can be repeated. */
const SEED = 20_260_801;

interface Wire {
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array<ArrayBuffer>;
}

let edge: DialectApp;
let valid: readonly Wire[];

beforeAll(async () => {
  edge = await dialectApp();
  const photo = await goldenImage('jpeg-photo.jpg');
  const utf8 = (value: unknown) => new Uint8Array(new TextEncoder().encode(JSON.stringify(value)));
  const typed = { 'Content-Type': 'application/json' };
  const features = { name: 'features', shape: [2, 4], datatype: 'FP32' };
  const infer = (body: object): Wire => ({ path: '/v2/models/tiny/infer', headers: typed, body: utf8(body) });
  const predict = (method: string, body: object): Wire => ({
    path: `/v1/models/tiny:${method}`,
    headers: typed,
    body: utf8(body),
  });
  const bytes = { name: 'image_bytes', shape: [1], datatype: 'BYTES' };
  const binary = (input: object, data: Uint8Array): Wire => {
    const head = utf8({ id: 'x', inputs: [{ ...input, parameters: { binary_data_size: data.length } }] });
    return {
      path: '/v2/models/tiny/infer',
      headers: { 'Inference-Header-Content-Length': `${head.length}` },
      body: new Uint8Array([...head, ...data]),
    };
  };
  const element = new Uint8Array([...new Uint8Array(Uint32Array.of(photo.length).buffer), ...photo]);
  valid = [
    infer({
      id: 'x',
      inputs: [{ ...features, data: [1, 2, 3, 4, 5, 6, 7, 8] }],
      outputs: [{ name: 'logits' }],
    }),
    infer({
      parameters: { head: 'tiny', binary_data_output: true },
      inputs: [{ ...bytes, data: [base64(photo)] }],
      outputs: [{ name: 'probabilities', parameters: { classification: 2 } }],
    }),
    binary(features, new Uint8Array(new Float32Array(8).buffer)),
    binary(bytes, element),
    predict('predict', { signature_name: 'serving_default', instances: [{ features: [1, 2, 3, 4] }] }),
    predict('predict', { inputs: { image_bytes: [{ b64: base64(photo) }] } }),
    predict('classify', { context: {}, examples: [{ image: { b64: base64(photo) } }] }),
    { path: '/api/predict', headers: typed, body: utf8({ inputs: base64(photo), parameters: { top_k: 2 } }) },
    { path: '/api/predict', headers: { 'Content-Type': 'image/jpeg' }, body: photo },
  ];
});

/** Changes to the bytes: near the start, where the structure is, as often as anywhere. */
const change = fc.record({
  at: fc.oneof(fc.nat(300), fc.nat(20_000)),
  how: fc.constantFrom('set', 'cut', 'insert', 'remove', 'repeat'),
  piece: fc.oneof(
    fc.constantFrom(
      ...'[]{}",:-0e',
      '[[[[',
      '1e400',
      'null',
      'NaN',
      '-1',
      '4294967295',
      '"\\ud800"',
      '{"__proto__":{}}',
    ),
    fc.string({ maxLength: 4 }),
    fc.uint8Array({ maxLength: 4 }).map((bytes) => String.fromCharCode(...bytes)),
  ),
});

function mutate(body: Uint8Array, changes: readonly { at: number; how: string; piece: string }[]) {
  let bytes = [...body];
  for (const { at: where, how, piece } of changes) {
    const at = where % (bytes.length + 1);
    const inserted = Array.from(piece, (char) => char.charCodeAt(0) & 0xff);
    if (how === 'set') bytes.splice(at, inserted.length, ...inserted);
    else if (how === 'insert') bytes.splice(at, 0, ...inserted);
    else if (how === 'remove') bytes.splice(at, 1 + inserted.length);
    else if (how === 'repeat') bytes.splice(at, 0, ...bytes.slice(at, at + 40));
    else bytes = bytes.slice(0, at);
  }
  return Uint8Array.from(bytes);
}

async function answersAGoodRequest(): Promise<void> {
  const response = await edge.request('/v1/models/tiny:predict', {
    method: 'POST',
    body: JSON.stringify({ instances: [[1, 2, 3, 4]] }),
  });
  expect([response.status, await response.json()]).toEqual([200, { predictions: [softmax32(1, 2)] }]);
}

describe('a mutated request', () => {
  it('is valid before it is mutated', async () => {
    for (const { path, ...request } of valid)
      expect((await edge.request(path, { method: 'POST', ...request })).status).toBe(200);
  });

  it('is answered or refused, never with an error of ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(valid.length - 1),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        fc.oneof(
          { weight: 4, arbitrary: fc.constant(undefined) },
          { weight: 1, arbitrary: fc.oneof(fc.nat(500).map(String), fc.stringMatching(/^[ -~]{1,8}$/)) },
        ),
        async (which, changes, length) => {
          const wire = valid[which];
          if (wire === undefined) return;
          const response = await edge.request(wire.path, {
            method: 'POST',
            headers: {
              ...wire.headers,
              ...(length === undefined ? {} : { 'Inference-Header-Content-Length': length }),
            },
            body: mutate(wire.body, changes),
          });
          expect(response.status).toBeLessThan(500);
          if (response.status === 200) return;
          const shape = wire.path.startsWith('/v')
            ? { error: expect.any(String) }
            : { status: response.status };
          expect(await response.json()).toMatchObject(shape);
        },
      ),
      { seed: SEED, numRuns: 1000 },
    );
    await answersAGoodRequest();
  });

  it('with random paths, methods and bodies is refused in the shape of its dialect', async () => {
    const segment = fc.oneof(
      fc.constantFrom(
        'models',
        'tiny',
        'versions',
        'infer',
        'ready',
        'repository',
        'index',
        'tiny:predict',
        ':',
      ),
      fc.webSegment().filter((each) => !/^\.{1,2}$/.test(each)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('/v1', '/v2'),
        fc.array(segment, { maxLength: 5 }),
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'PATCH'),
        fc.uint8Array({ maxLength: 40 }),
        async (root, segments, method, body) => {
          const response = await edge.request([root, ...segments].join('/'), {
            method,
            ...(method === 'GET' ? {} : { body: new Uint8Array(body) }),
          });
          expect(response.status).toBeLessThan(500);
          if (response.status >= 400)
            expect(Object.keys(JSON.parse(await response.text()))).toEqual(['error']);
        },
      ),
      { seed: SEED, numRuns: 500 },
    );
    await answersAGoodRequest();
  });

  it.each([
    ['8 MB of brackets', '['],
    ['8 MB of empty lists', '[],'],
    ['8 MB of objects', '{"a":'],
    ['8 MB of rows', '{"instances":[[1,2,3,4],'],
    ['8 MB of a number', '1'],
    ['8 MB of a text', '"a'],
  ])('of %s is refused, and the next is answered', async (_, text) => {
    const body = text.repeat(Math.floor((8 * 1024 * 1024) / text.length));
    for (const path of ['/v1/models/tiny:predict', '/v2/models/tiny/infer', '/api/predict']) {
      const response = await edge.request(path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body,
      });
      expect(response.status).toBe(400);
      await answersAGoodRequest();
    }
  });

  it('has left no error of ours in the log', () => {
    expect(edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
