// What the tables of operations say more than once: headers, errors, bodies.
import { MAX_BATCH } from '../../src/contract/limits.ts';
import type { AnswerNote, Content, HeaderNote, Operation, Operations } from './operation.ts';

export const json = (schema: Content) => ({ 'application/json': schema });
export const bytes = { 'application/octet-stream': 'binary' } as const;
export const ETAG = { ETag: { description: 'The revision, in quotes.' } } as const;
export const REVISION_HEADERS = {
  ...ETAG,
  'X-Topwork-Model': { description: 'The model that the head reads.' },
  'X-Topwork-Revision': { description: 'SHA-256 of the bytes.' },
} as const;
export const NOT_MODIFIED: AnswerNote = {
  description: 'The copy whose ETag was sent in `If-None-Match` is current.',
};
export const IF_NONE_MATCH: HeaderNote = { description: 'ETags of copies that are there already.' };

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

/** How large a batch may be, for the texts of the dialects. */
export const BATCH_NOTE = `At most ${MAX_BATCH} inputs; an answer does not depend on the others of its batch.`;

/**
 * Operations of a borrowed dialect that take a model, and perhaps a version, which is a revision of its head.
 * @param root "/v1" or "/v2"
 */
export function versioned(root: string, method: string, suffix: string, operation: Operation): Operations {
  return {
    [`${method} ${root}/models/{model}${suffix}`]: operation,
    [`${method} ${root}/models/{model}/versions/{version}${suffix}`]: {
      ...operation,
      id: `${operation.id}OfVersion`,
      summary: `${operation.summary}, by a revision of the head`,
    },
  };
}
