// Conformance with TensorFlow Serving's REST API, requirement by requirement.
// @see https://www.tensorflow.org/tfx/serving/api_rest
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeInput } from '../../../src/image/decode.ts';
import { codecs } from '../../../worker/inference/codecs.ts';
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

let edge: DialectApp;
let photo: Uint8Array<ArrayBuffer>;
/** The photo as the trunk takes it, [32][32][3]. */
let pixels: readonly (readonly (readonly number[])[])[];

beforeAll(async () => {
  edge = await dialectApp();
  photo = await goldenImage('jpeg-photo.jpg');
  const floats = [...(await decodeInput(photo, codecs, { size: 32, range: [0, 1] }))];
  const rows = (values: readonly number[], n: number) =>
    Array.from({ length: values.length / n }, (_, i) => values.slice(i * n, (i + 1) * n));
  pixels = rows(floats, 96).map((row) => rows(row, 3));
});

const get = (path: string, token?: string) => edge.request(path, token === undefined ? {} : { token });
const post = (path: string, body: unknown, token?: string) =>
  edge.request(`/v1/models/${path}`, { ...json(body), ...(token === undefined ? {} : { token }) });
const answer = async (response: Promise<Response>) => {
  const given = await response;
  const body = await objectOf(given);
  expect({ status: given.status, body }).toMatchObject({ status: 200 });
  return body;
};
/** Of the two features that the default head looks at. */
const one = [...softmax32(1, 2)];
const two = [...softmax32(5, 0)];

type Case = readonly [requirement: string, check: () => Promise<void>];

describe('model status', () => {
  it.each<Case>([
    [
      'GET /v1/models/<model>: GetModelStatusResponse as JSON',
      async () => {
        expect(await answer(get('/v1/models/tiny'))).toEqual({
          model_version_status: [
            {
              version: edge.revisions.tiny,
              state: 'AVAILABLE',
              status: { error_code: 'OK', error_message: '' },
            },
          ],
        });
      },
    ],
    [
      'GET /v1/models/<model>/versions/<version>: of that version, which must exist',
      async () => {
        const { tiny, mine } = edge.revisions;
        expect(await answer(get(`/v1/models/tiny/versions/${tiny}`))).toMatchObject({
          model_version_status: [{ version: tiny }],
        });
        for (const version of [mine, '1', 'latest'])
          await refusalOf(await get(`/v1/models/tiny/versions/${version}`), 404);
      },
    ],
    [
      'of a personal head with ?signature_name=, for its owner',
      async () => {
        expect(await answer(get('/v1/models/tiny?signature_name=mine', edge.ann))).toMatchObject({
          model_version_status: [{ version: edge.revisions.mine }],
        });
        await refusalOf(await get('/v1/models/tiny?signature_name=mine'), 404);
      },
    ],
    [
      'a model without a default head has no version',
      async () => {
        expect(await answer(get('/v1/models/other'))).toEqual({ model_version_status: [] });
        await refusalOf(await get('/v1/models/none'), 404);
      },
    ],
    [
      'GET /v1/models: the models (as KServe’s first protocol lists them)',
      async () => expect(await answer(get('/v1/models'))).toEqual({ models: ['tiny', 'other'] }),
    ],
  ])('%s', (_, check) => check());
});

describe('model metadata', () => {
  it('GET .../metadata: GetModelMetadataResponse as JSON', async () => {
    const tensor = (name: string, dtype: string, ...sizes: readonly string[]) => ({
      dtype,
      tensor_shape: { dim: sizes.map((size) => ({ size, name: '' })), unknown_rank: false },
      name,
    });
    const { tiny } = edge.revisions;
    for (const path of ['tiny', `tiny/versions/${tiny}`])
      expect(await answer(get(`/v1/models/${path}/metadata`))).toEqual({
        model_spec: { name: 'tiny', signature_name: '', version: tiny },
        metadata: {
          signature_def: {
            signature_def: {
              serving_default: {
                inputs: {
                  image: tensor('image', 'DT_FLOAT', '-1', '32', '32', '3'),
                  image_bytes: tensor('image_bytes', 'DT_STRING', '-1'),
                  features: tensor('features', 'DT_FLOAT', '-1', '4'),
                },
                outputs: { probabilities: tensor('probabilities', 'DT_FLOAT', '-1', '2') },
                method_name: 'tensorflow/serving/predict',
              },
            },
          },
        },
      });
    expect(await answer(get('/v1/models/tiny/metadata?signature_name=mine', edge.ann))).toMatchObject({
      metadata: { signature_def: { signature_def: { mine: { outputs: expect.anything() } } } },
    });
    await refusalOf(await get('/v1/models/other/metadata'), 404);
    await refusalOf(await get('/v1/models/tiny/metadata?signature_name=..'), 400);
  });
});

