// Errors as the two borrowed dialects answer them: {"error": "..."}, with the statuses of the project's own routes.
import { errorHeaders, problemOf } from '../../src/contract/errors.ts';
import { translated } from '../problem.ts';

/** Whether a path belongs to a borrowed dialect: `/v1`, `/v2` and all below. */
export function isBorrowedDialect(path: string): boolean {
  return /^\/v[12](\/|$)/.test(path);
}

/** Answers an error as `{"error": "<what to do>"}`, not to be cached. */
export function dialectErrorResponse(error: unknown, requestId: string): Response {
  const { status, detail } = problemOf(translated(error));
  return Response.json(
    { error: detail },
    { status, headers: { 'Cache-Control': 'no-store', 'X-Request-Id': requestId, ...errorHeaders(status) } },
  );
}
