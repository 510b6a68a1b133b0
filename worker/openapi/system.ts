// What tells of the Worker itself, and its static files, as the OpenAPI document describes them.
import * as v from 'valibot';
import { Health, Readiness, Stats } from '../../src/contract/operations.ts';
import { json } from './notes.ts';
import type { Operations } from './operation.ts';

const tag = 'Operation';

export const SYSTEM: Operations = {
  'GET /api/health': {
    id: 'health',
    tag,
    summary: 'Is it there, which version, which models',
    access: 'open',
    answers: { 200: { description: 'It is.', content: json(Health) } },
    errors: [],
  },
  'GET /api/health/ready': {
    id: 'ready',
    tag,
    summary: 'Could it answer a prediction',
    description: 'Asks the database, the bucket of heads and the files of the trunks.',
    access: 'open',
    answers: {
      200: { description: 'It could.', content: json(Readiness) },
      503: { description: 'It could not, and why.', content: json(Readiness) },
    },
    errors: [],
  },
  'GET /api/stats': {
    id: 'stats',
    tag,
    summary: 'Counters: predictions, latency, errors, heads, devices',
    access: 'operator',
    query: v.object({ days: v.optional(v.pipe(v.string(), v.regex(/^[1-9][0-9]{0,2}$/))) }),
    answers: {
      200: { description: 'Since when, and of how many isolates, it says itself.', content: json(Stats) },
    },
    errors: ['request_invalid'],
  },
  'GET /models/{model}/{file}': {
    id: 'getTrunkFile',
    tag: 'Models',
    summary: 'A file of a trunk',
    description:
      '`model.json`, its shards, `bn.safetensors`, `manifest.json`: static files, for any origin, with `ETag` and `Range`.',
    access: 'static',
    headers: { Range: { description: 'A part of the file.', example: 'bytes=0-1023' } },
    answers: {
      200: { description: 'The file.', content: { 'application/octet-stream': 'binary' } },
      206: { description: 'The part.', content: { 'application/octet-stream': 'binary' } },
      304: { description: 'The copy whose ETag was sent is current.' },
      404: { description: 'There is no such file.' },
      416: { description: 'There is no such part.' },
    },
    errors: [],
  },
};
