// The reference page and the document as a visitor gets them: from the real Worker, under the headers of production.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '../../worker/openapi/document.ts';
import { EXAMPLES } from '../../worker/openapi/examples.ts';
import { launchChromium } from '../support/chromium.ts';
import { startWorker } from '../support/worker-process.ts';

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const DESKTOP = { viewport: { width: 1280, height: 800 } };
/** Where to put screenshots, for people to look at; none by default. */
const SCREENSHOTS = process.env.SCREENSHOTS;

let worker: Awaited<ReturnType<typeof startWorker>>;
let browser: Browser;

beforeAll(async () => {
  [worker, browser] = await Promise.all([startWorker({ seed: false }), launchChromium()]);
});

afterAll(async () => {
  await browser?.close();
  await worker?.stop();
});

describe('GET /openapi.json', () => {
  it('is there for programs of every origin, and says which operations there are', async () => {
    const response = await fetch(`${worker.origin}/openapi.json`);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toMatch(/^application\/json/);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(response.headers.get('ETag')).not.toBeNull();
    const { paths } = v.parse(
      v.object({ paths: v.record(v.string(), v.looseObject({})) }),
      await response.json(),
    );
    const served = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(served.sort()).toEqual(Object.keys(OPERATIONS).sort());
  });
});

describe.each([
  ['phone, light', { ...PHONE, colorScheme: 'light' }],
  ['phone, dark', { ...PHONE, colorScheme: 'dark' }],
  ['desktop, light', { ...DESKTOP, colorScheme: 'light' }],
  ['desktop, dark', { ...DESKTOP, colorScheme: 'dark' }],
] as const)('GET /docs on a %s', (name, options) => {
  let page: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    const context = await browser.newContext(options);
    page = await context.newPage();
    page.on('console', (message) => complaints.push(message.text()));
    page.on('requestfailed', (request) => complaints.push(request.url()));
    await page.goto(`${worker.origin}/docs`);
    if (SCREENSHOTS !== undefined) {
      await page.screenshot({ path: `${SCREENSHOTS}/${name}.png` });
      await page.locator('#predict').evaluate((article) => article.scrollIntoView());
      await page.screenshot({ path: `${SCREENSHOTS}/${name}, operation.png` });
    }
  });

  it('breaks no rule of the Content-Security-Policy, and needs nothing from elsewhere', () => {
    expect(complaints).toEqual([]);
  });

  it('is no wider than the screen', async () => {
    const [content, screen] = await page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ]);
    expect(content).toBeLessThanOrEqual(screen ?? 0);
  });

  it('has every operation and every link leads somewhere', async () => {
    expect(await page.locator('article.operation').count()).toBe(Object.keys(OPERATIONS).length);
    const dead = await page.evaluate(() =>
      Array.from(document.querySelectorAll('a[href^="#"]'), (link) => link.getAttribute('href') ?? '').filter(
        (href) => document.getElementById(href.slice(1)) === null,
      ),
    );
    expect(dead).toEqual([]);
    const ids = await page.evaluate(() => Array.from(document.querySelectorAll('[id]'), ({ id }) => id));
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
  });

  it('shows an example in the language that is chosen, without a script', async () => {
    const [example] = EXAMPLES;
    const panels = page.locator('fieldset.example').first().locator('pre');
    expect(await panels.evaluateAll((all) => all.map((pre) => pre.checkVisibility()))).toEqual([
      true,
      false,
      false,
    ]);
    await page.locator('fieldset.example').first().getByText('Python', { exact: true }).click();
    expect(await panels.evaluateAll((all) => all.map((pre) => pre.checkVisibility()))).toEqual([
      false,
      false,
      true,
    ]);
    // As it is run by the tests, to the letter.
    expect(await panels.nth(2).textContent()).toBe(example?.code.Python);
    expect(await page.locator('script').count()).toBe(0);
  });

  it('breaks no rule of axe-core', async () => {
    await page.evaluate(AXE);
    const { violations } = v.parse(AxeResults, await page.evaluate('axe.run()'));
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
  });
});

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const AxeResults = v.object({
  violations: v.array(v.object({ id: v.string(), nodes: v.array(v.object({ html: v.string() })) })),
});
