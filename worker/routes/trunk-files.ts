// /models/*: the files of the trunks, which are static assets. The platform's asset server knows neither Range nor a
// preflight, so that these requests pass through here; headers, ETag and 304 are the asset server's (app/public/_headers).
// @see https://github.com/cloudflare/workers-sdk/issues/8967
import { type Context, Hono } from 'hono';
import { type ByteRange, rangeOf, sliceStream } from '../byte-range.ts';
import type { Catalog } from '../catalog.ts';

/** The platform's server of static assets. */
export type ServeAsset = (request: Request) => Promise<Response>;

export function trunkFileRoutes({
  catalog,
  serveAsset,
}: {
  readonly catalog: Catalog;
  readonly serveAsset: ServeAsset;
}) {
  /** Bytes of a trunk's file; null where no manifest lists it. The asset server does not say how long a file is. */
  async function sizeOf(model: string, path: string): Promise<number | null> {
    const manifest = (await catalog.list()).find(({ name }) => name === model);
    return manifest?.files.find((file) => file.path === path)?.bytes ?? null;
  }

  async function serve(c: Context) {
    const response = await serveAsset(c.req.raw);
    const range = c.req.header('Range');
    if (response.status !== 200) return response;
    const headers = new Headers(response.headers);
    headers.set('Accept-Ranges', 'bytes');
    if (range === undefined || c.req.method !== 'GET' || response.body === null)
      return new Response(response.body, { headers });
    const [, , model = '', path = ''] = c.req.path.split('/');
    const size = await sizeOf(model, path);
    if (size === null) return new Response(response.body, { headers });
    const etag = headers.get('ETag');
    return part(
      response.body,
      size,
      headers,
      rangeOf(range, { size, etag, ifRange: c.req.header('If-Range') }),
    );
  }

  return new Hono().all('/*', serve);
}

function part(body: ReadableStream<Uint8Array>, size: number, headers: Headers, range: ByteRange): Response {
  switch (range.kind) {
    case 'whole':
      return new Response(body, { headers });
    case 'unsatisfiable':
      // Not for a year: the next version may be longer.
      headers.set('Cache-Control', 'no-store');
      headers.set('Content-Range', `bytes */${size}`);
      return new Response(null, { status: 416, headers });
    case 'part': {
      headers.set('Content-Range', `bytes ${range.start}-${range.end}/${size}`);
      // With it the answer says its length.
      const sized = new FixedLengthStream(range.end - range.start + 1);
      return new Response(sliceStream(body, range).pipeThrough(sized), { status: 206, headers });
    }
    default:
      return range satisfies never;
  }
}
