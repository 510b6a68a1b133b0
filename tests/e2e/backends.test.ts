// The backends of the built app, in Web Workers of its own, under its real headers.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser, Page } from 'playwright-core';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PROTOCOL_VERSION } from '../../app/training/protocol.ts';
import { violations } from '../support/axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { startWorker } from '../support/worker-process.ts';

type BackendName = 'wasm' | 'wasm-threads' | 'webgl';
/** As it comes, but for arrays that JSON can carry. */
const Measured = v.object({
  features: v.array(v.number()),
  step: v.array(v.number()),
  stepExpected: v.array(v.number()),
  ms: v.number(),
});

const ASSETS = 'dist/app/assets';

/** V8 has WebAssembly SIMD where the processor has SSSE3. */
const WITHOUT_SIMD = ['--js-flags=--no-enable-ssse3'];

let worker: Awaited<ReturnType<typeof startWorker>>;
let browser: Browser;
let page: Page;
const blocked: string[] = [];

beforeAll(async () => {
  worker = await startWorker({ seed: false });
  browser = await launchChromium();
  page = await openPage(browser);
});
afterAll(async () => {
  await browser?.close();
  await worker?.stop();
});

/** A page of the origin without the app, whose own trainer would take half of the machine. */
async function openPage(within: Browser): Promise<Page> {
  const context = await within.newContext({ serviceWorkers: 'block' });
  const opened = await context.newPage();
  opened.on('console', (message) => {
    if (/Content Security Policy|blocked/i.test(message.text())) blocked.push(message.text());
  });
  await opened.goto(`${worker.origin}/docs`);
  return opened;
}

/** Loads the trunk onto a backend in a throw-away worker of the built app, and measures. */
async function measure(backend: BackendName, where = page) {
  const script = readdirSync(ASSETS).find((name) => /^worker-.*\.js$/.test(name));
  const answer: unknown = await where.evaluate(
    async ([url, name, PROTOCOL_VERSION]) => {
      const base = '/models/mobilenet-v2/';
      const manifest = await (await fetch(`${base}manifest.json`)).json();
      const files = new Map<string, ArrayBuffer>();
      for (const { path } of manifest.files) files.set(path, await (await fetch(base + path)).arrayBuffer());
      const trainer = new Worker(url, { type: 'module' });
      try {
        return await new Promise((resolve, reject) => {
          const ask = (id: number, call: unknown) =>
            trainer.postMessage({ kind: 'call', version: PROTOCOL_VERSION, id, call });
          trainer.addEventListener('error', (event) => reject(new Error(event.message)));
          trainer.addEventListener('message', ({ data: { kind, id, value, error } }) => {
            if (kind !== 'answer') reject(new Error(JSON.stringify(error)));
            else if (id === 1) ask(2, { name: 'measure', ask: null });
            else resolve({ ...value, features: Array.from(value.features) });
          });
          setTimeout(() => reject(new Error('It hangs.')), 60_000);
          ask(1, { name: 'load', ask: { manifest, files, backend: name } });
        });
      } finally {
        trainer.terminate();
      }
    },
    [`/assets/${script}`, backend, PROTOCOL_VERSION] as const,
  );
  return v.parse(Measured, answer);
}

/** With another script for the second thread; null: there is none. */
async function withThread(script: string | null, work: () => Promise<void>): Promise<void> {
  const context = page.context();
  await context.route('**/assets/thread-*.js', async (route) => {
    if (script === null) return route.abort();
    const real = await route.fetch();
    await route.fulfill({ response: real, body: script });
  });
  try {
    await work();
  } finally {
    await context.unrouteAll();
  }
}

type Figures = v.InferOutput<typeof Measured>;

function expectAlike(some: Figures, others: Figures): void {
  const largest = Math.max(...others.features);
  expect(some.features.length).toBe(others.features.length);
  some.features.forEach((value, i) => {
    expect(Math.abs(value - (others.features[i] ?? Number.NaN)) / largest).toBeLessThan(1e-5);
  });
  some.step.forEach((value, i) => {
    expect(value).toBeCloseTo(others.step[i] ?? Number.NaN, 6);
  });
}

const gzipped = (name: string) => gzipSync(readFileSync(join(ASSETS, name))).length;

