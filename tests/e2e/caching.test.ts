// Caching, ranges, preflights and HEAD of everything that is served, on the real Worker behind the real asset server.
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ModelManifest } from '../../src/contract/manifest.ts';
import { startWorker } from '../support/worker-process.ts';

const YEAR = 'public, max-age=31536000, immutable';
const ASK_AGAIN = 'public, max-age=0, must-revalidate';

let worker: Awaited<ReturnType<typeof startWorker>>;
let manifest: ModelManifest;
let shard: ModelManifest['files'][number];
const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(`${worker.origin}${path}`, { method, headers });
const bytesOf = async (response: Response) => new Uint8Array(await response.arrayBuffer());
const fileOf = (path: string) => `/models/${manifest.name}/${path}`;

beforeAll(async () => {
  worker = await startWorker({ seed: true });
  const response = await fetch(`${worker.origin}/api/models`);
  const { models } = v.parse(v.object({ models: v.array(ModelManifest) }), await response.json());
  const [model] = models;
  const found = model?.files.find(({ path }) => path.endsWith('.bin'));
  if (model === undefined || found === undefined) throw new Error('run "npm run build" first');
  [manifest, shard] = [model, found];
});
afterAll(() => worker?.stop());

describe('a resource', () => {
  it('tells how long it may be kept, and answers 304 to who has it', async () => {
    const [asset] = /assets\/[\w.-]+\.js/.exec(await (await ask('/')).text()) ?? [];
    const revision = (await ask(`/api/heads/${manifest.name}`)).headers.get('X-Topwork-Revision');
    const table: readonly (readonly [path: string, cacheControl: string])[] = [
      ['/', ASK_AGAIN],
      [`/${asset}`, YEAR],
      [fileOf(shard.path), YEAR],
      [fileOf('model.json'), ASK_AGAIN],
      [fileOf('manifest.json'), ASK_AGAIN],
      [fileOf('bn.safetensors'), ASK_AGAIN],
      ['/models/index.json', ASK_AGAIN],
      ['/api/models', 'public, no-cache'],
      [`/api/models/${manifest.name}`, 'public, no-cache'],
      [`/api/models/${manifest.name}/bn`, 'public, no-cache'],
      [`/api/models/${manifest.name}/conformance`, 'public, no-cache'],
      [`/api/heads/${manifest.name}`, 'private, no-cache'],
      [`/api/heads/${manifest.name}/revisions/${revision}`, 'private, max-age=31536000, immutable'],
    ];
    for (const [path, cacheControl] of table) {
      const response = await ask(path);
      expect([path, response.status, response.headers.get('Cache-Control')]).toEqual([
        path,
        200,
        cacheControl,
      ]);
      const etag = response.headers.get('ETag') ?? '';
      expect(etag, path).toMatch(/^(W\/)?"[^"]+"$/);
      const again = await ask(path, { 'If-None-Match': etag });
      expect([path, again.status, (await bytesOf(again)).length]).toEqual([path, 304, 0]);
      expect(again.headers.get('ETag'), path).toBe(etag);
    }
  });

  it('is never kept where it is an answer of the moment', async () => {
    for (const path of [
      '/api/health',
      '/api/health/ready',
      '/api/heads/none',
      '/api/me',
      '/v2',
      '/v1/models',
    ])
      expect([path, (await ask(path)).headers.get('Cache-Control')]).toEqual([path, 'no-store']);
  });

  it('answers HEAD as GET, without the body', async () => {
    for (const path of [
      ...['/', fileOf(shard.path), fileOf('model.json'), '/api/health', '/api/models'],
      `/api/models/${manifest.name}/bn`,
    ]) {
      const [head, get] = [await ask(path, {}, 'HEAD'), await ask(path)];
      expect([path, head.status, (await bytesOf(head)).length]).toEqual([path, get.status, 0]);
      for (const name of ['Content-Type', 'ETag', 'Cache-Control', 'Accept-Ranges'])
        expect([path, name, head.headers.get(name)]).toEqual([path, name, get.headers.get(name)]);
    }
  });
});

describe('a range of a shard', () => {
  it('is those bytes, their place and their number, and kept as long as the whole', async () => {
    const whole = await bytesOf(await ask(fileOf(shard.path)));
    expect(whole.length).toBe(shard.bytes);
    const n = shard.bytes;
    for (const [range, start, end] of [
      ['bytes=0-0', 0, 0],
      ['bytes=1000000-1099999', 1_000_000, 1_099_999],
      [`bytes=${n - 10}-`, n - 10, n - 1],
      ['bytes=-7', n - 7, n - 1],
      [`bytes=5-${n * 2}`, 5, n - 1],
    ] as const) {
      const response = await ask(fileOf(shard.path), { Range: range });
      expect(response.status).toBe(206);
      expect(response.headers.get('Content-Range')).toBe(`bytes ${start}-${end}/${n}`);
      expect(response.headers.get('Content-Length')).toBe(`${end - start + 1}`);
      expect(response.headers.get('Cache-Control')).toBe(YEAR);
      expect(Buffer.compare(await bytesOf(response), whole.subarray(start, end + 1))).toBe(0);
    }
  });

  it('is a 416 beyond the end, and the whole where it is malformed or of another version', async () => {
    const beyond = await ask(fileOf(shard.path), { Range: `bytes=${shard.bytes}-` });
    expect([beyond.status, beyond.headers.get('Content-Range')]).toEqual([416, `bytes */${shard.bytes}`]);
    expect(beyond.headers.get('Cache-Control')).toBe('no-store');
    const etag = (await ask(fileOf(shard.path), {}, 'HEAD')).headers.get('ETag') ?? '';
    const status = async (headers: Record<string, string>) => {
      const response = await ask(fileOf(shard.path), headers);
      await response.body?.cancel();
      return response.status;
    };
    expect(await status({ Range: 'bytes=9-1' })).toBe(200);
    expect(await status({ Range: 'bytes=0-9', 'If-Range': '"other"' })).toBe(200);
    expect(await status({ Range: 'bytes=0-9', 'If-Range': etag })).toBe(206);
    expect(await status({ Range: 'bytes=0-9', 'If-None-Match': etag })).toBe(304);
  });
});

describe('a page of another site', () => {
  it('may ask for every file and every route, and read what it needs', async () => {
    for (const [path, method] of [
      [fileOf('model.json'), 'GET'],
      [fileOf(shard.path), 'GET'],
      ['/api/predict', 'POST'],
      [`/v2/models/${manifest.name}/infer`, 'POST'],
      [`/v1/models/${manifest.name}:predict`, 'POST'],
    ] as const) {
      const preflight = await ask(
        path,
        {
          Origin: 'https://elsewhere.example',
          'Access-Control-Request-Method': method,
          'Access-Control-Request-Headers': 'authorization,content-type,if-none-match,range',
        },
        'OPTIONS',
      );
      expect([path, preflight.status]).toEqual([path, 204]);
      expect(preflight.headers.get('Access-Control-Allow-Origin')).toBe('*');
      expect(preflight.headers.get('Access-Control-Allow-Methods')).toContain(method);
      expect(preflight.headers.get('Access-Control-Allow-Headers')).toMatch(/Range/);
    }
    const part = await ask(fileOf(shard.path), { Origin: 'https://elsewhere.example', Range: 'bytes=0-9' });
    expect(part.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(part.headers.get('Access-Control-Expose-Headers')).toContain('Content-Range');
    expect(part.headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin');
  });
});
