// Errors -> RFC 9457 answers, the only place that makes them.
import { HTTPException } from 'hono/http-exception';
import { AppError, errorHeaders, problemOf } from '../src/contract/errors.ts';
import type { HeadId } from '../src/contract/ids.ts';

/** Answers an error as application/problem+json, not to be cached. */
export function problemResponse(
  error: unknown,
  {
    requestId,
    headers = {},
    extra = {},
  }: {
    readonly requestId: string;
    readonly headers?: Record<string, string>;
    /** Extension members, RFC 9457 section 3.2. */
    readonly extra?: Record<string, string>;
  },
): Response {
  const problem = problemOf(translated(error), requestId);
  return new Response(JSON.stringify({ ...problem, ...extra }), {
    status: problem.status,
    headers: {
      'Content-Type': 'application/problem+json',
      'Cache-Control': 'no-store',
      'X-Request-Id': requestId,
      ...errorHeaders(problem.status),
      ...headers,
    },
  });
}

/** What workerd throws to who reads the body of a caller that has gone away; the storages' own are `storage_failed`. */
const CALLER_GONE = 'Network connection lost.';

/** Hono's own exceptions are about the request, such as JSON that does not parse. */
export function translated(error: unknown): unknown {
  if (error instanceof Error && error.message === CALLER_GONE)
    return new AppError('aborted', { detail: 'The body did not arrive whole. Send it again.', cause: error });
  if (!(error instanceof HTTPException) || error.status >= 500) return error;
  return new AppError('request_invalid', {
    detail: `${error.message || 'The request is malformed'}.`,
    cause: error,
  });
}

/** The stack with its causes: for the log, never for an answer. */
export function causes(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.stack ?? String(error);
  return error.cause === undefined ? own : `${own}\ncaused by ${causes(error.cause)}`;
}

/** The same answer for a head that is not there and for one that is somebody else's. */
export function headNotFound(id: HeadId): AppError {
  return new AppError('head_not_found', {
    detail: `There is no head "${id}" that is yours to read or change.`,
  });
}
