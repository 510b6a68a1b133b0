// TensorFlow Serving's REST API over the one predictor: a trunk is a model, a head's revision its version, and a
// personal head a signature.
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as v from 'valibot';
import { AppError } from '../../src/contract/errors.ts';
import { Digest, ModelName } from '../../src/contract/ids.ts';
import type { Catalog } from '../catalog.ts';
import { answerHeaders } from '../dialects/answer-headers.ts';
import {
  DEFAULT_SIGNATURE,
  headOfSignature,
  readClassifyRequest,
  readPredictRequest,
  type TfRequest,
} from '../dialects/tfserving-request.ts';
import {
  classifications,
  modelMetadata,
  modelStatus,
  predictionRows,
} from '../dialects/tfserving-response.ts';
import type { IdentityVariables } from '../identity.ts';
import type { Predictor, Scores } from '../inference/predictor.ts';
import { createTimings } from '../inference/timings.ts';
import { predictionBody } from '../limits.ts';

type Env = { Variables: IdentityVariables };

const OWN = { 'Cache-Control': 'no-store' };

/** Routes below `/v1/models`. */
export function tfservingRoutes({
  predictor,
  catalog,
  clock,
}: {
  readonly predictor: Predictor;
  readonly catalog: Catalog;
  readonly clock: () => number;
}) {
  /** The head that a GET is about: the default one, or `?signature_name=`. */
  async function asked(c: Context<Env>) {
    const signature = c.req.query('signature_name') || DEFAULT_SIGNATURE;
    const choice = { ...placeOf(c, c.req.param('model')), head: headOfSignature(signature) };
    return { signature, choice };
  }

  async function status(c: Context<Env>) {
    const { choice } = await asked(c);
    const { head } = await predictor.chooseAny(choice, c.var.principal);
    return c.json(modelStatus(head === null ? null : head.record.revision), 200, OWN);
  }

  async function metadata(c: Context<Env>) {
    const { signature, choice } = await asked(c);
    return c.json(modelMetadata(signature, await predictor.choose(choice, c.var.principal)), 200, OWN);
  }

  /** `<model>:<method>`, and `<version>:<method>` where there is one: a colon is no separator to the router. */
  async function call(c: Context<Env>) {
    const last = c.req.param('version') ?? c.req.param('model') ?? '';
    const colon = last.lastIndexOf(':');
    const method = last.slice(colon + 1);
    const name = last.slice(0, Math.max(0, colon));
    const isVersioned = c.req.param('version') !== undefined;
    const place = isVersioned ? placeOf(c, c.req.param('model'), name) : placeOf(c, name);
    if (colon >= 0 && method === 'predict') {
      const { scores, headers, request } = await predicted(c, place, readPredictRequest);
      const rows = predictionRows(scores);
      return c.json(request.format === 'row' ? { predictions: rows } : { outputs: rows }, 200, headers);
    }
    if (colon >= 0 && method === 'classify') {
      const { scores, headers } = await predicted(c, place, readClassifyRequest);
      return c.json({ result: classifications(scores) }, 200, headers);
    }
    if (colon >= 0 && method === 'regress')
      throw new AppError('request_invalid', {
        detail: 'Models here classify; ask with :classify or :predict.',
      });
    throw new AppError('not_found', { detail: 'POST to <model>:predict or <model>:classify.' });
  }

  async function predicted<R extends TfRequest>(
    c: Context<Env>,
    place: Place,
    read: (body: Uint8Array) => R,
  ): Promise<{ readonly scores: Scores; readonly headers: Record<string, string>; readonly request: R }> {
    const timings = createTimings(clock);
    const request = await timings.measure('body', async () =>
      read(new Uint8Array(await c.req.arrayBuffer())),
    );
    const chosen = await timings.measure('lookup', () =>
      predictor.choose({ ...place, head: request.head }, c.var.principal),
    );
    const answer = await predictor.predict(chosen, request.input, timings);
    return { scores: answer.scores, headers: answerHeaders(chosen, answer, timings), request };
  }

  return new Hono<Env>()
    .get('/', async (c) => c.json({ models: (await catalog.list()).map(({ name }) => name) }, 200, OWN))
    .get('/:model', status)
    .get('/:model/versions/:version', status)
    .get('/:model/metadata', metadata)
    .get('/:model/versions/:version/metadata', metadata)
    .post('/:model', bodyLimit(predictionBody), call)
    .post('/:model/versions/:version', bodyLimit(predictionBody), call);
}

interface Place {
  readonly model: ModelName;
  readonly revision: Digest | undefined;
}

/** @throws AppError `model_not_found`, `head_not_found` for names and versions that nothing can have */
function placeOf(c: Context<Env>, name: string | undefined, version = c.req.param('version')): Place {
  const model = v.safeParse(ModelName, name);
  if (!model.success)
    throw new AppError('model_not_found', {
      detail: 'There is no such model. GET /v1/models lists those there are.',
    });
  const revision = v.safeParse(v.optional(Digest), version);
  if (!revision.success)
    throw new AppError('head_not_found', {
      detail: 'There is no such version: it is the revision of a head.',
    });
  return { model: model.output, revision: revision.output };
}
