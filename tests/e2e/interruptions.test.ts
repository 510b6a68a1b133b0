// What a phone does to an app: the tab is closed in the middle, a second tab is open. What was shown as saved is there
// afterwards. (A full disk is tests/browser/app/storage's, on a bucket of storage with a quota of its own.)
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GARMENTS, readGarments } from '../../scripts/support/fashion.ts';
import { openNewProject } from '../support/app-page.ts';
import { FAKE_CAMERA, launchChromium } from '../support/chromium.ts';
import { startWorker } from '../support/worker-process.ts';

const PATIENCE = { timeout: 60_000 };

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

async function aPhone(): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    reducedMotion: 'reduce',
  });
  contexts.push(context);
  return context.newPage();
}

async function reopen(page: Page, project: string, tab: string): Promise<Page> {
  const again = await page.context().newPage();
  await again.goto(`${worker.origin}/#/p/${project}/${tab}`);
  return again;
}

/** Photos of a class, as its card says. */
async function count(page: Page, index: number): Promise<number> {
  const note = page.locator('.class-choose .note').nth(index);
  await note.waitFor(PATIENCE);
  return Number.parseInt((await note.textContent()) ?? '', 10);
}

async function addFiles(
  page: Page,
  index: number,
  garment: (typeof GARMENTS)[number],
  n: number,
): Promise<void> {
  const files = readGarments('train', n)
    .filter(({ label }) => label === GARMENTS.indexOf(garment))
    .map(({ bytes }, i) => ({
      ...{ name: `${garment}-${i}.png`, mimeType: 'image/png', buffer: Buffer.from(bytes) },
    }));
  await page.locator('.class-choose').nth(index).click();
  await page.locator('.teach-dock input[type=file]').setInputFiles(files);
}

const soon = <T>(look: () => Promise<T>) => expect.poll(look, PATIENCE);

describe('a tab that is closed', () => {
  it('in the middle of a burst leaves every photo that was counted', async () => {
    const page = await aPhone();
    const project = await openNewProject(page, worker.origin, ['one', 'two']);
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.locator('.camera[data-state="on"]').waitFor(PATIENCE);
    await page.locator('.shutter').hover();
    await page.mouse.down();
    await soon(() => count(page, 0)).toBeGreaterThanOrEqual(4);
    const shown = await count(page, 0);
    await page.close({ runBeforeUnload: false });
    const again = await reopen(page, project, 'teach');
    expect(await count(again, 0)).toBeGreaterThanOrEqual(shown);
    await soon(() => again.locator('.strip-photo img[src]').count()).toBeGreaterThanOrEqual(4);
  });

  it('in the middle of a training leaves the photos, and the head that answered', async () => {
    const page = await aPhone();
    const project = await openNewProject(page, worker.origin, ['one', 'two']);
    await addFiles(page, 0, 'trouser', 8);
    await soon(() => count(page, 0)).toBe(8);
    await addFiles(page, 1, 'bag', 8);
    await soon(() => count(page, 1)).toBe(8);
    await page.getByRole('link', { name: 'Deeper', exact: true }).click();
    await page.getByLabel('Epochs').first().fill('500');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor(PATIENCE);
    await page.close({ runBeforeUnload: false });

    const again = await reopen(page, project, 'teach');
    expect([await count(again, 0), await count(again, 1)]).toEqual([8, 8]);
    await again.getByRole('link', { name: 'Check', exact: true }).click();
    // The live head is made of the photos, by itself.
    await again.locator('table').first().waitFor(PATIENCE);
  });
});

describe('two tabs', () => {
  it('show the same: what one adds, the other has', async () => {
    const page = await aPhone();
    const project = await openNewProject(page, worker.origin, ['one', 'two']);
    const other = await reopen(page, project, 'teach');
    expect(await count(other, 0)).toBe(0);
    await addFiles(page, 0, 'trouser', 5);
    await soon(() => count(other, 0)).toBe(5);
    await addFiles(other, 1, 'bag', 3);
    await soon(() => count(page, 1)).toBe(3);
    expect(await count(page, 0)).toBe(5);
  });
});
