// KServe's Open Inference Protocol v2, as the OpenAPI document describes it.
import * as v from 'valibot';
import { HeadId } from '../../src/contract/ids.ts';
import { BATCH_NOTE, json, PREDICTION_ERRORS, PREDICTION_HEADERS, versioned } from './notes.ts';
import type { Operations } from './operation.ts';
import {
  InferRequest,
  InferResponse,
  ModelMetadata,
  ModelReady,
  RepositoryIndex,
  RepositoryIndexRequest,
  ServerLive,
  ServerMetadata,
  ServerReady,
} from './shapes.ts';

const tag = 'KServe v2';
const HEADER_LENGTH = 'Inference-Header-Content-Length';
const query = v.object({ head: v.optional(HeadId) });
const notFound = [
  'request_invalid',
  'model_not_found',
  'head_not_found',
  'trunk_mismatch',
  'storage_failed',
] as const;

export const KSERVE: Operations = {
  'GET /v2': {
    id: 'kserveServer',
    tag,
    summary: 'Server metadata',
    access: 'open',
    answers: {
      200: {
        description: 'Name, version, extensions.',
        content: json(ServerMetadata),
      },
    },
    errors: [],
  },
  'GET /v2/health/live': {
    id: 'kserveLive',
    tag,
    summary: 'Is it there',
    access: 'open',
    answers: { 200: { description: 'It is.', content: json(ServerLive) } },
    errors: [],
  },
  'GET /v2/health/ready': {
    id: 'kserveReady',
    tag,
    summary: 'Can it answer',
    access: 'open',
    answers: {
      200: { description: 'All models can.', content: json(ServerReady) },
      503: { description: 'Not all can.', content: json(ServerReady) },
    },
    errors: ['storage_failed'],
  },
  ...versioned('/v2', 'GET', '', {
    id: 'kserveModel',
    tag,
    summary: 'Model metadata: inputs and outputs',
    access: 'heads',
    query,
    answers: { 200: { description: 'Shapes are those of the head.', content: json(ModelMetadata) } },
    errors: notFound,
  }),
  ...versioned('/v2', 'GET', '/ready', {
    id: 'kserveModelReady',
    tag,
    summary: 'Can the model answer',
    access: 'heads',
    query,
    answers: { 200: { description: 'It can.', content: json(ModelReady) } },
    errors: notFound,
  }),
  ...versioned('/v2', 'POST', '/infer', {
    id: 'kserveInfer',
    tag,
    summary: 'Infer',
    description:
      'Exactly one input: `image` FP32 [n,size,size,3] in the range of the metadata, `image_bytes` BYTES [n] (encoded images, ' +
      'base64 in JSON), or `features` FP32 [n,d]. Outputs: `probabilities`, `logits`, `features`; without `outputs` all. ' +
      '`parameters.head` names a personal head. Binary tensor data goes after the JSON, both ways, and ' +
      `\`${HEADER_LENGTH}\` says where it begins; an output with \`parameters.classification\` gives ` +
      `\`<value>:<index>:<label>\`. ${BATCH_NOTE}`,
    access: 'heads',
    headers: {
      [HEADER_LENGTH]: {
        description: 'Length of the JSON in bytes, where binary data follows it.',
        pattern: '^[0-9]{1,10}$',
      },
    },
    body: {
      content: { ...json(InferRequest), 'application/octet-stream': 'binary' },
      required: true,
      example: {
        id: '1',
        inputs: [{ name: 'image_bytes', datatype: 'BYTES', shape: [1], data: ['<base64 of the image>'] }],
        outputs: [{ name: 'probabilities', parameters: { classification: 3 } }],
      },
    },
    answers: {
      200: {
        description: 'The outputs, in the order in which they were asked for.',
        content: { ...json(InferResponse), 'application/octet-stream': 'binary' },
        headers: {
          ...PREDICTION_HEADERS,
          [HEADER_LENGTH]: { description: 'Length of the JSON in bytes, where binary data follows it.' },
        },
      },
    },
    errors: PREDICTION_ERRORS,
  }),
  'POST /v2/repository/index': {
    id: 'kserveIndex',
    tag,
    summary: 'The models, and whether they are ready',
    access: 'heads',
    body: { content: json(RepositoryIndexRequest) },
    answers: { 200: { description: 'Every model.', content: json(RepositoryIndex) } },
    errors: ['request_invalid', 'body_too_large', 'storage_failed'],
  },
  'POST /v2/repository/models/{model}/{action}': {
    id: 'kserveLoad',
    tag,
    summary: 'Load or unload: always refused',
    description:
      'The models are those of the deployment: they are loaded when they are asked, and never unloaded.',
    access: 'open',
    answers: {},
    errors: ['request_invalid'],
  },
};
