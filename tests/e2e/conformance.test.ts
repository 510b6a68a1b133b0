// The conformance check against the real Worker, which passes, and against ones that compute otherwise, which do not.
import { spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  CHECKS,
  type Check,
  checkConformance,
  isOff,
  relativeError,
} from '../../scripts/support/conformance.ts';
import { startWorker } from '../support/worker-process.ts';

let worker: Awaited<ReturnType<typeof startWorker>>;
let proxy: Server | undefined;

beforeAll(async () => {
  worker = await startWorker();
});
afterEach(() => {
  proxy?.closeAllConnections();
  proxy?.close();
  proxy = undefined;
});
afterAll(() => worker?.stop());

/** An endpoint that passes everything on to the real Worker, and changes the bodies of some answers. */
async function changed(path: RegExp, change: (body: Buffer<ArrayBuffer>, jsonLength: number) => Buffer) {
  proxy = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const { host: _, connection: __, 'content-length': ___, ...headers } = request.headers;
    const answer = await fetch(`${worker.origin}${request.url}`, {
      method: request.method ?? 'GET',
      headers: Object.entries(headers).map(([name, value]) => [name, `${value}`]),
      ...(chunks.length === 0 ? {} : { body: Buffer.concat(chunks) }),
    });
    const body = Buffer.from(await answer.arrayBuffer());
    const length = answer.headers.get('Inference-Header-Content-Length');
    response.writeHead(answer.status, {
      'Content-Type': answer.headers.get('Content-Type') ?? '',
      ...(length === null ? {} : { 'Inference-Header-Content-Length': length }),
    });
    response.end(path.test(request.url ?? '') ? change(body, Number(length ?? 0)) : body);
  });
  const server = proxy;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The proxy has no port.');
  return `http://127.0.0.1:${address.port}`;
}

/** Checks that are off for at least one image. */
async function offChecks(origin: string): Promise<{ readonly ok: boolean; readonly off: readonly Check[] }> {
  const { ok, images } = await checkConformance(origin);
  return { ok, off: CHECKS.filter((check) => images.some(({ findings }) => isOff(findings[check]))) };
}

describe('checkConformance', () => {
  it('finds nothing off at the real Worker: trunk and features equal to the bit', async () => {
    const { ok, images } = await checkConformance(worker.origin);
    expect(images.length).toBeGreaterThanOrEqual(8);
    for (const { name, findings } of images) {
      for (const check of ['input', 'default', 'end', 'image', 'tensor'] as const)
        expect(findings[check], `${check}, ${name}`).toMatchObject({ kind: 'compared', error: 0 });
      for (const check of ['scores', 'features'] as const)
        expect(findings[check], `${check}, ${name}`).toMatchObject({ kind: 'compared' });
    }
    expect(ok).toBe(true);
  });

  it('finds one feature of 576 that is off by a thousandth, and an expectation that the trunk does not meet', async () => {
    const origin = await changed(/\/(infer|conformance)$/, (body, at) => {
      // The exponent of the first feature of the first image.
      if (at === 0) return Buffer.from(body.toString().replace(/("features":")..../, '$1AACA'));
      body.writeFloatLE(body.readFloatLE(at) + 1e-3, at);
      return body;
    });
    expect(await offChecks(origin)).toEqual({ ok: false, off: ['default', 'image', 'tensor'] });
  });

  it('finds scores that are off by a thousandth, and a class that is missing', async () => {
    let calls = 0;
    const origin = await changed(/\/api\/predict/, (body) => {
      const text = body.toString();
      return Buffer.from(
        calls++ % 2 === 0
          ? text.replace(/"score":([\d.e-]+)/, (_, score) => `"score":${Number(score) - 1e-3}`)
          : text.replace(/,\{"label":[^}]*\}\]$/, ']'),
      );
    });
    expect(await offChecks(origin)).toEqual({ ok: false, off: ['scores', 'features'] });
  });

  it('refuses to go on with a trunk whose bytes are not what its digest says', async () => {
    const origin = await changed(/\/model\.json$/, (body) => Buffer.from(`${body.toString()} `));
    await expect(checkConformance(origin)).rejects.toMatchObject({ code: 'digest_mismatch' });
  });

  it('names the models that there are when asked for another', async () => {
    await expect(checkConformance(worker.origin, { model: 'none' })).rejects.toMatchObject({
      code: 'model_not_found',
      detail: expect.stringContaining('mobilenet-v2'),
    });
  });
});

describe('relativeError', () => {
  it('is the largest difference over the largest expected size', () => {
    // |3 - 2| / |-4|
    expect(relativeError(Float32Array.of(2, -4), Float32Array.of(3, -4))).toBe(1 / 4);
    expect(relativeError(Float32Array.of(2, -4), Float32Array.of(2, -4))).toBe(0);
  });

  it('is off where shapes or a NaN make it meaningless', () => {
    for (const actual of [Float32Array.of(1), Float32Array.of(1, Number.NaN), new Float32Array()])
      expect(isOff({ kind: 'compared', error: relativeError(Float32Array.of(1, 2), actual), limit: 1 })).toBe(
        true,
      );
  });
});

describe('npm run conformance', () => {
  const command = (...args: readonly string[]) =>
    spawnSync(process.execPath, ['scripts/conformance.ts', ...args], { encoding: 'utf8' });

  it('prints a table and ends well', () => {
    const { status, stdout } = command(worker.origin, '--model', 'mobilenet-v2');
    expect(stdout).toContain('It computes the same numbers.');
    expect(stdout).toMatch(/photo, JPEG 4:2:0 +=/);
    expect(status).toBe(0);
  });

  it('ends with 1 and one line where nobody answers, and without an origin', () => {
    for (const args of [['http://127.0.0.1:9'], []]) {
      const { status, stderr } = command(...args);
      expect(stderr.trim().split('\n')).toHaveLength(1);
      expect(status).toBe(1);
    }
  });
});
