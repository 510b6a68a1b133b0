// KServe's Open Inference Protocol v2 over the one predictor: a trunk is a model, a head's revision its version, and a
// personal head a parameter. Extensions: binary_tensor_data, classification, model_repository.
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as v from 'valibot';
import { version } from '../../package.json';
import { AppError } from '../../src/contract/errors.ts';
import { Digest, HeadId, ModelName } from '../../src/contract/ids.ts';
import type { Catalog } from '../catalog.ts';
import { answerHeaders } from '../dialects/answer-headers.ts';
import { checked } from '../dialects/checked.ts';
import { readJson } from '../dialects/json.ts';
import { INPUT_DATATYPES, readInferRequest } from '../dialects/kserve-request.ts';
import { writeInferResponse } from '../dialects/kserve-response.ts';
import type { IdentityVariables } from '../identity.ts';
import type { Chosen, HeadChoice, Predictor } from '../inference/predictor.ts';
import { createTimings } from '../inference/timings.ts';
import { predictionBody, smallBody } from '../limits.ts';
import { validate } from '../validate.ts';

type Env = { Variables: IdentityVariables };

/** Extensions whose names the specifications of Triton fix. */
const EXTENSIONS = ['binary_tensor_data', 'classification', 'model_repository'];
const OWN = { 'Cache-Control': 'no-store' };

const Path = v.object({ model: ModelName, version: v.optional(Digest) });
const HeadQuery = v.object({ head: v.optional(HeadId) });
const IndexBody = v.object({ ready: v.optional(v.boolean(), false) });

/** Routes below `/v2`. */
export function kserveRoutes({
  predictor,
  catalog,
  clock,
}: {
  readonly predictor: Predictor;
  readonly catalog: Catalog;
  readonly clock: () => number;
}) {
  async function index(caller: IdentityVariables['principal']): Promise<readonly IndexEntry[]> {
    return Promise.all(
      (await catalog.list()).map(async ({ name }) => {
        try {
          const { head } = await predictor.chooseAny({ model: name }, caller);
          const versioned = head === null ? {} : { version: head.record.revision };
          return { name, ...versioned, state: 'READY' as const, reason: '' };
        } catch (error) {
          const reason = error instanceof AppError ? error.detail : 'It cannot be read now.';
          return { name, state: 'UNAVAILABLE' as const, reason };
        }
      }),
    );
  }

  /** Named by the path, and by `?head=`. */
  function chosen(c: Context<Env>): Promise<Chosen> {
    const { model, version: revision } = checkedPath(c);
    const { head } = checked(HeadQuery, c.req.query());
    return chooseFor(predictor, { model, head, revision }, c);
  }

  async function metadata(c: Context<Env>) {
    const { manifest, recipe, dim, head } = await chosen(c);
    const { size } = recipe.preprocessing;
    const k = head === null ? -1 : head.head.labels.length;
    const shapes = { image: [-1, size, size, 3], image_bytes: [-1], features: [-1, dim] };
    const inputs = (['image', 'image_bytes', 'features'] as const).map((name) => ({
      name,
      datatype: INPUT_DATATYPES[name],
      shape: shapes[name],
    }));
    const floats = (name: string, width: number) => ({ name, datatype: 'FP32', shape: [-1, width] });
    const scores = head === null ? [] : [floats('probabilities', k), floats('logits', k)];
    return c.json(
      {
        name: manifest.name,
        versions: head === null ? [] : [head.record.revision],
        platform: 'topwork',
        inputs,
        outputs: [...scores, floats('features', dim)],
        parameters: {
          range: recipe.preprocessing.range,
          ...(head === null ? {} : { head: head.record.id, labels: head.head.labels }),
        },
      },
      200,
      OWN,
    );
  }

  async function ready(c: Context<Env>) {
    const { manifest } = await chosen(c);
    return c.json({ name: manifest.name, ready: true }, 200, OWN);
  }

  async function infer(c: Context<Env>) {
    const { model, version: revision } = checkedPath(c);
    const timings = createTimings(clock);
    const request = await timings.measure('body', async () =>
      readInferRequest(
        new Uint8Array(await c.req.arrayBuffer()),
        c.req.header('Inference-Header-Content-Length'),
      ),
    );
    const choice = { model, head: request.head, revision };
    const scored = request.outputs?.some(({ name }) => name !== 'features') ?? true;
    const answering = await timings.measure(
      'lookup',
      (): Promise<Chosen> =>
        scored ? predictor.choose(choice, c.var.principal) : chooseFor(predictor, choice, c),
    );
    const predicted = await predictor.predict(answering, request.input, timings);
    const { body, headerLength } = writeInferResponse(
      {
        model,
        head:
          answering.head === null
            ? null
            : { id: answering.head.record.id, revision: answering.head.record.revision },
        ...predicted,
      },
      request,
    );
    return c.body(body, 200, {
      ...answerHeaders(answering, predicted, timings),
      'Content-Type': headerLength === null ? 'application/json' : 'application/octet-stream',
      ...(headerLength === null ? {} : { 'Inference-Header-Content-Length': `${headerLength}` }),
    });
  }

  return new Hono<Env>()
    .get('/', (c) => c.json({ name: 'topwork', version, extensions: EXTENSIONS }, 200, OWN))
    .get('/health/live', (c) => c.json({ live: true }, 200, OWN))
    .get('/health/ready', async (c) => {
      const models = await index(null);
      const isReady = models.length > 0 && models.every(({ state }) => state === 'READY');
      // "live" is what the specification's schema says, "ready" what servers answer.
      return c.json({ live: true, ready: isReady }, isReady ? 200 : 503, OWN);
    })
    .get('/models/:model', metadata)
    .get('/models/:model/versions/:version', metadata)
    .get('/models/:model/ready', ready)
    .get('/models/:model/versions/:version/ready', ready)
    .post('/models/:model/infer', bodyLimit(predictionBody), infer)
    .post('/models/:model/versions/:version/infer', bodyLimit(predictionBody), infer)
    .post('/repository/index', bodyLimit(smallBody), async (c) => {
      const bytes = new Uint8Array(await c.req.arrayBuffer());
      const wanted = checked(IndexBody, bytes.length === 0 ? {} : readJson(bytes));
      const models = await index(c.var.principal);
      return c.json(wanted.ready ? models.filter(({ state }) => state === 'READY') : models, 200, OWN);
    })
    .post(
      '/repository/models/:model/:action{load|unload}',
      validate('param', v.object({ model: ModelName })),
      () => {
        throw new AppError('request_invalid', {
          detail:
            'The models are those of the deployment: they are loaded when they are asked, and never unloaded.',
        });
      },
    );
}

interface IndexEntry {
  readonly name: ModelName;
  readonly version?: Digest;
  readonly state: 'READY' | 'UNAVAILABLE';
  readonly reason: string;
}

function chooseFor(
  predictor: Predictor,
  choice: HeadChoice & { readonly model: ModelName },
  c: Context<Env>,
): Promise<Chosen> {
  return predictor.chooseAny(choice, c.var.principal);
}

/** A version that is no revision is one that does not exist. */
function checkedPath(c: Context<Env>): v.InferOutput<typeof Path> {
  const path = v.safeParse(Path, c.req.param());
  if (path.success) return path.output;
  throw new AppError(v.getDotPath(path.issues[0]) === 'version' ? 'head_not_found' : 'model_not_found', {
    detail: 'There is no such model or version. POST /v2/repository/index lists those there are.',
  });
}