describe(':predict', () => {
  it.each<Case>([
    [
      'instances, "when there is only one named input": a list of its values -> {"predictions": rows}',
      async () => {
        const rows = [
          [1, 2, 3, 4],
          [5, 0, 0, 0],
        ];
        expect(await answer(post('tiny:predict', { instances: rows }))).toEqual({ predictions: [one, two] });
      },
    ],
    [
      'instances, named: "each item is expected to be an object containing input name/tensor value pair"',
      async () => {
        const instances = [{ features: [1, 2, 3, 4] }, { features: [5, 0, 0, 0] }];
        expect(await answer(post('tiny:predict', { instances }))).toEqual({ predictions: [one, two] });
      },
    ],
    [
      'inputs: "a single input tensor or a map of input name to tensors" -> {"outputs": rows}',
      async () => {
        const rows = [
          [1, 2, 3, 4],
          [5, 0, 0, 0],
        ];
        for (const inputs of [rows, { features: rows }])
          expect(await answer(post('tiny:predict', { inputs }))).toEqual({ outputs: [one, two] });
      },
    ],
    [
      '"A request can have either of them but NOT both"',
      async () => {
        const rows = [[1, 2, 3, 4]];
        await refusalOf(await post('tiny:predict', { instances: rows, inputs: rows }), 400);
        await refusalOf(await post('tiny:predict', {}), 400);
      },
    ],
    [
      'binary values: {"b64": <base64>}, in either format, named or not',
      async () => {
        const b64 = { b64: base64(photo) };
        const [expected] = await predictions({ instances: [b64] });
        expect(expected).toHaveLength(2);
        for (const body of [
          { instances: [b64, b64] },
          { instances: [{ image_bytes: b64 }, { image_bytes: b64 }] },
          { instances: [{ image: b64 }, { image: b64 }] },
          { inputs: [b64, b64] },
          { inputs: { image_bytes: [b64, b64] } },
        ])
          expect(await predictions(body)).toEqual([expected, expected]);
      },
    ],
    [
      '"Tensors are expressed naturally in nested notation": images',
      async () => {
        const [expected] = await predictions({ instances: [{ b64: base64(photo) }] });
        for (const body of [
          { instances: [pixels, pixels] },
          { instances: [{ image: pixels }, { image: pixels }] },
          { inputs: [pixels, pixels] },
          { inputs: { image: [pixels, pixels] } },
        ])
          expect(await predictions(body)).toEqual([expected, expected]);
      },
    ],
    [
      'signature_name: the default one, or a personal head, its owner’s alone',
      async () => {
        const instances = [[1, 2, 3, 4]];
        for (const signature_name of ['serving_default', ''])
          expect(await answer(post('tiny:predict', { signature_name, instances }))).toEqual({
            predictions: [one],
          });
        const personal = { signature_name: 'mine', instances };
        expect(await answer(post('tiny:predict', personal, edge.ann))).toEqual({
          predictions: [softmax32(1, 2, 3)],
        });
        const bob = await edge.enrol();
        const foreign = await refusalOf(await post('tiny:predict', personal, bob), 404);
        const missing = await refusalOf(
          await post('tiny:predict', { ...personal, signature_name: 'gone' }, bob),
          404,
        );
        expect(foreign.replace('mine', 'gone')).toBe(missing);
      },
    ],
    [
      '/versions/<version>: of that version; "if omitted the latest version is used"',
      async () => {
        const body = { instances: [[1, 2, 3, 4]] };
        const { tiny, mine } = edge.revisions;
        const response = await post(`tiny/versions/${tiny}:predict`, body);
        expect(response.headers.get('X-Topwork-Revision')).toBe(tiny);
        expect(await response.json()).toEqual({ predictions: [one] });
        await refusalOf(await post(`tiny/versions/${mine}:predict`, body), 404);
        await refusalOf(await post('tiny/versions/1:predict', body), 404);
      },
    ],
    [
      'a colon that is encoded is a colon',
      async () => {
        expect(await answer(post('tiny%3Apredict', { instances: [[1, 2, 3, 4]] }))).toEqual({
          predictions: [one],
        });
      },
    ],
    [
      '"Servable not found": 404, and so are methods that are not there',
      async () => {
        for (const path of [
          'none:predict',
          'TINY:predict',
          ':predict',
          'tiny',
          'tiny:',
          'tiny:train',
          'a:b:predict',
        ])
          await refusalOf(await post(path, { instances: [[1, 2, 3, 4]] }), 404);
        await refusalOf(await post('other:predict', { instances: [[1, 2, 3, 4]] }), 404);
        await refusalOf(await get('/v1/models/tiny:predict'), 404);
        await refusalOf(await get('/v1/other'), 404);
      },
    ],
  ])('%s', (_, check) => check());

  async function predictions(body: object): Promise<unknown[]> {
    const given = await answer(post('tiny:predict', body));
    const rows = given.predictions ?? given.outputs;
    expect(given).toHaveProperty('instances' in body ? 'predictions' : 'outputs');
    if (!Array.isArray(rows)) throw new Error('There are no rows.');
    return rows;
  }
});

