// The client on a fetch of ours: what is sent, what is repeated, what errors carry. tests/edge/client runs it against
// the application.
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, type ClientOptions, createClient } from '../../../src/client/client.ts';

const REVISION = 'ab'.repeat(32);
const HEADERS = { 'X-Topwork-Model': 'tiny', 'X-Topwork-Head': 'mine', 'X-Topwork-Revision': REVISION };
const answer = () =>
  Response.json([{ label: 'cup', score: 1 }], {
    headers: { ...HEADERS, 'Server-Timing': 'trunk;dur=2.5, head' },
  });
const refusal = (status: number, headers: Record<string, string> = {}) =>
  Response.json(
    { code: 'storage_failed', detail: 'Try again.', requestId: 'r1', status },
    { status, headers },
  );

/** A client whose endpoint gives these answers, one after the other, the last again and again; and what was asked. */
function clientThat(
  answers: readonly (() => Response | Promise<Response>)[],
  options: Partial<ClientOptions> = {},
) {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init);
    requests.push(request);
    const next = answers[Math.min(requests.length, answers.length) - 1];
    if (next !== undefined) return next();
    // Never, until it is given up.
    return new Promise((_, reject) => {
      request.signal.addEventListener('abort', () => reject(request.signal.reason));
    });
  };
  return { client: createClient({ origin: 'https://edge.test', fetch, ...options }), requests };
}

async function errorOf(promise: Promise<unknown>): Promise<ApiError> {
  const error: unknown = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error(`Not an ApiError: ${error}`);
  return error;
}

