// One log line and one count for every request. No token, no image, no features, no label, no address, and of the path
// only the route's pattern: a line can be kept and shown without showing anything of a user's.
//
// `ms` is what the clock said. In production it stands still between two pieces of I/O, so that a line knows the time up
// to the last one; what a request took of CPU and wall time the platform itself notes beside each line (`[observability]`
// in wrangler.toml).
import type { MiddlewareHandler } from 'hono';
import { routePath } from 'hono/route';
import { problemOf } from '../../src/contract/errors.ts';
import type { IdentityVariables } from '../identity.ts';
import { causes, translated } from '../problem.ts';
import type { Recorder } from './recorder.ts';

/** A line of the log. */
export interface LogEntry {
  /** `error` is ours or the storage's; a caller's mistake is `info`. */
  readonly level: 'info' | 'error';
  readonly requestId: string;
  readonly method: string;
  /** The route's pattern, not the path. */
  readonly route: string;
  readonly status: number;
  /** Null where it went well; the status where an answer that is no success has no code. */
  readonly code: string | null;
  readonly ms: number;
  readonly principal: 'anonymous' | 'device' | 'key' | 'operator';
  /** Of a prediction, and of a head: the model, and the start of its revision's digest, which tells nothing of its owner. */
  readonly model?: string;
  readonly revision?: string;
  /** Of a prediction: its phases, as `Server-Timing` says them. */
  readonly phases?: string;
  /** Of level `error`: the stack, with its causes. */
  readonly error?: string;
}

const REVISION_CHARS = 12;

/** Watches all that comes after it. */
export function observe({
  clock,
  log,
  recorder,
}: {
  /** ms, from any origin */
  readonly clock: () => number;
  readonly log: (entry: LogEntry) => void;
  readonly recorder: Recorder;
}): MiddlewareHandler<{ Variables: IdentityVariables & { requestId: string } }> {
  return async (c, next) => {
    const start = clock();
    await next();
    const ms = clock() - start;
    const { status, headers } = c.res;
    const failed = c.error === undefined ? null : problemOf(translated(c.error));
    const code = failed?.code ?? (status < 400 ? null : `${status}`);
    // Before `identify` has run, or where it refused, nobody has been recognised.
    const principal = c.get('principal')?.kind ?? 'anonymous';
    const phases = headers.get('Server-Timing');
    const model = headers.get('X-Topwork-Model');
    const revision = headers.get('X-Topwork-Revision');
    recorder.record({ principal, code, predictionMs: phases === null || status >= 400 ? null : ms });
    log({
      level: status < 500 ? 'info' : 'error',
      ...{ requestId: c.get('requestId'), method: c.req.method, route: routePath(c, -1), status, code },
      ...{ ms: Math.round(ms * 10) / 10, principal },
      ...(model === null ? {} : { model }),
      ...(revision === null ? {} : { revision: revision.slice(0, REVISION_CHARS) }),
      ...(phases === null ? {} : { phases }),
      ...(status < 500 || c.error === undefined ? {} : { error: causes(c.error) }),
    });
  };
}