describe(':classify and :regress', () => {
  it.each<Case>([
    [
      'classify: "list of class label/score pairs" for each example, in "result"',
      async () => {
        const examples = [{ features: [1, 2, 3, 4] }, { features: [5, 0, 0, 0] }];
        expect(await answer(post('tiny:classify', { examples }))).toEqual({
          result: [
            [
              [LABELS[0], one[0]],
              [LABELS[1], one[1]],
            ],
            [
              [LABELS[0], two[0]],
              [LABELS[1], two[1]],
            ],
          ],
        });
      },
    ],
    [
      'classify: binary features, {"image": {"b64": ...}}',
      async () => {
        const b64 = { b64: base64(photo) };
        const given = await answer(post('tiny:classify', { examples: [{ image: b64 }] }));
        expect(given).toEqual(await answer(post('tiny:classify', { examples: [{ image_bytes: b64 }] })));
        expect(given.result).toMatchObject([
          [
            ['yes', expect.any(Number)],
            ['no', expect.any(Number)],
          ],
        ]);
      },
    ],
    [
      'classify: signature_name and version',
      async () => {
        const body = { signature_name: 'mine', examples: [{ features: [1, 2, 3, 4] }] };
        const path = `tiny/versions/${edge.revisions.mine}:classify`;
        const { result } = await answer(post(path, body, edge.ann));
        const scores = softmax32(1, 2, 3);
        expect(result).toEqual([['cup', 'plate', 'fork'].map((label, c) => [label, scores[c]])]);
      },
    ],
    [
      'context: "shared by all examples"; its features "MUST NOT appear in examples"',
      async () => {
        const context = { features: [1, 2, 3, 4] };
        const given = await answer(post('tiny:classify', { context, examples: [{}, {}] }));
        expect(given.result).toHaveLength(2);
        await refusalOf(
          await post('tiny:classify', { context, examples: [{ features: [1, 2, 3, 4] }] }),
          400,
        );
      },
    ],
    [
      'regress: an error, since the models classify',
      async () => {
        await refusalOf(await post('tiny:regress', { examples: [{ features: [1, 2, 3, 4] }] }), 400);
      },
    ],
  ])('%s', (_, check) => check());
});

