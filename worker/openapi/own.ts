// The project's own routes of predictions and models, as the OpenAPI document describes them.
import { PredictBody, Predictions, PredictQuery } from '../../src/contract/api.ts';
import {
  bytes,
  ETAG,
  IF_NONE_MATCH,
  json,
  NOT_MODIFIED,
  PREDICTION_ERRORS,
  PREDICTION_HEADERS,
} from './notes.ts';
import type { Operations } from './operation.ts';
import { Conformance, ImageForm, Model, ModelList, StatisticsSummary } from './shapes.ts';

export const PREDICT: Operations = {
  'POST /api/predict': {
    id: 'predict',
    tag: 'Predict',
    summary: 'Classify an image, or features',
    description:
      'The body is an image (JPEG, PNG or WebP, told by its bytes), a form with one file, JSON with the image in base64 ' +
      '(as image-classification clients of Hugging Face send it), or little-endian features with `X-Topwork-Features`, ' +
      'so that no photo leaves the phone. Without `head` the default head of the model answers.',
    access: 'heads',
    query: PredictQuery,
    headers: {
      'X-Topwork-Features': {
        description: 'The body is so many features: `<dim>` for float32, `<dim>;dtype=f16` for float16.',
        example: '576',
        pattern: '^[1-9][0-9]{0,5}(\\s*;\\s*dtype=(f32|f16))?$',
      },
    },
    body: {
      content: {
        'image/jpeg': 'binary',
        'image/png': 'binary',
        'image/webp': 'binary',
        'application/octet-stream': 'binary',
        'multipart/form-data': ImageForm,
        'application/json': PredictBody,
      },
      required: true,
      example: { inputs: '<base64 of the image>', parameters: { top_k: 3 } },
    },
    answers: {
      200: {
        description:
          'Classes with their probabilities, most likely first; five unless `top_k` says otherwise.',
        content: json(Predictions),
        headers: PREDICTION_HEADERS,
        example: [
          { label: 'ankle boot', score: 0.97 },
          { label: 'sneaker', score: 0.02 },
        ],
      },
    },
    errors: PREDICTION_ERRORS,
  },
};

export const MODELS: Operations = {
  'GET /api/models': {
    id: 'listModels',
    tag: 'Models',
    summary: 'The trunks that are served',
    access: 'open',
    headers: { 'If-None-Match': IF_NONE_MATCH },
    answers: {
      200: { description: 'The first is the default one.', content: json(ModelList), headers: ETAG },
      304: NOT_MODIFIED,
    },
    errors: ['storage_failed'],
  },
  'GET /api/models/{model}': {
    id: 'getModel',
    tag: 'Models',
    summary: 'One trunk: its manifest',
    description:
      'Digest, input, the layers at which it can be cut, BatchNorm layers, licence and source. The files are static: ' +
      '`tf.loadLayersModel("<origin>/models/<model>/model.json")` works from any origin.',
    access: 'open',
    headers: { 'If-None-Match': IF_NONE_MATCH },
    answers: {
      200: { description: 'The manifest.', content: json(Model), headers: ETAG },
      304: NOT_MODIFIED,
    },
    errors: ['request_invalid', 'model_not_found', 'storage_failed'],
  },
  'GET /api/models/{model}/bn': {
    id: 'getStatistics',
    tag: 'Models',
    summary: 'Its stored BatchNorm statistics',
    description: 'A safetensors file, or with `Accept: application/json` a summary for each layer.',
    access: 'open',
    headers: { Accept: { description: 'What to answer with.' }, 'If-None-Match': IF_NONE_MATCH },
    answers: {
      200: {
        description: 'The statistics.',
        content: { ...bytes, ...json(StatisticsSummary) },
        headers: ETAG,
      },
      304: NOT_MODIFIED,
    },
    errors: ['request_invalid', 'model_not_found', 'storage_failed'],
  },
  'GET /api/models/{model}/conformance': {
    id: 'getConformance',
    tag: 'Models',
    summary: 'Golden inputs and the numbers they must give',
    description:
      'Images with the digests of what enters the trunk, and the features that must come out, with tolerances: any ' +
      'client can prove that it computes the same numbers. `npm run conformance -- <origin>` proves it of a deployment.',
    access: 'open',
    headers: { 'If-None-Match': IF_NONE_MATCH },
    answers: {
      200: { description: 'Inputs, outputs, tolerances.', content: json(Conformance), headers: ETAG },
      304: NOT_MODIFIED,
    },
    errors: ['request_invalid', 'model_not_found', 'storage_failed'],
  },
};
