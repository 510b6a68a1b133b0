// The OpenAPI 3.1 document: the tables of operations, and the schemas that validate, as JSON Schema. Pure.
// @see https://spec.openapis.org/oas/v3.1.1.html
import {
  MAX_BATCH,
  MAX_BODY_BYTES,
  MAX_HEAD_BYTES,
  MAX_HEAD_CLASSES,
  MAX_IMAGE_PIXELS,
  MAX_LOSSLESS_WEBP_PIXELS,
  MAX_LOSSY_WEBP_PIXELS,
} from '../../src/contract/limits.ts';
import { HEADS } from './heads.ts';
import { IDENTITY } from './identity.ts';
import { KSERVE } from './kserve.ts';
import type { Operation, Operations } from './operation.ts';
import { MODELS, PREDICT } from './own.ts';
import {
  errorResponses,
  headerParameters,
  mediaTypes,
  namedSchemas,
  pathParameters,
  queryParameters,
  responseOf,
  securityOf,
} from './parts.ts';
import { SYSTEM } from './system.ts';
import { TFSERVING } from './tfserving.ts';
import type { DocumentedOperation, OpenApiDocument } from './types.ts';

/** Every operation that is documented. */
export const OPERATIONS: Operations = {
  ...PREDICT,
  ...MODELS,
  ...HEADS,
  ...IDENTITY,
  ...KSERVE,
  ...TFSERVING,
  ...SYSTEM,
};

const TAGS: OpenApiDocument['tags'] = [
  { name: 'Predict', description: 'An image, or features, and a head: labels with scores.' },
  { name: 'Models', description: 'The trunks, their statistics, and what they must compute.' },
  { name: 'Heads', description: 'What people train: put, shared, rolled back.' },
  { name: 'Devices and keys', description: 'Who may call.' },
  { name: 'KServe v2', description: 'The Open Inference Protocol, with binary tensors and classification.' },
  { name: 'TensorFlow Serving v1', description: 'What clients of TensorFlow Serving speak over HTTP.' },
  { name: 'Operation', description: 'For whoever runs the Worker.' },
];

const MIB = 1024 * 1024;
const DESCRIPTION = [
  'A Cloudflare Worker that serves an image classifier with personal heads, in three dialects.',
  'Send a token as `Authorization: Bearer <token>`; public heads need none. A head of somebody else is the same 404 as none.',
  `Limits: a prediction’s body ${MAX_BODY_BYTES / MIB} MiB; an image ${MAX_IMAGE_PIXELS / 1e6} megapixels (JPEG, PNG; a WebP ${MAX_LOSSY_WEBP_PIXELS / 1e6}, or ${(MAX_LOSSLESS_WEBP_PIXELS / 1e6).toFixed(1)} where it is lossless or has alpha); a batch ${MAX_BATCH}; ` +
    `a head ${MAX_HEAD_BYTES / MIB} MiB and ${MAX_HEAD_CLASSES} classes. Requests are counted by token and by address: ` +
    '429 says in `Retry-After` when to come again.',
  'Errors below `/api/` are `application/problem+json` (RFC 9457) with a stable `code`; the borrowed dialects answer ' +
    '`{"error": "…"}`. Every answer carries `X-Request-Id`.',
].join('\n\n');

/** @param version of the Worker */
export function openApiDocument(version: string): OpenApiDocument {
  const paths: Record<string, Record<string, DocumentedOperation>> = {};
  for (const [key, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = key.split(' ');
    paths[path] = { ...paths[path], [method.toLowerCase()]: documented(path, operation) };
  }
  return {
    openapi: '3.1.1',
    info: { title: 'Topwork', version, description: DESCRIPTION },
    servers: [{ url: '/' }],
    tags: TAGS,
    paths,
    components: {
      schemas: namedSchemas(),
      securitySchemes: {
        token: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of a device or of a key, or the operator’s secret.',
        },
      },
    },
  };
}

function documented(path: string, operation: Operation): DocumentedOperation {
  const { id, tag, summary, description, access, body, answers } = operation;
  const content = body === undefined ? undefined : mediaTypes(body.content, body.example);
  return {
    operationId: id,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: securityOf(access),
    parameters: [...pathParameters(path), ...queryParameters(operation), ...headerParameters(operation)],
    ...(content === undefined ? {} : { requestBody: { required: body?.required ?? false, content } }),
    responses: {
      ...Object.fromEntries(Object.entries(answers).map(([status, answer]) => [status, responseOf(answer)])),
      ...errorResponses(path, operation),
    },
  };
}