describe('refusals', () => {
  const b64 = { b64: 'AAAA' };
  it.each<readonly [what: string, status: number, method: string, body: unknown]>([
    ['no JSON', 400, 'predict', '{'],
    ['no object', 400, 'predict', '[]'],
    ['NaN', 400, 'predict', '{"instances":[[1,2,3,NaN]]}'],
    ['Infinity', 400, 'predict', '{"instances":[[1,2,3,1e99]]}'],
    ['a number', 400, 'predict', { instances: 1 }],
    ['a text', 400, 'predict', { instances: 'AAAA' }],
    ['texts', 400, 'predict', { instances: ['AAAA'] }],
    ['numbers in a row', 400, 'predict', { instances: [1, 2, 3, 4] }],
    ['rank 3', 400, 'predict', { instances: [[[1]]] }],
    ['ragged rows', 400, 'predict', { instances: [[1, 2, 3, 4], [1]] }],
    ['ragged named rows', 400, 'predict', { instances: [{ features: [1, 2, 3, 4] }, { features: [1] }] }],
    ['kinds mixed', 400, 'predict', { instances: [b64, { features: [1, 2, 3, 4] }] }],
    ['two inputs', 400, 'predict', { instances: [{ image_bytes: b64, features: [1, 2, 3, 4] }] }],
    ['an unknown input', 400, 'predict', { instances: [{ input_1: [1, 2, 3, 4] }] }],
    ['an empty object', 400, 'predict', { instances: [{}] }],
    ['two names in columns', 400, 'predict', { inputs: { image: [1], features: [1] } }],
    ['one b64 in columns', 400, 'predict', { inputs: b64 }],
    ['null', 400, 'predict', { instances: null }],
    ['features of texts', 400, 'predict', { instances: [{ features: ['1'] }] }],
    ['bytes of numbers', 400, 'predict', { instances: [{ image_bytes: [1] }] }],
    ['bytes in columns of numbers', 400, 'predict', { inputs: { image_bytes: [[1]] } }],
    ['b64 that is no base64', 400, 'predict', { instances: [{ b64: '&' }] }],
    ['b64 that is no text', 400, 'predict', { instances: [{ b64: 1 }] }],
    ['b64 and more', 400, 'predict', { instances: [{ image: { b64: 'AAAA', x: 1 } }] }],
    ['b64 that is no image', 415, 'predict', { instances: [b64] }],
    ['a signature that is no id', 400, 'predict', { signature_name: '../x', instances: [[1, 2, 3, 4]] }],
    ['a signature that is no text', 400, 'predict', { signature_name: 1, instances: [[1, 2, 3, 4]] }],
    ['another dimension', 422, 'predict', { instances: [[1, 2, 3]] }],
    ['another size', 422, 'predict', { instances: [[[[1, 2, 3]]]] }],
    ['a batch of none', 422, 'predict', { instances: [] }],
    ['a batch of none in columns', 422, 'predict', { inputs: [] }],
    ['a named batch of none', 400, 'predict', { inputs: { features: [] } }],
    ['a batch of 33', 422, 'predict', { instances: Array(33).fill([1, 2, 3, 4]) }],
    ['33 images', 422, 'predict', { instances: Array(33).fill(b64) }],
    ['no examples', 400, 'classify', {}],
    ['examples that are no objects', 400, 'classify', { examples: [[1, 2, 3, 4]] }],
    ['an empty list of examples', 422, 'classify', { examples: [] }],
    ['an example of two features', 400, 'classify', { examples: [{ features: [1, 2, 3, 4], caption: 'x' }] }],
  ])('%s', async (_, status, method, body) => {
    await refusalOf(await post(`tiny:${method}`, body), status);
  });

  it('a token that is not valid', async () => {
    const response = await post('tiny:predict', { instances: [[1, 2, 3, 4]] }, 'wrong');
    expect(response.headers.get('WWW-Authenticate')).toBe('Bearer');
    await refusalOf(response, 401);
  });

  it('a body beyond the limit', async () => {
    const body = new Uint8Array(8 * 1024 * 1024 + 1);
    await refusalOf(await edge.request('/v1/models/tiny:predict', { method: 'POST', body }), 413);
  });

  it('nothing of theirs is logged as ours', () => {
    expect(edge.logged.filter(({ level }) => level === 'error')).toEqual([]);
  });
});