describe('the backends of the built app', () => {
  it('runs on threads under the Content-Security-Policy, with the bits of one thread', async () => {
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    const one = await measure('wasm');
    const threads = await measure('wasm-threads');
    expect(one.features.length).toBe(576);
    expect(threads.features).toEqual(one.features);
    expect(blocked).toEqual([]);
    console.info(`ms an image at 160 px: one thread ${one.ms.toFixed(1)}, threads ${threads.ms.toFixed(1)}`);
  });

  it.each([
    ['cannot be fetched', null, 'could not start wasm-threads'],
    [
      'crashes when it should serve',
      "onmessage = () => { throw new Error('Lost.'); }; postMessage('started');",
      'Lost.',
    ],
  ])('says so when the second thread %s', async (_, script, words) => {
    await withThread(script, async () => {
      await expect(measure('wasm-threads')).rejects.toThrow(words);
    });
  });

  it('waits for no thread that has started and does nothing', async () => {
    const one = await measure('wasm');
    await withThread("postMessage('started');", async () => {
      expect((await measure('wasm-threads')).features).toEqual(one.features);
    });
  });

  it('runs on tfjs where WebAssembly has no SIMD, with the same numbers but for rounding', async () => {
    const older = await launchChromium(WITHOUT_SIMD);
    try {
      const there = await openPage(older);
      const fetched = new Set<string>();
      there.context().on('request', (request) => {
        const [, name] = /assets\/(.*)-[^-]+\.wasm$/.exec(request.url()) ?? [];
        if (name !== undefined) fetched.add(name);
      });
      const plain = await measure('wasm', there);
      expect([...fetched]).toEqual(['tfjs-backend-wasm']);
      expectAlike(plain, await measure('wasm'));
      expect(blocked).toEqual([]);
    } finally {
      await older.close();
    }
  });

  it('refuses WebGL that is software', async () => {
    await expect(measure('webgl')).rejects.toThrow('could not start webgl');
  });

  it('are tested when nobody waits, and the fastest that is right runs from the next start on', async () => {
    const context = await browser.newContext({ locale: 'en-GB', reducedMotion: 'reduce' });
    const app = await context.newPage();
    try {
      await app.goto(`${worker.origin}/#/settings`);
      await app.getByText('running on WebAssembly.').waitFor({ timeout: 60_000 });
      const speeds = app.locator('.speeds');
      await speeds.waitFor({ timeout: 60_000 });
      const words = await speeds.locator('dd').allTextContents();
      expect(words).toHaveLength(3);
      expect(words[0]).toMatch(/^\d+(\.\d)? ms an image/);
      expect(words[1]).toMatch(/^\d+(\.\d)? ms an image/);
      expect(words[2]).toBe('not on this device');
      expect(await violations(app)).toEqual([]);
      // Which is faster is this machine's business.
      await app.evaluate(`new Promise((resolve, reject) => {
        const opening = indexedDB.open('topwork');
        opening.onerror = () => reject(opening.error);
        opening.onsuccess = () => {
          const settings = opening.result.transaction('settings', 'readwrite').objectStore('settings');
          settings.get('backend').onsuccess = ({ target: { result } }) => {
            const [wasm, threads, ...rest] = result.value.results;
            const value = { ...result.value, results: [{ ...wasm, ms: 99 }, { ...threads, ms: 1 }, ...rest] };
            settings.put({ ...result, value });
          };
          settings.transaction.oncomplete = () => { opening.result.close(); resolve(); };
        };
      })`);
      await app.reload();
      await app.getByText('running on WebAssembly with threads.').waitFor({ timeout: 60_000 });
      await app.getByRole('button', { name: 'Test again' }).click();
      await app.getByRole('button', { name: 'Testing' }).waitFor();
      await app.getByRole('button', { name: 'Test again' }).waitFor({ timeout: 90_000 });
      expect(await speeds.locator('dd').first().textContent()).not.toContain('99 ms');
    } finally {
      await context.close();
    }
  });

  it('costs the first visit at most 60 kB of scripts, and neither tfjs nor WebGL is among them', () => {
    const assets = readdirSync(ASSETS);
    const found = new Set(assets.filter((name) => /^(worker|engine)-.*\.js$/.test(name)));
    expect(found.size).toBe(2);
    for (const name of found)
      for (const [, imported = ''] of readFileSync(join(ASSETS, name), 'utf8').matchAll(/from"\.\/([^"]+)"/g))
        found.add(imported);
    expect([...found].reduce((sum, name) => sum + gzipped(name), 0)).toBeLessThan(60_000);
    expect([...found].filter((name) => /webgl|threads/.test(name))).toEqual([]);
    const kept = readFileSync('dist/app/service-worker.js', 'utf8');
    for (const name of found) expect(kept).toContain(name);
    const later = assets.filter((name) => /^webgl-/.test(name));
    expect(later).toHaveLength(2);
    for (const name of later) expect(kept).not.toContain(name);
  });
});
