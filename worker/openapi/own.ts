// The project's own routes, as the OpenAPI document describes them.
import {
  EnrolBody,
  Enrolment,
  HeadPatch,
  HeadSummary,
  KeyBody,
  Link,
  Me,
  NewKey,
  PredictBody,
  Predictions,
  PredictQuery,
  RollbackBody,
} from '../../src/contract/api.ts';
import { MAX_BATCH, MAX_DEVICES, MAX_KEYS } from '../../src/contract/limits.ts';
import type { AnswerNote, Content, HeaderNote, Operations } from './operation.ts';
import {
  Conformance,
  DeviceList,
  HeadList,
  ImageForm,
  KeyList,
  Model,
  ModelList,
  RevisionList,
  StatisticsSummary,
} from './shapes.ts';

const json = (schema: Content) => ({ 'application/json': schema });
const bytes = { 'application/octet-stream': 'binary' } as const;
const ETAG = { ETag: { description: 'The revision, in quotes.' } } as const;
const REVISION_HEADERS = {
  ...ETAG,
  'X-Topwork-Model': { description: 'The model that the head reads.' },
  'X-Topwork-Revision': { description: 'SHA-256 of the bytes.' },
} as const;
const NOT_MODIFIED: AnswerNote = {
  description: 'The copy whose ETag was sent in `If-None-Match` is current.',
};
const IF_NONE_MATCH: HeaderNote = { description: 'ETags of copies that are there already.' };

/** Headers of every prediction, whatever the dialect. */
export const PREDICTION_HEADERS = {
  'X-Topwork-Model': { description: 'The model that answered.' },
  'X-Topwork-Head': { description: 'The head that answered.' },
  'X-Topwork-Revision': { description: 'Its revision.' },
  'X-Topwork-Rejected': {
    description: 'How many of the inputs are unlike everything that the head has seen; absent: none.',
  },
  'Server-Timing': {
    description: 'Milliseconds of each stage: lookup, body, decode, preprocess, trunk, head.',
  },
} as const;

/** What every prediction can meet, whatever the dialect. */
export const PREDICTION_ERRORS = [
  ...([
    'request_invalid',
    'features_invalid',
    'shape_mismatch',
    'batch_too_large',
    'body_too_large',
  ] as const),
  ...(['image_invalid', 'image_too_large', 'image_unsupported', 'unsupported_media_type'] as const),
  ...(['model_not_found', 'head_not_found', 'head_invalid', 'trunk_mismatch', 'storage_failed'] as const),
] as const;

