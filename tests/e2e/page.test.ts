// The page as a visitor has it: the built app from the real Worker, in Chromium, under the headers of production.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Predictions } from '../../src/contract/api.ts';
import { ModelManifest } from '../../src/contract/manifest.ts';
import { launchChromium } from '../support/chromium.ts';
import { startWorker } from '../support/worker-process.ts';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const DESKTOP = { viewport: { width: 1280, height: 800 } };
const GARMENT = 'tests/data/fashion-mnist/test/trouser/00003.png';
const MAX_SCRIPT_BYTES = 30_000;

let worker: Awaited<ReturnType<typeof startWorker>>;
let browser: Browser;

beforeAll(async () => {
  [worker, browser] = await Promise.all([startWorker(), launchChromium()]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await worker?.stop();
});

interface Visit {
  readonly page: Page;
  /** What a visitor's console would show, and every breach of the Content-Security-Policy. */
  readonly complaints: readonly string[];
  /** URLs that were asked for. */
  readonly requests: readonly string[];
}

/** Opens the page, waits until it is whole, runs the test and closes it. */
async function visit(
  test: (visit: Visit) => Promise<void>,
  {
    prepare,
    ...options
  }: BrowserContextOptions & { readonly prepare?: (page: Page) => Promise<unknown> } = DESKTOP,
): Promise<void> {
  const context = await browser.newContext(options);
  try {
    const page = await context.newPage();
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.addInitScript(() =>
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
        console.error(`CSP: ${violatedDirective} ${blockedURI}`),
      ),
    );
    await prepare?.(page);
    await page.goto(`${worker.origin}/`);
    await page.locator('#statistics[aria-busy="false"]').waitFor();
    await test({ page, complaints, requests });
  } finally {
    await context.close();
  }
}

/** Drops a file on the middle of the page. */
async function drop(page: Page, bytes: Uint8Array, name: string): Promise<void> {
  const data = await page.evaluateHandle(
    ([base64, name]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
      return transfer;
    },
    [Buffer.from(bytes).toString('base64'), name] as const,
  );
  await page.dispatchEvent('#drop', 'drop', { dataTransfer: data });
}

const shownLabels = (page: Page) => page.locator('.bars .label').allTextContents();

async function ask(bytes: Uint8Array): Promise<Predictions> {
  const response = await fetch(`${worker.origin}/api/predict`, {
    method: 'POST',
    body: new Uint8Array(bytes),
  });
  return v.parse(Predictions, await response.json());
}

