// TensorFlow Serving's REST API v1, as the OpenAPI document describes it.
import * as v from 'valibot';
import { BATCH_NOTE, json, PREDICTION_ERRORS, PREDICTION_HEADERS, versioned } from './notes.ts';
import type { Operations } from './operation.ts';
import {
  ServingClassifyRequest,
  ServingClassifyResponse,
  ServingMetadata,
  ServingModels,
  ServingPredictRequest,
  ServingPredictResponse,
  ServingStatus,
} from './shapes.ts';

const tag = 'TensorFlow Serving v1';
const query = v.object({ signature_name: v.optional(v.string()) });
const notFound = [
  'request_invalid',
  'model_not_found',
  'head_not_found',
  'trunk_mismatch',
  'storage_failed',
] as const;
const INPUTS =
  'An image is `{"b64": "<base64>"}` or numbers [size,size,3] in the trunk’s range; `{"features": […]}` gives features. ' +
  `\`signature_name\` names a personal head. ${BATCH_NOTE}`;

export const TFSERVING: Operations = {
  'GET /v1/models': {
    id: 'servingModels',
    tag,
    summary: 'The models',
    access: 'open',
    answers: { 200: { description: 'Their names.', content: json(ServingModels) } },
    errors: ['storage_failed'],
  },
  ...versioned('/v1', 'GET', '', {
    id: 'servingStatus',
    tag,
    summary: 'Model status',
    access: 'heads',
    query,
    answers: {
      200: { description: 'The version that answers, if there is one.', content: json(ServingStatus) },
    },
    errors: notFound,
  }),
  ...versioned('/v1', 'GET', '/metadata', {
    id: 'servingMetadata',
    tag,
    summary: 'Model metadata: the signature',
    access: 'heads',
    query,
    answers: { 200: { description: 'Inputs and outputs.', content: json(ServingMetadata) } },
    errors: notFound,
  }),
  ...versioned('/v1', 'POST', ':predict', {
    id: 'servingPredict',
    tag,
    summary: 'Predict',
    description: `Either \`instances\`, a list of inputs, or \`inputs\`, one tensor of all. ${INPUTS}`,
    access: 'heads',
    body: {
      content: json(ServingPredictRequest),
      required: true,
      example: { instances: [{ b64: '<base64 of the image>' }] },
    },
    answers: {
      200: {
        description: 'Probabilities [n,k]: `predictions` for `instances`, `outputs` for `inputs`.',
        content: json(ServingPredictResponse),
        headers: PREDICTION_HEADERS,
      },
    },
    errors: PREDICTION_ERRORS,
  }),
  ...versioned('/v1', 'POST', ':classify', {
    id: 'servingClassify',
    tag,
    summary: 'Classify',
    description: `\`examples\`, each with one feature, \`image\` or \`features\`. ${INPUTS}`,
    access: 'heads',
    body: {
      content: json(ServingClassifyRequest),
      required: true,
      example: { examples: [{ image: { b64: '<base64 of the image>' } }] },
    },
    answers: {
      200: {
        description: 'For each example every class with its probability, in the order of the labels.',
        content: json(ServingClassifyResponse),
        headers: PREDICTION_HEADERS,
      },
    },
    errors: PREDICTION_ERRORS,
  }),
};
