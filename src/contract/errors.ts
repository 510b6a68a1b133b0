// Every error that a caller can meet, as one closed union, and its one mapping to RFC 9457.
// No I/O here; the texts are public: they say what to do and never what is inside.

import { RATE_WINDOW_SECONDS } from './limits.ts';

/** The closed set of error codes; `problemOf` maps each to a status and a title. */
export type ErrorCode =
  | 'aborted'
  | 'artifact_invalid'
  | 'artifact_too_large'
  | 'batch_too_large'
  | 'body_too_large'
  | 'device_not_found'
  | 'digest_mismatch'
  | 'enrolment_closed'
  | 'features_invalid'
  | 'forbidden'
  | 'head_id_taken'
  | 'head_invalid'
  | 'head_not_found'
  | 'head_not_ready'
  | 'head_too_large'
  | 'image_invalid'
  | 'image_too_large'
  | 'image_unsupported'
  | 'internal'
  | 'key_not_found'
  | 'limit_reached'
  | 'link_invalid'
  | 'model_invalid'
  | 'model_layer_unknown'
  | 'model_not_found'
  | 'model_truncated'
  | 'model_weight_missing'
  | 'not_found'
  | 'not_trainable'
  | 'precondition_failed'
  | 'precondition_required'
  | 'rate_limited'
  | 'request_invalid'
  | 'shape_mismatch'
  | 'storage_failed'
  | 'training_diverged'
  | 'trunk_mismatch'
  | 'unauthorized'
  | 'unsupported_media_type';

/** An error with a code of the closed union, and a detail that tells its reader what to do. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly detail: string;
  constructor(code: ErrorCode, options: { readonly detail: string; readonly cause?: unknown }) {
    super(`${code}: ${options.detail}`, { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.detail = options.detail;
  }
}

/** The body of an error answer. @see https://www.rfc-editor.org/rfc/rfc9457 */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly requestId?: string;
}

/** Maps an error to its problem document; whatever is not an `AppError` is `internal` and says nothing more. */
export function problemOf(error: unknown, requestId?: string): Problem {
  const { code, detail } =
    error instanceof AppError
      ? error
      : { code: 'internal' as const, detail: 'Something went wrong on our side; try again.' };
  const [status, title] = statusOf(code);
  return {
    type: `urn:topwork:error:${code}`,
    title,
    status,
    code,
    detail,
    ...(requestId === undefined ? {} : { requestId }),
  };
}

/** The headers that an answer of this status carries in every dialect. */
export function errorHeaders(status: number): Record<string, string> {
  if (status === 401) return { 'WWW-Authenticate': 'Bearer' };
  return status === 429 ? { 'Retry-After': String(RATE_WINDOW_SECONDS) } : {};
}

function statusOf(code: ErrorCode): readonly [status: number, title: string] {
  switch (code) {
    case 'aborted':
      return [499, 'Cancelled'];
    case 'artifact_invalid':
      return [422, 'The file is damaged or not in the expected format'];
    case 'artifact_too_large':
      return [413, 'The file is too large'];
    case 'batch_too_large':
      return [422, 'The batch has too many or too few inputs'];
    case 'body_too_large':
      return [413, 'The request body is too large'];
    case 'device_not_found':
      return [404, 'No such device'];
    case 'digest_mismatch':
      return [422, 'The content does not match its digest'];
    case 'enrolment_closed':
      return [403, 'Enrolment needs an invitation'];
    case 'features_invalid':
      return [422, 'The features are not usable'];
    case 'forbidden':
      return [403, 'The token is not good for this'];
    case 'head_id_taken':
      return [409, 'The id is taken'];
    case 'head_invalid':
      return [422, 'The head is not usable'];
    case 'head_not_found':
      return [404, 'No such head'];
    case 'head_not_ready':
      return [409, 'There are not enough examples yet'];
    case 'head_too_large':
      return [413, 'The head is too large'];
    case 'image_invalid':
      return [422, 'The image cannot be decoded'];
    case 'image_too_large':
      return [422, 'The image has too many pixels'];
    case 'image_unsupported':
      return [415, 'The image format is not supported'];
    case 'internal':
      return [500, 'Internal error'];
    case 'key_not_found':
      return [404, 'No such key'];
    case 'limit_reached':
      return [409, 'There are as many as there may be'];
    case 'link_invalid':
      return [403, 'The link code is not valid'];
    case 'model_invalid':
      return [422, 'The model is not usable'];
    case 'model_layer_unknown':
      return [422, 'The model has a layer of an unknown kind'];
    case 'model_not_found':
      return [404, 'No such model'];
    case 'model_truncated':
      return [422, 'The model is incomplete'];
    case 'model_weight_missing':
      return [422, 'The model lacks a weight'];
    case 'not_found':
      return [404, 'Not found'];
    case 'not_trainable':
      return [422, 'This layer cannot be trained'];
    case 'precondition_failed':
      return [412, 'The head has another revision'];
    case 'precondition_required':
      return [428, 'A precondition is required'];
    case 'rate_limited':
      return [429, 'Too many requests'];
    case 'request_invalid':
      return [400, 'The request is malformed'];
    case 'shape_mismatch':
      return [422, 'The shape does not fit'];
    case 'storage_failed':
      return [503, 'Storage is unavailable'];
    case 'training_diverged':
      return [422, 'Training diverged'];
    case 'trunk_mismatch':
      return [409, 'The head belongs to another trunk'];
    case 'unauthorized':
      return [401, 'A valid token is required'];
    case 'unsupported_media_type':
      return [415, 'The content type is not supported'];
    default:
      return code satisfies never;
  }
}
