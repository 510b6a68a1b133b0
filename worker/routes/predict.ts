// POST /api/predict: an image, or features, and a head -> labels with scores, most likely first.
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { PredictQuery } from '../../src/contract/api.ts';
import { topK } from '../../src/head/head.ts';
import { answerHeaders } from '../dialects/answer-headers.ts';
import type { IdentityVariables } from '../identity.ts';
import type { Predictor } from '../inference/predictor.ts';
import { createTimings } from '../inference/timings.ts';
import { predictionBody } from '../limits.ts';
import { hasFeatures, readPredictionInput } from '../prediction-input.ts';
import { validate } from '../validate.ts';

/** How many classes an answer names when nobody says. */
const DEFAULT_TOP_K = 5;

export function predictRoutes({
  predictor,
  clock,
}: {
  readonly predictor: Predictor;
  readonly clock: () => number;
}) {
  return new Hono<{ Variables: IdentityVariables }>().post(
    '/',
    validate('query', PredictQuery),
    bodyLimit(predictionBody),
    async (c) => {
      const { top_k, ...choice } = c.req.valid('query');
      const timings = createTimings(clock);
      if (!hasFeatures(c.req.raw)) predictor.prepare(choice);
      const chosen = await timings.measure('lookup', () => predictor.choose(choice, c.var.principal));
      const input = await timings.measure('body', () => readPredictionInput(c.req.raw));
      const predicted = await predictor.predict(
        chosen,
        input.kind === 'image'
          ? { kind: 'encoded', images: [input.bytes] }
          : { kind: 'features', features: { data: input.features, shape: [1, input.features.length] } },
        timings,
      );
      const { probabilities, labels } = predicted.scores;
      const k = (input.kind === 'image' ? input.topK : undefined) ?? top_k ?? DEFAULT_TOP_K;
      return c.json(topK(probabilities, labels, k), 200, answerHeaders(chosen, predicted, timings));
    },
  );
}
