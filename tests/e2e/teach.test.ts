// Teaching in the built app from the real Worker: real storage, real trainer, a camera that sees real images.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GARMENTS, readGarments } from '../../scripts/support/fashion.ts';
import { openNewProject } from '../support/app-page.ts';
import { violations } from '../support/axe.ts';
import { FAKE_CAMERA, launchChromium } from '../support/chromium.ts';
import { installPictureCamera, showToCamera } from '../support/fake-camera.ts';
import { startWorker } from '../support/worker-process.ts';

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

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, reducedMotion: 'reduce' } as const;
/** The trainer starts and learns meanwhile, on whatever machine this is. */
const LEARNING_MS = 90_000;

async function aPhone({ pictures = true, from = browser } = {}): Promise<Page> {
  const context = await from.newContext(PHONE);
  contexts.push(context);
  if (pictures) await installPictureCamera(context);
  return context.newPage();
}

const startCamera = (page: Page) => page.getByRole('button', { name: 'Start the camera' }).click();
const card = (page: Page, name: string) =>
  page.locator('.class-card', { has: page.locator('.class-name').getByText(name, { exact: true }) });
/** `expect.poll`, with patience. */
const soon = <T>(look: () => Promise<T>, timeout = 20_000) => expect.poll(look, { timeout });
const choose = (page: Page, name: string) => card(page, name).locator('.class-choose').click();

/** Numbers of photos, as the cards say. */
async function counts(page: Page): Promise<readonly number[]> {
  const notes = await page.locator('.class-choose .note').allTextContents();
  return notes.map((note) => Number.parseInt(note, 10));
}

function images(garment: (typeof GARMENTS)[number], split: 'train' | 'test', n: number) {
  const label = GARMENTS.indexOf(garment);
  return readGarments(split, n)
    .filter((image) => image.label === label)
    .map(({ bytes }) => bytes);
}

/** One hold of the shutter for each picture: each is a burst of its own. */
async function shoot(page: Page, pictures: readonly Uint8Array[], each: number): Promise<void> {
  const shutter = page.locator('.shutter');
  const index = await page
    .locator('.class-card')
    .evaluateAll((cards) => cards.findIndex((one) => one.getAttribute('data-selected') === 'true'));
  for (const picture of pictures) {
    await showToCamera(page, picture);
    const before = (await counts(page))[index] ?? 0;
    await shutter.hover();
    await page.mouse.down();
    await soon(async () => (await counts(page))[index] ?? 0).toBeGreaterThanOrEqual(before + each);
    await page.mouse.up();
    await page.locator('.shutter[data-held="false"]').waitFor();
    await soon(() => page.locator('.dock-saved').textContent()).toContain('saved');
  }
}

async function answers(page: Page, picture: Uint8Array, wanted: string): Promise<boolean> {
  await showToCamera(page, picture);
  return page
    .locator('.live-name', { hasText: new RegExp(`^(Perhaps )?${wanted}$`) })
    .waitFor({ timeout: 8_000 })
    .then(
      () => true,
      () => false,
    );
}

describe('teaching two classes by camera', () => {
  it('answers by itself, rightly, and still does after a reload', async () => {
    const page = await aPhone();
    await openNewProject(page, worker.origin, ['t-shirt', 'ankle-boot']);
    await startCamera(page);
    await shoot(page, images('t-shirt', 'train', 4), 3);
    await choose(page, 'ankle-boot');
    await shoot(page, images('ankle-boot', 'train', 4), 3);
    await page.locator('.live-name').waitFor({ timeout: LEARNING_MS });
    for (const garment of ['t-shirt', 'ankle-boot'] as const)
      for (const picture of images(garment, 'test', 3))
        expect(await answers(page, picture, garment)).toBe(true);
    expect(await violations(page)).toEqual([]);
    const before = await counts(page);
    expect(Math.min(...before)).toBeGreaterThanOrEqual(12);

    await page.reload();
    await soon(() => counts(page)).toEqual(before);
    await startCamera(page);
    await page.locator('.live-caption').waitFor({ timeout: LEARNING_MS });
    const [boot] = images('ankle-boot', 'test', 1);
    expect(boot !== undefined && (await answers(page, boot, 'ankle-boot'))).toBe(true);
  });

  it('keeps photos that are taken while the model is not there yet', async () => {
    const page = await aPhone();
    await page.context().route('**/models/**', (route) => route.abort());
    await openNewProject(page, worker.origin, ['t-shirt', 'ankle-boot']);
    await startCamera(page);
    await shoot(page, images('t-shirt', 'train', 1), 3);
    const before = await counts(page);
    await page.reload();
    await soon(() => counts(page)).toEqual(before);
  });
});