const PREDICT: Operations = {
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

const MODELS: Operations = {
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

const HEADS: Operations = {
  'GET /api/heads': {
    id: 'listHeads',
    tag: 'Heads',
    summary: 'Your heads, and the public ones',
    access: 'heads',
    answers: { 200: { description: 'Without their bytes.', content: json(HeadList) } },
    errors: ['storage_failed'],
  },
  'PUT /api/heads/{head}': {
    id: 'putHead',
    tag: 'Heads',
    summary: 'Create or replace a head',
    description:
      'The body is a safetensors file (docs/formats.md). One of the two conditions is required; the same bytes put ' +
      'twice are one revision, so that a request whose answer was lost can be repeated.',
    access: 'writer',
    headers: {
      'If-None-Match': { description: '`*` creates the head.', example: '*' },
      'If-Match': { description: 'The ETag of the revision to replace.' },
    },
    body: { content: bytes, required: true },
    answers: {
      200: { description: 'Replaced, or there already.', content: json(HeadSummary), headers: ETAG },
      201: { description: 'Created.', content: json(HeadSummary), headers: ETAG },
    },
    errors: [
      ...([
        'request_invalid',
        'artifact_invalid',
        'artifact_too_large',
        'head_invalid',
        'head_too_large',
      ] as const),
      ...(['head_id_taken', 'head_not_found', 'trunk_mismatch', 'precondition_failed'] as const),
      ...(['precondition_required', 'digest_mismatch', 'storage_failed'] as const),
    ],
  },
  'GET /api/heads/{head}': {
    id: 'getHead',
    tag: 'Heads',
    summary: 'A head’s bytes',
    access: 'heads',
    headers: { 'If-None-Match': IF_NONE_MATCH },
    answers: {
      200: { description: 'The safetensors file.', content: bytes, headers: REVISION_HEADERS },
      304: NOT_MODIFIED,
    },
    errors: ['request_invalid', 'head_not_found', 'storage_failed'],
  },
  'PATCH /api/heads/{head}': {
    id: 'patchHead',
    tag: 'Heads',
    summary: 'Change title or visibility',
    access: 'writer',
    body: { content: json(HeadPatch), required: true, example: { title: 'My boots', visibility: 'public' } },
    answers: { 200: { description: 'As it is now.', content: json(HeadSummary), headers: ETAG } },
    errors: ['request_invalid', 'body_too_large', 'head_not_found', 'head_id_taken', 'storage_failed'],
  },
  'DELETE /api/heads/{head}': {
    id: 'deleteHead',
    tag: 'Heads',
    summary: 'Delete a head and its history',
    access: 'writer',
    headers: { 'If-Match': { description: 'Delete only this revision.' } },
    answers: { 204: { description: 'Deleted.' } },
    errors: ['request_invalid', 'head_not_found', 'precondition_failed', 'storage_failed'],
  },
  'GET /api/heads/{head}/revisions': {
    id: 'listRevisions',
    tag: 'Heads',
    summary: 'A head’s history',
    description: 'Latest first. Of somebody else’s public head only the current revision.',
    access: 'heads',
    answers: { 200: { description: 'The revisions.', content: json(RevisionList) } },
    errors: ['request_invalid', 'head_not_found', 'storage_failed'],
  },
  'GET /api/heads/{head}/revisions/{digest}': {
    id: 'getRevision',
    tag: 'Heads',
    summary: 'The bytes of one revision',
    access: 'heads',
    headers: { 'If-None-Match': IF_NONE_MATCH },
    answers: {
      200: { description: 'The safetensors file.', content: bytes, headers: REVISION_HEADERS },
      304: NOT_MODIFIED,
    },
    errors: ['request_invalid', 'head_not_found', 'storage_failed'],
  },
  'POST /api/heads/{head}/rollback': {
    id: 'rollbackHead',
    tag: 'Heads',
    summary: 'Go back to a former revision',
    description: 'A rollback is a new entry of the history, with the former bytes.',
    access: 'writer',
    headers: { 'If-Match': { description: 'The ETag of the head as you know it.', required: true } },
    body: { content: json(RollbackBody), required: true },
    answers: { 200: { description: 'As it is now.', content: json(HeadSummary), headers: ETAG } },
    errors: [
      ...(['request_invalid', 'body_too_large', 'head_not_found', 'head_invalid', 'trunk_mismatch'] as const),
      ...(['precondition_failed', 'precondition_required', 'artifact_invalid', 'storage_failed'] as const),
    ],
  },
};

const IDENTITY: Operations = {
  'POST /api/devices': {
    id: 'enrol',
    tag: 'Devices and keys',
    summary: 'Enrol a device',
    description:
      'A first device makes an owner, with the operator’s invitation where one is asked for; a further one joins its ' +
      'owner by the `link` code of another. The token is shown this once.',
    access: 'open',
    body: { content: json(EnrolBody), required: true, example: { name: 'Phone', invite: 'come-in' } },
    answers: { 201: { description: 'Enrolled.', content: json(Enrolment) } },
    errors: [
      ...(['request_invalid', 'body_too_large', 'enrolment_closed', 'link_invalid', 'forbidden'] as const),
      ...(['limit_reached', 'unauthorized', 'storage_failed'] as const),
    ],
  },
  'GET /api/devices': {
    id: 'listDevices',
    tag: 'Devices and keys',
    summary: 'Your devices',
    access: 'device',
    answers: { 200: { description: 'Devices that are not revoked.', content: json(DeviceList) } },
    errors: ['storage_failed'],
  },
  'DELETE /api/devices/{id}': {
    id: 'revokeDevice',
    tag: 'Devices and keys',
    summary: 'Revoke a device, at once',
    access: 'device',
    answers: { 204: { description: 'Revoked.' } },
    errors: ['request_invalid', 'device_not_found', 'storage_failed'],
  },
  'POST /api/links': {
    id: 'createLink',
    tag: 'Devices and keys',
    summary: 'A code by which one more device joins',
    description: `Good once and for ten minutes. An owner may have ${MAX_DEVICES} devices.`,
    access: 'device',
    answers: { 201: { description: 'The code.', content: json(Link) } },
    errors: ['limit_reached', 'storage_failed'],
  },
  'GET /api/me': {
    id: 'whoAmI',
    tag: 'Devices and keys',
    summary: 'Who a token is, and what it is good for',
    access: 'token',
    answers: { 200: { description: 'A device, a key or the operator.', content: json(Me) } },
    errors: ['storage_failed'],
  },
  'GET /api/keys': {
    id: 'listKeys',
    tag: 'Devices and keys',
    summary: 'Your keys',
    access: 'device',
    answers: { 200: { description: 'Keys without their tokens.', content: json(KeyList) } },
    errors: ['storage_failed'],
  },
  'POST /api/keys': {
    id: 'createKey',
    tag: 'Devices and keys',
    summary: 'Make a key for a program',
    description: `For one head or all, until a time or until it is revoked. The token is shown this once. At most ${MAX_KEYS}.`,
    access: 'device',
    body: { content: json(KeyBody), required: true, example: { name: 'Shop window', head: 'my-boots' } },
    answers: { 201: { description: 'The key.', content: json(NewKey) } },
    errors: ['request_invalid', 'body_too_large', 'head_not_found', 'limit_reached', 'storage_failed'],
  },
  'DELETE /api/keys/{id}': {
    id: 'revokeKey',
    tag: 'Devices and keys',
    summary: 'Revoke a key, at once',
    access: 'device',
    answers: { 204: { description: 'Revoked.' } },
    errors: ['request_invalid', 'key_not_found', 'storage_failed'],
  },
};

/** Everything below `/api/` but for what tells of the Worker itself. */
export const OWN: Operations = { ...PREDICT, ...MODELS, ...HEADS, ...IDENTITY };

/** How large a batch may be, for the texts of the dialects. */
export const BATCH_NOTE = `At most ${MAX_BATCH} inputs; an answer does not depend on the others of its batch.`;