describe('predict', () => {
  it('sends the image as it is, with its type, the choice and the token', async () => {
    const { client, requests } = clientThat([answer], { token: 't0' });
    const image = new Blob([Uint8Array.of(1, 2, 3)], { type: 'image/jpeg' });
    const predicted = await client.predict(image, { model: 'tiny', head: 'mine', topK: 3 });
    expect(predicted).toEqual({
      predictions: [{ label: 'cup', score: 1 }],
      ...{ model: 'tiny', head: 'mine', revision: REVISION, rejected: false },
      timings: [
        { name: 'trunk', ms: 2.5 },
        { name: 'head', ms: null },
      ],
    });
    const [request] = requests;
    expect(request?.url).toBe('https://edge.test/api/predict?model=tiny&head=mine&top_k=3');
    expect(request?.headers.get('Content-Type')).toBe('image/jpeg');
    expect(request?.headers.get('Authorization')).toBe('Bearer t0');
    expect(request?.headers.has('X-Topwork-Features')).toBe(false);
    expect(new Uint8Array((await request?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(
      Uint8Array.of(1, 2, 3),
    );
  });

  it('sends features as float32, with their number', async () => {
    const { client, requests } = clientThat([answer]);
    await client.predict({ features: Float32Array.of(1, -2) });
    expect(requests[0]?.headers.get('X-Topwork-Features')).toBe('2');
    // 1 is 0x3f800000, -2 is 0xc0000000, little-endian.
    expect([...new Uint8Array((await requests[0]?.arrayBuffer()) ?? new ArrayBuffer())]).toEqual([
      ...[0, 0, 0x80, 0x3f],
      ...[0, 0, 0, 0xc0],
    ]);
  });

  it.each([
    [
      'decode;dur=3.1, body, head;desc="x";dur=0.2',
      [
        ['decode', 3.1],
        ['body', null],
        ['head', 0.2],
      ],
    ],
    ['trunk;dur=soon', [['trunk', null]]],
    [' , "quoted name";dur=1', []],
  ])('reads the stages of %j', async (header, stages) => {
    const { client } = clientThat([
      () => Response.json([], { headers: { ...HEADERS, 'Server-Timing': header } }),
    ]);
    const { timings } = await client.predict(new ArrayBuffer(1));
    expect(timings.map(({ name, ms }) => [name, ms])).toEqual(stages);
  });

  it('says when the head has seen nothing like the input', async () => {
    const { client } = clientThat([
      () => Response.json([], { headers: { ...HEADERS, 'X-Topwork-Rejected': '1' } }),
    ]);
    expect(await client.predict(new ArrayBuffer(1))).toMatchObject({ rejected: true, timings: [] });
  });

  it.each(['<html>', '[{"label":1,"score":1}]', '[{"label":"cup"}]', '{}', ''])(
    'refuses the answer %j',
    async (body) => {
      const { client } = clientThat([() => new Response(body, { headers: HEADERS })]);
      expect(await errorOf(client.predict(new ArrayBuffer(1)))).toMatchObject({
        code: 'answer_invalid',
        status: 0,
      });
    },
  );
});

describe('errors', () => {
  it('carry code, status, detail, request id and when to come again', async () => {
    const { client } = clientThat([() => refusal(429, { 'Retry-After': '60' })]);
    expect(await errorOf(client.me())).toMatchObject({
      ...{ code: 'storage_failed', status: 429, detail: 'Try again.', requestId: 'r1', retryAfter: 60 },
      name: 'ApiError',
    });
  });

  it('read the shape of the borrowed dialects, and have words where nothing is said', async () => {
    const dialect = clientThat([() => Response.json({ error: 'No.' }, { status: 404 })]);
    expect(await errorOf(dialect.client.me())).toMatchObject({ code: 'unexplained', detail: 'No.' });
    const html = clientThat([() => new Response('<h1>', { status: 400, headers: { 'X-Request-Id': 'r2' } })]);
    expect(await errorOf(html.client.me())).toMatchObject({
      ...{ code: 'unexplained', status: 400, requestId: 'r2', retryAfter: null },
      detail: 'The server answered 400 and did not say why.',
    });
  });

  it('carry the current revision of a conflict', async () => {
    const conflict = { code: 'precondition_failed', detail: 'Another.', revision: REVISION };
    const { client } = clientThat([() => Response.json(conflict, { status: 412 })]);
    const put = client.heads.put('mine', new ArrayBuffer(1), { replaces: 'cd'.repeat(32) });
    expect(await errorOf(put)).toMatchObject({ status: 412, revision: REVISION });
  });
});

describe('repetition', () => {
  const again = () => refusal(503, { 'Retry-After': '0' });

  it('repeats what is safe to repeat, twice at most', async () => {
    const good = clientThat([again, again, answer]);
    await good.client.predict(new ArrayBuffer(1));
    expect(good.requests).toHaveLength(3);
    const bad = clientThat([again]);
    await errorOf(bad.client.predict(new ArrayBuffer(1)));
    expect(bad.requests).toHaveLength(3);
  });

  it('never repeats what would be done twice', async () => {
    const calls = [
      (client: ReturnType<typeof createClient>) => client.devices.enrol({ name: 'phone' }),
      (client: ReturnType<typeof createClient>) => client.links.create(),
      (client: ReturnType<typeof createClient>) => client.keys.create({ name: 'key' }),
      (client: ReturnType<typeof createClient>) => client.heads.delete('mine'),
      (client: ReturnType<typeof createClient>) => client.devices.revoke('one'),
    ];
    for (const call of calls) {
      const { client, requests } = clientThat([again]);
      await errorOf(call(client));
      expect(requests).toHaveLength(1);
    }
  });

  it('does not repeat what would fail again, nor wait for a minute', async () => {
    for (const given of [() => refusal(404), () => refusal(429, { 'Retry-After': '60' })]) {
      const { client, requests } = clientThat([given]);
      await errorOf(client.heads.list());
      expect(requests).toHaveLength(1);
    }
  });
});

describe('waiting', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('pauses a quarter and half a second where the server does not say how long', async () => {
    const { client, requests } = clientThat([() => Promise.reject(new TypeError('fetch failed'))]);
    const failed = errorOf(client.heads.list());
    await vi.advanceTimersByTimeAsync(249);
    expect(requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(requests).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(500);
    expect(requests).toHaveLength(3);
    expect(await failed).toMatchObject({ code: 'unreachable', status: 0 });
  });

  it('gives up at once when it is aborted, while it pauses too, with the reason of the signal', async () => {
    const { client, requests } = clientThat([() => refusal(503)]);
    const controller = new AbortController();
    const failed = client.heads.list({ signal: controller.signal }).catch((reason: unknown) => reason);
    await vi.advanceTimersByTimeAsync(10);
    controller.abort('enough');
    expect(await failed).toBe('enough');
    expect(requests).toHaveLength(1);
  });
});

it('gives up an answer that does not come', async () => {
  const { client, requests } = clientThat([], { timeoutMs: 5, retries: 0 });
  expect(await errorOf(client.me())).toMatchObject({ code: 'timeout', status: 0 });
  expect(requests).toHaveLength(1);
});

it('passes an abort on while it waits for an answer', async () => {
  const { client } = clientThat([]);
  const controller = new AbortController();
  const failed = client.me({ signal: controller.signal }).catch((reason: unknown) => reason);
  controller.abort('enough');
  expect(await failed).toBe('enough');
});

it('is under 3 kB', async () => {
  const built = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      ...{ write: false, minify: true, target: 'es2022', modulePreload: { polyfill: false } },
      rollupOptions: { input: 'src/client/client.ts', preserveEntrySignatures: 'strict' },
    },
  });
  const [first] = Array.isArray(built) ? built : [built];
  const code =
    first !== undefined && 'output' in first
      ? first.output.map((file) => ('code' in file ? file.code : ''))
      : [];
  const bytes = gzipSync(code.join(''), { level: 9 }).length;
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThan(3000);
});
