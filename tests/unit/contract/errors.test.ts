import { describe, expect, it } from 'vitest';
import { AppError, problemOf } from '../../../src/contract/errors.ts';

describe('problemOf', () => {
  it('keeps code and detail of an AppError and adds the request id', () => {
    const error = new AppError('head_not_found', { detail: 'Check the id.' });
    expect(problemOf(error, 'r1')).toEqual({
      type: 'urn:topwork:error:head_not_found',
      title: 'No such head',
      status: 404,
      code: 'head_not_found',
      detail: 'Check the id.',
      requestId: 'r1',
    });
  });

  it('says nothing of an unknown error', () => {
    const problem = problemOf(new Error('secret: /etc/passwd'));
    expect(problem.status).toBe(500);
    expect(JSON.stringify(problem)).not.toContain('secret');
  });
});
