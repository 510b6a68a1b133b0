// POST /api/predict: an image, or features, and a head -> labels with scores, most likely first.
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import * as v from 'valibot';
import { PredictQuery } from '../../src/contract/api.ts';
import { AppError } from '../../src/contract/errors.ts';
import { HeadId } from '../../src/contract/ids.ts';
import { applyHead, topK } from '../../src/head/head.ts';
import type { Catalog } from '../catalog.ts';
import { checkHeadFits } from '../head-check.ts';
import type { IdentityVariables, Principal } from '../identity.ts';
import type { LoadedHeads } from '../inference/loaded-heads.ts';
import { createTimings } from '../inference/timings.ts';
import type { Trunks } from '../inference/trunks.ts';
import { predictionBody } from '../limits.ts';
import { readPredictionInput } from '../prediction-input.ts';
import { headNotFound } from '../problem.ts';
import { type HeadStore, OPERATOR } from '../store/head-store.ts';
import { validate } from '../validate.ts';

/** How many classes an answer names when nobody says. */
const DEFAULT_TOP_K = 5;

export function predictRoutes({
  heads,
  catalog,
  loadedHeads,
  trunks,
  clock,
}: {
  readonly heads: HeadStore;
  readonly catalog: Catalog;
  readonly loadedHeads: LoadedHeads;
  readonly trunks: Trunks;
  readonly clock: () => number;
}) {
  /** The head that is asked for, else the default one of the model that is asked for, else that of the first model. */
  async function choose({ head: id, model: name }: PredictQuery, principal: Principal | null) {
    const asked = name === undefined ? undefined : await catalog.manifest(name);
    if (id === undefined) {
      const { name } = asked ?? (await catalog.defaultManifest());
      const head = await heads.findOwned(v.parse(HeadId, name), OPERATOR);
      if (head !== null) return head;
      throw new AppError('head_not_found', {
        detail: `The model "${name}" has no default head here. Name one: ?head=<id>.`,
      });
    }
    const head = await heads.find(id, principal?.owner ?? null);
    if (head === null) throw headNotFound(id);
    if (asked === undefined || asked.name === head.model) return head;
    throw new AppError('trunk_mismatch', {
      detail: `The head "${id}" was trained on "${head.model}". Ask for that model, or leave it out.`,
    });
  }

  /** Loads the head, and sees again that it fits: a deployment may have brought another trunk since it was put. */
  async function prepare(query: PredictQuery, principal: Principal | null) {
    const record = await choose(query, principal);
    const loaded = await loadedHeads.load(record);
    const manifest = (await catalog.list()).find(({ name }) => name === record.model);
    checkHeadFits(loaded, manifest);
    return { record, manifest, ...loaded };
  }

  return new Hono<{ Variables: IdentityVariables }>().post(
    '/',
    validate('query', PredictQuery),
    bodyLimit(predictionBody),
    async (c) => {
      const query = c.req.valid('query');
      const timings = createTimings(clock);
      const { record, manifest, head, metadata } = await timings.measure('lookup', () =>
        prepare(query, c.var.principal),
      );
      const input = await timings.measure('body', () => readPredictionInput(c.req.raw));
      const features =
        input.kind === 'features'
          ? input.features
          : (await trunks.features(manifest, metadata, input.bytes, timings)).data;
      const { probabilities, rejection } = await timings.measure('head', () => applyHead(head, features, 1));
      const k = (input.kind === 'image' ? input.topK : undefined) ?? query.top_k ?? DEFAULT_TOP_K;
      const { rejectAbove } = head.calibration;
      const rejected = rejectAbove !== null && (rejection?.[0] ?? Number.NEGATIVE_INFINITY) > rejectAbove;
      return c.json(topK(probabilities, head.labels, k), 200, {
        'Cache-Control': 'no-store',
        'X-Topwork-Model': record.model,
        'X-Topwork-Head': record.id,
        'X-Topwork-Revision': record.revision,
        'Server-Timing': timings.header(),
        ...(rejected ? { 'X-Topwork-Rejected': '1' } : {}),
      });
    },
  );
}
