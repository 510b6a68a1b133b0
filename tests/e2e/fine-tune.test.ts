// Fine-tuning as a person does it, in the built app: the line is moved, the cost is read, the tab is closed in the middle,
// the training goes on, and its head answers without a network.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GARMENTS, readGarments } from '../../scripts/support/fashion.ts';
import { openNewProject } from '../support/app-page.ts';
import { launchChromium } from '../support/chromium.ts';
import { startWorker } from '../support/worker-process.ts';

const PATIENCE = { timeout: 90_000 };
const TAUGHT = ['bag', 'ankle-boot'] as const;
const PHOTOS = 10;

let worker: Awaited<ReturnType<typeof startWorker>>;
let browser: Browser;

beforeAll(async () => {
  worker = await startWorker({ seed: false });
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
  await worker?.stop();
});

async function teach(page: Page, garment: (typeof TAUGHT)[number]): Promise<void> {
  const files = readGarments('train', PHOTOS)
    .filter(({ label }) => GARMENTS[label] === garment)
    .map(({ bytes }, i) => ({
      ...{ name: `${garment}-${i}.png`, mimeType: 'image/png', buffer: Buffer.from(bytes) },
    }));
  await page.locator('.class-choose', { has: page.getByText(garment, { exact: true }) }).click();
  await page.locator('.teach-dock input[type=file]').setInputFiles(files);
  await page.locator('.class-card', { hasText: garment }).getByText(`${PHOTOS} photos`).waitFor(PATIENCE);
}

/** A phone with a project that knows two garments, at Deeper. */
async function aPhoneAtDeeper() {
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    reducedMotion: 'reduce',
  });
  const page = await context.newPage();
  const project = await openNewProject(page, worker.origin, TAUGHT);
  for (const garment of TAUGHT) await teach(page, garment);
  await openDeeper(page, project);
  return { context, page, project };
}

async function openDeeper(page: Page, project: string): Promise<void> {
  await page.goto(`${worker.origin}/#/p/${project}/deeper`);
  await page.locator('.tune-plan').waitFor(PATIENCE);
}

/** In the form of fine-tuning; the other one has settings of the same names. */
const setting = (page: Page, name: string) => page.locator('.tune').getByLabel(name, { exact: true });

/** Epochs of the training that a closed tab would leave; null: none. */
function storedEpochs(page: Page): Promise<number | null> {
  return page.evaluate<number | null>(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('topwork');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction('trainings').objectStore('trainings').getAll();
      reading.onsuccess = () => { opening.result.close(); resolve(reading.result[0]?.checkpoint.epoch ?? null); };
      reading.onerror = () => reject(reading.error);
    };
  })`);
}

describe('fine-tuning', () => {
  it('says what it costs, and its head answers offline', async () => {
    const { context, page, project } = await aPhoneAtDeeper();
    const line = page.getByRole('slider');
    await line.focus();
    await page.keyboard.press('ArrowUp');
    expect(await line.getAttribute('aria-valuetext')).toBe('Frozen up to block_12; trainable: block_13');
    await setting(page, 'Epochs').fill('3');
    const facts = page.locator('.tune-cost dd');
    await facts.first().waitFor(PATIENCE);
    expect(await facts.allInnerTexts()).toEqual([
      expect.stringMatching(/^about \d+\s(s|min)$/),
      expect.stringMatching(/MB$/),
      expect.stringMatching(/kB$/),
      // A kernel of 1x1x96x576, gamma and beta of 576 channels, and a head of 2 x (576 + 1).
      '57.6 thousand',
    ]);
    await page.getByRole('button', { name: 'Fine-tune' }).click();
    await page.getByRole('button', { name: 'Keep the new head' }).waitFor(PATIENCE);
    await page.getByText('Checked: what was frozen has stayed').waitFor();
    await page.getByRole('button', { name: 'Keep the new head' }).click();
    await page.getByText('A head you kept answers').waitFor(PATIENCE);

    await context.setOffline(true);
    await page.goto(`${worker.origin}/#/p/${project}/use`);
    const [boot] = readGarments('test', 1).filter(({ label }) => GARMENTS[label] === 'ankle-boot');
    await page.locator('.use input[type=file]').setInputFiles({
      ...{ name: 'boot.png', mimeType: 'image/png', buffer: Buffer.from(boot?.bytes ?? []) },
    });
    await page.locator('.use').getByText('ankle-boot').first().waitFor(PATIENCE);
    await context.close();
  });

  it('goes on after its tab was closed', async () => {
    const { context, page, project } = await aPhoneAtDeeper();
    await setting(page, 'Epochs').fill('200');
    await page.locator('.tune').getByText('More settings').click();
    await setting(page, 'Stop early after').fill('0');
    await page.getByRole('button', { name: 'Fine-tune' }).click();
    await expect.poll(() => storedEpochs(page), PATIENCE).toBeGreaterThan(0);
    await page.close({ runBeforeUnload: false });

    const again = await context.newPage();
    await openDeeper(again, project);
    const stored = (await storedEpochs(again)) ?? 0;
    await again.getByText(`It had come to epoch ${stored} of 200, today`).waitFor(PATIENCE);
    await again.getByRole('button', { name: 'Go on' }).click();
    const done = again.locator('.tune .progress-label');
    await expect
      .poll(async () => Number(/^(\d+) of 200 epochs/.exec((await done.textContent()) ?? '')?.[1]), PATIENCE)
      .toBeGreaterThan(stored);
    await again.locator('.tune').getByRole('button', { name: 'Stop' }).click();
    await again.getByText('Stopped. Nothing was kept.').waitFor(PATIENCE);
    await expect.poll(() => storedEpochs(again), PATIENCE).toBeNull();
    await context.close();
  });
});
