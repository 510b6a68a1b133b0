// The installed app without a network: the built app from the real Worker in Chromium, which then loses both.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GARMENTS, readGarments } from '../../scripts/support/fashion.ts';
import { startWorker as startProcess } from '../../scripts/support/worker-process.ts';
import { FAKE_CAMERA, installChromium, launchWith } from '../support/chromium.ts';
import { startWorker } from '../support/worker-process.ts';

const ASSETS = 'dist/app/assets';
const PATIENCE = { timeout: 60_000 };
const cleanups: (() => Promise<unknown> | unknown)[] = [];

beforeAll(installChromium);
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'topwork-offline-'));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** A browser with a profile on disk, as on a phone. */
async function browse(profile: string): Promise<BrowserContext> {
  const context = await chromium.launchPersistentContext(profile, {
    ...launchWith(FAKE_CAMERA),
    viewport: { width: 390, height: 844 },
    reducedMotion: 'reduce',
  });
  cleanups.push(() => context.close().catch(() => {}));
  return context;
}

const isReady = (page: Page) =>
  page.evaluate(async () => {
    const worker = (await navigator.serviceWorker.ready).active;
    if (worker === null) return false;
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise<unknown>((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
    worker.postMessage({ type: 'IS_COMPLETE' }, [port2]);
    return answer;
  });

/** Waits until settings say that everything is kept. */
async function untilOfflineReady(page: Page, origin: string): Promise<void> {
  await page.goto(`${origin}/#/settings`);
  await page.getByText('Everything is kept on this device').waitFor(PATIENCE);
  expect(await isReady(page)).toBe(true);
}

function files(garment: (typeof GARMENTS)[number], split: 'train' | 'test', n: number) {
  return readGarments(split, n)
    .filter(({ label }) => label === GARMENTS.indexOf(garment))
    .map(({ bytes }, i) => ({
      ...{ name: `${garment}-${i}.png`, mimeType: 'image/png' },
      buffer: Buffer.from(bytes),
    }));
}

/** Makes a classifier of two garments by files, on the home screen, and waits until it answers. */
async function teach(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'New classifier' }).click();
  await page.locator('.teach').waitFor();
  for (const [i, garment] of (['trouser', 'bag'] as const).entries()) {
    await page.locator('.class-choose').nth(i).click();
    await page.locator('.teach-dock input[type=file]').setInputFiles(files(garment, 'train', 8));
    await page.locator('.class-choose').nth(i).getByText('8 photos').waitFor(PATIENCE);
  }
}

async function classOf(page: Page, garment: 'trouser' | 'bag'): Promise<string> {
  await page.getByRole('link', { name: 'Use', exact: true }).click();
  const [file] = files(garment, 'test', 3);
  await page.locator('.use input[type=file]').setInputFiles(file ?? []);
  const answer = page.locator('.answer-bars li').first();
  await answer.waitFor(PATIENCE);
  return (await answer.textContent()) ?? '';
}