describe('the page', () => {
  it('loads without a complaint, isolated, from one origin, with little script', () =>
    visit(async ({ page, complaints, requests }) => {
      expect(complaints).toEqual([]);
      expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      expect(requests.filter((url) => new URL(url).origin !== worker.origin)).toEqual([]);
      const scripts = await Promise.all(
        requests
          .filter((url) => url.endsWith('.js'))
          .map(async (url) => gzipSync(await (await fetch(url)).arrayBuffer()).length),
      );
      expect(scripts.length).toBeGreaterThan(0);
      expect(scripts.reduce((sum, bytes) => sum + bytes, 0)).toBeLessThan(MAX_SCRIPT_BYTES);
    }));

  it('shows the facts of the trunk that the server has', async () => {
    const answer = await fetch(`${worker.origin}/api/models`);
    const { models } = v.parse(v.object({ models: v.array(ModelManifest) }), await answer.json());
    await visit(async ({ page }) => {
      const facts = (await page.locator('#trunk').textContent()) ?? '';
      expect(facts).toContain(models[0]?.name);
      expect(facts).toContain(models[0]?.digest.slice(0, 8));
      expect(facts).toContain(`${models[0]?.batchNorm.length} layers`);
      expect(await page.locator('#statistics tbody th').allTextContents()).toEqual(
        models[0]?.batchNorm.map(({ layer }) => layer),
      );
    });
  });

  it('shows the classes that the server gives for a dropped picture', async () => {
    const bytes = readFileSync(GARMENT);
    const expected = await ask(bytes);
    await visit(async ({ page, complaints }) => {
      await drop(page, bytes, 'trouser.png');
      await page.locator('.bars').waitFor();
      expect(await shownLabels(page)).toEqual(expected.map(({ label }) => label));
      expect(await page.locator('#status').textContent()).toContain(expected[0]?.label);
      expect(await page.locator('.made-by').textContent()).toContain('the file as it is');
      expect(complaints).toEqual([]);
    });
  });

  it('shrinks a large photo before it sends it', () =>
    visit(async ({ page, complaints }) => {
      const base64 = await page.evaluate(() => {
        const canvas = document.createElement('canvas');
        canvas.width = 3000;
        canvas.height = 1500;
        canvas.getContext('2d')?.fillRect(900, 100, 1200, 1200);
        return canvas.toDataURL('image/jpeg').split(',')[1] ?? '';
      });
      const sent = page.waitForRequest((request) => request.method() === 'POST');
      await page.setInputFiles('#file', {
        name: 'photo.jpg',
        mimeType: 'image/jpeg',
        buffer: Buffer.from(base64, 'base64'),
      });
      expect((await sent).headers()['content-type']).toBe('image/jpeg');
      await page.locator('.bars').waitFor();
      expect(await page.locator('.made-by').textContent()).toContain(
        '1024 × 512 px, shrunk here from 3000 × 1500 px',
      );
      expect(complaints).toEqual([]);
    }, PHONE));

  it('says what is wrong with a file that is no picture, and sends nothing', () =>
    visit(async ({ page, requests }) => {
      await drop(page, new TextEncoder().encode('%PDF-1.7 and more'), 'holiday.jpg');
      await page.locator('.failure').waitFor();
      expect(await page.locator('.failure').textContent()).toContain('This is a PDF. Send it as');
      expect(requests.filter((url) => url.includes('/api/predict'))).toEqual([]);
    }));

  it('passes on what the server says against a picture', () =>
    visit(async ({ page }) => {
      // A PNG's header and nothing behind it: the page cannot know, the server does.
      await drop(page, readFileSync(GARMENT).subarray(0, 60), 'cut.png');
      await page.locator('.failure').waitFor();
      expect(await page.locator('.failure').textContent()).toContain('The image cannot be decoded');
    }));

  it('has words for a server that is gone, and works again when it is back', () =>
    visit(async ({ page }) => {
      await page.route('**/api/predict*', (route) => route.abort());
      await page.locator('#samples button').first().click();
      await page.locator('.failure').waitFor();
      expect(await page.locator('.failure').textContent()).toContain('The server cannot be reached');
      await page.unroute('**/api/predict*');
      await page.locator('#samples button').first().click();
      await page.locator('.bars').waitFor();
    }));

  it('says how to make a head when there is none', () =>
    visit(
      async ({ page }) => {
        expect(await page.locator('#head').textContent()).toContain('npm start');
        expect(await page.locator('#pick').isDisabled()).toBe(true);
        expect(await page.locator('#trunk').textContent()).toContain('block_13_expand_relu');
      },
      {
        ...DESKTOP,
        prepare: (page) =>
          page.route('**/api/models', async (route) => {
            const response = await route.fetch();
            const { models } = v.parse(
              v.object({ models: v.array(v.looseObject({})) }),
              await response.json(),
            );
            await route.fulfill({
              response,
              json: { models: models.map((m) => ({ ...m, defaultHead: null })) },
            });
          }),
      },
    ));

  it('works by keyboard alone', () =>
    visit(async ({ page, complaints }) => {
      const focused = () => page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? '');
      const tabTo = async (label: string) => {
        for (let i = 0; i < 40 && !(await focused()).includes(label); i++) await page.keyboard.press('Tab');
        expect(await focused()).toContain(label);
      };
      await tabTo('sandal');
      await page.keyboard.press('Enter');
      await page.locator('.bars').waitFor();
      await tabTo('BatchNorm layer');
      await page.keyboard.press('End');
      expect(await page.locator('.layer').textContent()).toContain('layer 52 of 52');
      expect(complaints).toEqual([]);
    }));

  it('copies a curl line for this very server', () =>
    visit(
      async ({ page }) => {
        await page.getByRole('button', { name: 'Copy the command' }).click();
        await page.getByText('Copied the command.').waitFor({ state: 'attached' });
        expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
          `curl --data-binary @photo.jpg -H 'Content-Type: image/jpeg' ${worker.origin}/api/predict`,
        );
      },
      { ...DESKTOP, permissions: ['clipboard-read', 'clipboard-write'] },
    ));

  it.each([
    ['a phone, light', { ...PHONE, colorScheme: 'light' }],
    ['a phone, dark', { ...PHONE, colorScheme: 'dark' }],
    ['a desktop, light', { ...DESKTOP, colorScheme: 'light' }],
    ['a desktop, dark', { ...DESKTOP, colorScheme: 'dark' }],
  ] as const)('has no accessibility violation on %s, and does not scroll sideways', (_, options) =>
    visit(async ({ page }) => {
      await page.locator('#samples button').first().click();
      await page.locator('.bars').waitFor();
      await page.locator('summary').click();
      await page.locator('#answer[aria-busy="false"]').waitFor();
      expect(await violations(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    }, options),
  );
});

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AxeResults = v.object({
  violations: v.array(v.object({ id: v.string(), nodes: v.array(v.object({ html: v.string() })) })),
});

/** Rules of axe-core that are broken, and by what. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const results: unknown = await page.evaluate('axe.run()');
  return v
    .parse(AxeResults, results)
    .violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`);
}
