// A server of the default trunk's files for tests, as the Worker serves them, from the repository's folder.
import { readFile } from './files.ts';

export interface TrunkServer {
  readonly fetch: typeof globalThis.fetch;
  /** "GET /models/… bytes=5-" for each request. */
  readonly requests: string[];
  /** Bytes of a body after which the connection breaks, once; null: never. */
  breakAfter: number | null;
  /** Nothing can be reached. */
  offline: boolean;
  /** Changes what is served. */
  readonly damaged: Set<string>;
}

export function createTrunkServer(): TrunkServer {
  const server: TrunkServer = {
    requests: [],
    breakAfter: null,
    offline: false,
    damaged: new Set(),
    async fetch(input, init) {
      const { pathname } = new URL(String(input), location.origin);
      const range = new Headers(init?.headers).get('Range');
      server.requests.push(range === null ? pathname : `${pathname} ${range}`);
      if (server.offline) throw new TypeError('Failed to fetch');
      if (pathname === '/models/index.json') return Response.json({ models: ['mobilenet-v2'] });
      const bytes = new Uint8Array(await readFile(pathname.slice(1)));
      if (server.damaged.has(pathname)) bytes[0] = (bytes[0] ?? 0) ^ 1;
      const from = Number(/bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
      const body = bytes.slice(from);
      const status = range === null ? 200 : 206;
      if (server.breakAfter === null || body.length <= server.breakAfter)
        return new Response(body, { status });
      const part = body.slice(0, server.breakAfter);
      server.breakAfter = null;
      const stream = new ReadableStream({
        start(controller) {
          controller.enqueue(part);
        },
        pull(controller) {
          controller.error(new TypeError('network error'));
        },
      });
      return new Response(stream, { status });
    },
  };
  return server;
}
