// The heads of one owner at a server, in memory, with the conditions of the real routes; for the typed client's fetch.
import { sha256Hex } from '../../../src/contract/digest.ts';

interface Stored {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly revision: string;
  title: string;
}

export interface HeadServer {
  readonly fetch: typeof globalThis.fetch;
  readonly heads: Map<string, Stored>;
  /** Every revision that was ever stored, in order. */
  readonly history: string[];
  /** What happens to the next request (of that method): it does not arrive, or its answer does not; null: all is well. */
  next: 'lost-request' | 'lost-answer' | 'refused' | null;
  nextOf: string | null;
  /** What is always refused, by method. */
  refusals: ReadonlyMap<string, readonly [status: number, code: string]>;
  /** Seconds, with what is refused; null: not said. */
  retryAfter: number | null;
  /** Called when a request has arrived, before it is answered. */
  before: (method: string) => Promise<void>;
  /** Ids of public heads of somebody else. */
  readonly foreign: Set<string>;
  readonly requests: string[];
}

const problem = (status: number, code: string, extra: object = {}) =>
  Response.json({ type: 'x', title: code, status, code, detail: code, ...extra }, { status });

export function createHeadServer(): HeadServer {
  const server: HeadServer = {
    heads: new Map(),
    history: [],
    next: null,
    nextOf: null,
    refusals: new Map(),
    retryAfter: null,
    before: async () => {},
    foreign: new Set(),
    requests: [],
    async fetch(input, init) {
      const request = new Request(input, init);
      server.requests.push(`${request.method} ${new URL(request.url).pathname}`);
      const meant = server.nextOf === null || server.nextOf === request.method;
      const fate = meant ? server.next : null;
      if (meant) server.next = null;
      if (fate === 'lost-request') throw new TypeError('Failed to fetch');
      if (fate === 'refused') return problem(401, 'unauthorized');
      init?.signal?.throwIfAborted();
      await server.before(request.method);
      const refusal = server.refusals.get(request.method);
      const answer = refusal === undefined ? await handle(request) : problem(...refusal);
      if (refusal !== undefined && server.retryAfter !== null)
        answer.headers.set('Retry-After', `${server.retryAfter}`);
      init?.signal?.throwIfAborted();
      if (fate === 'lost-answer') throw new TypeError('Failed to fetch');
      return answer;
    },
  };

  const summary = (id: string, { revision, title, bytes }: Stored) => ({
    ...{ id, title, revision, model: 'mobilenet-v2', trunk: 'ab'.repeat(32), labels: ['a', 'b'] },
    ...{ bytes: bytes.length, visibility: 'private', own: !server.foreign.has(id) },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', updatedAt: '2026-01-01T00:00:00.000Z' },
  });

  async function handle(request: Request): Promise<Response> {
    const id = /^\/api\/heads\/([^/]+)$/.exec(new URL(request.url).pathname)?.[1];
    if (id === undefined)
      return Response.json({ heads: [...server.heads].map(([key, head]) => summary(key, head)) });
    const there = server.heads.get(id);
    const ifMatch = request.headers.get('If-Match')?.replaceAll('"', '') ?? null;
    switch (request.method) {
      case 'GET':
        if (there === undefined) return problem(404, 'head_not_found');
        return new Response(there.bytes, { headers: { 'X-Topwork-Revision': there.revision } });
      case 'PUT': {
        const bytes = new Uint8Array(await request.arrayBuffer());
        const revision = await sha256Hex(bytes);
        const creates = request.headers.get('If-None-Match') === '*';
        if (there?.revision !== revision) {
          if (creates && there !== undefined)
            return problem(412, 'precondition_failed', { revision: there.revision });
          if (!creates && there === undefined) return problem(404, 'head_not_found');
          if (!creates && there !== undefined && there.revision !== ifMatch)
            return problem(412, 'precondition_failed', { revision: there.revision });
          server.history.push(revision);
        }
        const stored = { bytes, revision, title: there?.title ?? id };
        server.heads.set(id, stored);
        return Response.json(summary(id, stored), { status: 200 });
      }
      case 'PATCH': {
        if (there === undefined) return problem(404, 'head_not_found');
        const { title }: { title: string } = await request.json();
        there.title = title;
        return Response.json(summary(id, there));
      }
      case 'DELETE':
        if (there === undefined) return problem(404, 'head_not_found');
        if (ifMatch !== null && there.revision !== ifMatch)
          return problem(412, 'precondition_failed', { revision: there.revision });
        server.heads.delete(id);
        return new Response(null, { status: 204 });
      default:
        return problem(405, 'not_found');
    }
  }
  return server;
}
