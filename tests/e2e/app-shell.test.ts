// The frame of the built app from the real Worker, under the headers of production: what a visitor's console shows,
// where requests go, the way by keyboard, languages, and what axe finds on each screen.
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openNewProject } from '../support/app-page.ts';
import { violations } from '../support/axe.ts';
import { FAKE_CAMERA, launchChromium } from '../support/chromium.ts';
import { startWorker } from '../support/worker-process.ts';

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true } as const;
const DESKTOP = { viewport: { width: 1280, height: 800 } } as const;
const TABS = ['teach', 'check', 'deeper', 'use', 'keep'] as const;
/** Those, and what lies behind them. */
const PROJECT_SCREENS = [...TABS, 'lab', 'light'] as const;
const READY_MS = 60_000;

let worker: Awaited<ReturnType<typeof startWorker>>;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  worker = await startWorker({ seed: false });
  browser = await launchChromium(FAKE_CAMERA);
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
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

async function visit(options: BrowserContextOptions = PHONE): Promise<Visit> {
  const context = await browser.newContext({ reducedMotion: 'reduce', locale: 'en-GB', ...options });
  contexts.push(context);
  const complaints: string[] = [];
  const requests: string[] = [];
  context.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  context.on('weberror', (error) => complaints.push(error.error().message));
  context.on('request', (request) => requests.push(request.url()));
  await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`CSP: ${violatedDirective} ${blockedURI}`),
    ),
  );
  const page = await context.newPage();
  await page.goto(worker.origin);
  await page.locator('.home.first').waitFor();
  return { page, complaints, requests };
}

/** The backend that runs is told in the settings, once the model is here. */
async function modelIsReady(page: Page): Promise<void> {
  await page.goto(`${worker.origin}/#/settings`);
  await page.getByText(/mobilenet-v2, running on/).waitFor({ timeout: READY_MS });
}

const focused = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    return at?.getAttribute('aria-label') ?? (at?.id === 'main' ? 'main' : (at?.textContent?.trim() ?? ''));
  });

/** Presses Tab until what is called so has the focus. */
async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const matches = (text: string) => (typeof name === 'string' ? text === name : name.test(text));
  const passed: string[] = [];
  for (let i = 0; i < 40; i++) {
    await page.keyboard.press('Tab');
    const now = await focused(page);
    if (matches(now)) return;
    passed.push(now);
  }
  throw new Error(`Tab never came to ${name}, but to: ${passed.join(', ')}`);
}