describe('teaching ten classes by files', () => {
  it('takes all of them, names what it refuses, and tells most garments apart', async () => {
    const page = await aPhone();
    await openNewProject(page, worker.origin, GARMENTS.slice(0, 2));
    for (const garment of GARMENTS.slice(2)) {
      await page.getByRole('button', { name: 'Add class' }).click();
      await page.getByRole('button', { name: /^Rename: Class/ }).click();
      await page.locator('.class-field').fill(garment);
      await page.locator('.class-field').press('Enter');
      await card(page, garment).waitFor();
    }
    for (const garment of GARMENTS) {
      await choose(page, garment);
      const files = images(garment, 'train', 12).map((buffer, i) => ({
        ...{ name: `${garment}-${i}.png`, mimeType: 'image/png', buffer: Buffer.from(buffer) },
      }));
      await page.locator('.teach-dock input[type=file]').setInputFiles(files);
    }
    await soon(() => counts(page), LEARNING_MS).toEqual(GARMENTS.map(() => 12));

    const broken = { name: 'IMG_1.heic', mimeType: 'image/heic', buffer: Buffer.from('not a picture') };
    await page.locator('.teach-dock input[type=file]').setInputFiles([broken]);
    await page.getByRole('dialog').getByText('IMG_1.heic').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();

    await startCamera(page);
    await page.locator('.live-caption').waitFor({ timeout: LEARNING_MS });
    let right = 0;
    for (const garment of GARMENTS) {
      const [picture] = images(garment, 'test', 1);
      if (picture !== undefined && (await answers(page, picture, garment))) right++;
    }
    // 75 per cent of many; these are ten.
    expect(right).toBeGreaterThanOrEqual(5);
  });
});

describe('the camera', () => {
  it('of the device itself fills the strip', async () => {
    const page = await aPhone({ pictures: false });
    await openNewProject(page, worker.origin, ['one', 'two']);
    await startCamera(page);
    await page.locator('.camera[data-state="on"]').waitFor();
    await page.locator('.shutter').hover();
    await page.mouse.down();
    await soon(() => page.locator('.strip-photo img[src]').count()).toBeGreaterThanOrEqual(3);
    await page.mouse.up();
  });

  it.each([
    ['refused', ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream=deny'], 'denied'],
    ['missing', ['--use-fake-ui-for-media-stream'], 'missing'],
  ] as const)('%s is met with words, and files still work', async (_, args, state) => {
    const without = await launchChromium(args);
    try {
      const page = await aPhone({ pictures: false, from: without });
      await openNewProject(page, worker.origin, ['one', 'two']);
      await startCamera(page);
      await page.locator(`.camera[data-state="${state}"] .camera-failed`).waitFor();
      expect(await violations(page)).toEqual([]);
      const [boot] = images('ankle-boot', 'train', 1);
      const file = { name: 'boot.png', mimeType: 'image/png', buffer: Buffer.from(boot ?? []) };
      await page.locator('.teach-dock input[type=file]').setInputFiles([file]);
      await soon(() => counts(page)).toEqual([1, 0]);
      contexts.splice(0);
    } finally {
      await without.close();
    }
  });
});
