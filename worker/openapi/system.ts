// What tells of the Worker itself, as the OpenAPI document describes it.

import type { Operations } from './operation.ts';
import { Health } from './shapes.ts';

const tag = 'Operation';

export const SYSTEM: Operations = {
  'GET /api/health': {
    id: 'health',
    tag,
    summary: 'Is it there, which version, which models',
    access: 'open',
    answers: { 200: { description: 'It is.', content: { 'application/json': Health } } },
    errors: ['storage_failed'],
  },
};