describe('the app', () => {
  it('loads and starts its model without a complaint, isolated, from one origin', async () => {
    const { page, complaints, requests } = await visit();
    await modelIsReady(page);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(requests.filter((url) => /^http/.test(url) && new URL(url).origin !== worker.origin)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('can be used before the model is here, and says how much of it is', async () => {
    const context = await browser.newContext({ ...PHONE, locale: 'en-GB' });
    contexts.push(context);
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    await context.route('**/models/**/*.bin', async (route) => {
      await gate;
      await route.continue();
    });
    const page = await context.newPage();
    await page.goto(worker.origin);
    await page.getByText(/^Getting the model: .* of 2\.\d+ MB$/).waitFor();
    await page.getByRole('button', { name: 'New classifier' }).click();
    await page.locator('.teach').waitFor();
    open();
    await page.getByText(/^Getting the model/).waitFor({ state: 'detached', timeout: READY_MS });
  });

  it('says that the model waits for a connection, and goes on by itself when there is one', async () => {
    const context = await browser.newContext({ ...PHONE, locale: 'en-GB' });
    contexts.push(context);
    await context.route('**/models/**', (route) => route.abort());
    const page = await context.newPage();
    await page.goto(worker.origin);
    await page.locator('.status-bar.caution').waitFor();
    await context.unroute('**/models/**');
    await page.evaluate(() => dispatchEvent(new Event('online')));
    await page.locator('.status-bar').waitFor({ state: 'detached', timeout: READY_MS });
    await modelIsReady(page);
  });
});

describe('navigation', () => {
  it('moves the focus to the screen, and the title follows', async () => {
    const { page } = await visit();
    expect(await page.title()).toBe('Topwork');
    await openNewProject(page, worker.origin, ['one', 'two']);
    await expect.poll(() => page.title()).toBe('Teach – Garments – Topwork');
    for (const [name, title] of [
      ['Check', 'Check – Garments – Topwork'],
      ['Deeper', 'Deeper – Garments – Topwork'],
      ['Use', 'Use – Garments – Topwork'],
      ['Share', 'Share – Garments – Topwork'],
      ['Teach', 'Teach – Garments – Topwork'],
    ] as const) {
      await page.getByRole('link', { name, exact: true }).click();
      await expect.poll(() => page.title()).toBe(title);
      await expect.poll(() => focused(page)).toBe('main');
      expect(await page.getByRole('link', { name, exact: true }).getAttribute('aria-current')).toBe('page');
    }
    await page.goBack();
    await expect.poll(() => page.title()).toBe('Share – Garments – Topwork');
    await page.getByRole('link', { name: 'All classifiers' }).click();
    await expect.poll(() => page.title()).toBe('Topwork');
    await page.getByRole('link', { name: 'Settings' }).click();
    await expect.poll(() => page.title()).toBe('Settings – Topwork');
  });

  it('leads home from a project that is not there', async () => {
    const { page } = await visit();
    await page.goto(`${worker.origin}/#/p/${crypto.randomUUID()}/check`);
    await page.locator('.home').waitFor();
    expect(new URL(page.url()).hash).toBe('#/');
  });

  it('gives every screen one heading of the first level', async () => {
    const { page } = await visit();
    const id = await openNewProject(page, worker.origin, ['one', 'two']);
    const screens = [
      '',
      'settings',
      'trunk',
      'connect',
      'inbox',
      ...PROJECT_SCREENS.map((tab) => `p/${id}/${tab}`),
    ];
    for (const screen of screens) {
      await page.goto(`${worker.origin}/#/${screen}`);
      await expect.poll(() => page.locator('main h1').count(), { message: screen }).toBe(1);
    }
  });
});

describe('the keyboard alone', () => {
  it('skips to the content, makes a classifier, renames it and comes back', async () => {
    const { page } = await visit(DESKTOP);
    await tabTo(page, 'Skip to the content');
    await page.keyboard.press('Enter');
    expect(await focused(page)).toBe('main');
    expect(new URL(page.url()).hash).not.toBe('#main');
    await tabTo(page, 'New classifier');
    await page.keyboard.press('Enter');
    await page.locator('.teach').waitFor();

    await tabTo(page, 'Skip to the content');
    await tabTo(page, /Rename$/);
    await page.keyboard.press('Enter');
    await page.keyboard.type('Leaves');
    await page.keyboard.press('Enter');
    await expect.poll(() => focused(page)).toContain('Leaves');

    await tabTo(page, 'Share');
    await page.keyboard.press('Enter');
    await page.locator('.keep').waitFor();
    await tabTo(page, 'Skip to the content');
    await tabTo(page, 'All classifiers');
    await page.keyboard.press('Enter');
    await page.locator('.project-card', { hasText: 'Leaves' }).waitFor();
  });

  it('walks through the statistics of the trunk', async () => {
    const { page } = await visit(DESKTOP);
    await modelIsReady(page);
    await page.goto(`${worker.origin}/#/trunk`);
    await page.locator('.statistics-strips').waitFor();
    await tabTo(page, 'BatchNorm layer');
    await page.keyboard.press('End');
    await page.getByText('layer 52 of 52').waitFor();
  });
});

describe('projects on the home screen', () => {
  it('are renamed, and deleted with a way back', async () => {
    const { page } = await visit();
    await openNewProject(page, worker.origin, ['one', 'two']);
    await page.getByRole('link', { name: 'All classifiers' }).click();
    await page.getByRole('button', { name: 'More for Garments' }).click();
    await page.getByLabel('Name of the classifier').fill('Leaves');
    await page.getByRole('button', { name: 'Rename' }).click();
    await page.getByRole('button', { name: 'More for Leaves' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.locator('.home.first').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.locator('.project-card', { hasText: 'Leaves' }).waitFor();
    await page.reload();
    await page.locator('.project-card', { hasText: 'Leaves' }).waitFor();
  });
});

describe('settings', () => {
  it('change the language everywhere, and keep it', async () => {
    const { page } = await visit();
    await page.goto(`${worker.origin}/#/settings`);
    await page.getByLabel('Language').selectOption('de');
    await page.getByRole('heading', { name: 'Einstellungen' }).waitFor();
    await expect.poll(() => page.title()).toBe('Einstellungen – Topwork');
    expect(await page.locator('html').getAttribute('lang')).toBe('de');
    await page.goto(`${worker.origin}/#/`);
    await page.reload();
    await page.getByRole('button', { name: 'Neuer Klassifikator' }).waitFor();
  });

  it('follow the language of the browser at first', async () => {
    const context = await browser.newContext({ ...PHONE, locale: 'de-AT' });
    contexts.push(context);
    const page = await context.newPage();
    await page.goto(worker.origin);
    await page.getByRole('button', { name: 'Neuer Klassifikator' }).waitFor();
  });

  it('change the theme, which is there from the first paint of the next visit', async () => {
    const { page } = await visit({ ...PHONE, colorScheme: 'light' });
    const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await ground();
    await page.goto(`${worker.origin}/#/settings`);
    await page.getByText('Dark', { exact: true }).click();
    await expect.poll(ground).not.toBe(light);
    const dark = await ground();
    await page.reload();
    await page.locator('.settings').waitFor();
    expect(await ground()).toBe(dark);
  });

  it('delete everything, but not without asking', async () => {
    const { page } = await visit();
    await openNewProject(page, worker.origin, ['one', 'two']);
    await page.goto(`${worker.origin}/#/settings`);
    await page.getByRole('button', { name: 'Delete everything' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.goto(`${worker.origin}/#/`);
    await page.locator('.project-card').waitFor();
    await page.goto(`${worker.origin}/#/settings`);
    await page.getByRole('button', { name: 'Delete everything' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete everything' }).click();
    await page.locator('.home.first').waitFor();
  });
});

describe('every screen', () => {
  it.each([
    ['a phone, light', { ...PHONE, colorScheme: 'light' }],
    ['a phone, dark', { ...PHONE, colorScheme: 'dark' }],
    ['a desktop, light', { ...DESKTOP, colorScheme: 'light' }],
    ['a desktop, dark', { ...DESKTOP, colorScheme: 'dark' }],
    ['the smallest phone', { viewport: { width: 320, height: 640 }, locale: 'en-GB' }],
    ['the smallest phone, in German', { viewport: { width: 320, height: 640 }, locale: 'de-DE' }],
  ] as const)('has nothing that axe finds wrong on %s, and does not scroll sideways', async (_, options) => {
    const { page } = await visit(options);
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    const found: Record<string, unknown> = {};
    const look = async (screen: string) => {
      const wrong = await violations(page);
      const overflow = await sideways();
      if (wrong.length > 0 || overflow > 0) found[screen] = { wrong, overflow };
    };
    await look('first visit');
    const id = await openNewProject(page, worker.origin, ['one', 'two']);
    for (const screen of [
      '',
      'settings',
      'trunk',
      'connect',
      'inbox',
      ...PROJECT_SCREENS.map((tab) => `p/${id}/${tab}`),
    ]) {
      await page.goto(`${worker.origin}/#/${screen}`);
      await page.locator('main h1').waitFor({ state: 'attached' });
      if (screen === 'trunk') await page.locator('.statistics-strips').waitFor({ timeout: READY_MS });
      await look(screen);
    }
    expect(found).toEqual({});
  });
});