describe('without a network', () => {
  it('starts cold, isolated, teaches and predicts, in a new page and in a new browser', async () => {
    const worker = await startWorker({ seed: false });
    cleanups.push(() => worker.stop());
    const profile = temporary();
    const first = await browse(profile);
    const page = await first.newPage();
    await untilOfflineReady(page, worker.origin);
    await worker.stop();
    await first.setOffline(true);

    const cold = await first.newPage();
    await cold.goto(`${worker.origin}/`);
    await teach(cold);
    expect(await cold.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await classOf(cold, 'bag')).toContain('Class 2');
    await first.close();

    // Another process with the same profile: nothing is in memory any more.
    const second = await browse(profile);
    await second.setOffline(true);
    const again = await second.newPage();
    await again.goto(`${worker.origin}/`);
    await again.getByText('2 classes, 16 photos').click();
    await again.locator('.class-choose').first().getByText('8 photos').waitFor(PATIENCE);
    expect(await again.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(await classOf(again, 'trouser')).toContain('Class 1');
  });

  it('goes on with the download of the trunk where it was cut off, after a reload', async () => {
    const worker = await startWorker({ seed: false });
    cleanups.push(() => worker.stop());
    const context = await browse(temporary());
    const page = await context.newPage();
    const ranges: string[] = [];
    // The first 600 kB arrive, and then the connection breaks.
    await context.route('**/models/**/*.bin', async (route) => {
      const range = route.request().headers().range;
      if (range !== undefined) {
        ranges.push(range);
        return route.continue();
      }
      const whole = await (await fetch(route.request().url())).arrayBuffer();
      return route.fulfill({ body: Buffer.from(whole.slice(0, 600_000)) });
    });
    await page.goto(`${worker.origin}/`);
    await page.getByRole('button', { name: 'Try again' }).waitFor(PATIENCE);
    await page.reload();
    await untilOfflineReady(page, worker.origin);
    expect(ranges).toEqual(['bytes=600000-']);
  });
});

describe('a new version', () => {
  it('is offered, applied when the person wants it, and loses nothing', async () => {
    const assets = join(temporary(), 'app');
    cpSync('dist/app', assets, { recursive: true });
    const persistTo = temporary();
    const options = { persistTo, vars: { ENROLMENT: 'open' }, args: ['--assets', assets] };
    const before = await startProcess(options);
    cleanups.push(() => before.stop());
    const context = await browse(temporary());
    const page = await context.newPage();
    await untilOfflineReady(page, before.origin);
    await page.goto(`${before.origin}/#/`);
    await teach(page);
    await before.stop();

    // Another build: one precached file has other content, and so another revision.
    const index = join(assets, 'index.html');
    writeFileSync(
      index,
      readFileSync(index, 'utf8').replace('<title>', '<meta name="build" content="2" /><title>'),
    );
    const script = join(assets, 'service-worker.js');
    const revised = readFileSync(script, 'utf8').replace(
      /("url":"\/","revision":"|"revision":"[0-9a-f]+","url":"\/")/,
      (found) => found.replace(/[0-9a-f]{32}/, '0'.repeat(32)),
    );
    writeFileSync(
      script,
      revised.includes('0'.repeat(32))
        ? revised
        : revised.replace(/("url":"\/"[^}]*?revision":")[^"]*/, `$1${'0'.repeat(32)}`),
    );
    const after = await startProcess({ ...options, port: Number(new URL(before.origin).port) });
    cleanups.push(() => after.stop());
    expect(after.origin).toBe(before.origin);

    await page.reload();
    const offer = page.getByRole('button', { name: 'Update now' });
    await offer.waitFor(PATIENCE);
    expect(await page.locator('meta[name=build]').count()).toBe(0);
    await offer.click();
    await page.waitForFunction(() => document.querySelector('meta[name=build]') !== null, null, PATIENCE);
    await page.locator('.class-choose').first().getByText('8 photos').waitFor(PATIENCE);
    expect(await offer.count()).toBe(0);
  });
});

describe('photos that another app shares', () => {
  it('end in the inbox, and from there in a class', async () => {
    const worker = await startWorker({ seed: false });
    cleanups.push(() => worker.stop());
    const context = await browse(temporary());
    const page = await context.newPage();
    await untilOfflineReady(page, worker.origin);
    const [photo] = files('bag', 'test', 3);
    // What a system does with `share_target`: a form is sent to the app.
    await page.evaluate((base64) => {
      const form = document.createElement('form');
      Object.assign(form, { method: 'POST', action: '/share', enctype: 'multipart/form-data' });
      const input = document.createElement('input');
      Object.assign(input, { type: 'file', name: 'photos' });
      const data = new DataTransfer();
      const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
      data.items.add(new File([bytes], 'from-outside.png', { type: 'image/png' }));
      input.files = data.files;
      form.append(input);
      document.body.append(form);
      void fetch('/share', { method: 'POST', body: new FormData(form) }).then(() => {
        location.hash = '#/inbox';
      });
    }, photo?.buffer.toString('base64') ?? '');
    await page.getByRole('button', { name: 'Add the photo' }).click(PATIENCE);
    await page.locator('.class-choose').getByText('1 photo', { exact: true }).waitFor(PATIENCE);
  });
});

describe('the files of the app', () => {
  const sizeOf = (name: string) => gzipSync(readFileSync(join(ASSETS, name))).length;
  const named = (pattern: RegExp) => readdirSync(ASSETS).filter((name) => pattern.test(name));
  /** With what they cannot do without. */
  const withImports = (names: readonly string[]): readonly string[] => {
    const all = new Set(names);
    for (const name of all)
      for (const [, other] of readFileSync(join(ASSETS, name), 'utf8').matchAll(
        /(?:from|import)\s*["'`]\.\/([^"'`]+)["'`]/g,
      ))
        if (other !== undefined) all.add(other);
    return [...all];
  };

  it('are few bytes before the trainer, and not many with it', () => {
    const page = readFileSync('dist/app/index.html', 'utf8');
    const first = [...page.matchAll(/(?:src|href)="\/?assets\/([^"]+\.js)"/g)].map(([, name]) => name ?? '');
    expect(first.length).toBeGreaterThan(0);
    const firstLoad = [...new Set(first)].reduce((sum, name) => sum + sizeOf(name), 0);
    const trainer = withImports(named(/^(engine|worker)-.*\.js$/)).reduce(
      (sum, name) => sum + sizeOf(name),
      0,
    );
    expect(firstLoad).toBeLessThan(60_000);
    expect(trainer).toBeGreaterThan(10_000);
    expect(trainer).toBeLessThan(60_000);
    // That with threads is fetched later, and is what the package has: 142 kB.
    for (const name of named(/\.wasm$/))
      expect(sizeOf(name), name).toBeLessThan(name.includes('threaded') ? 145_000 : 140_000);
  });
});
