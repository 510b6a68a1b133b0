// The routes of heads, as the OpenAPI document describes them.
import { HeadPatch, HeadSummary, RollbackBody } from '../../src/contract/api.ts';
import { bytes, ETAG, IF_NONE_MATCH, json, NOT_MODIFIED, REVISION_HEADERS } from './notes.ts';
import type { Operations } from './operation.ts';
import { HeadList, RevisionList } from './shapes.ts';

export const HEADS: Operations = {
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
      'The body is a safetensors file (docs/formats.md). Beside its own layers it may bring weights for the trunk: ' +
      'fine-tuned ones, or BatchNorm statistics of another light. They are checked here against the trunk, and ' +
      'whatever answers with this head answers with them. One of the two conditions is required; the same bytes put ' +
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
