// Below the head, in the built app against the real Worker: fine-tuning that a closed tab interrupts, its head at the edge,
// another light, and the lab.
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { GARMENTS, readGarments } from '../../scripts/support/fashion.ts';
import { openNewProject } from '../support/app-page.ts';
import { violations } from '../support/axe.ts';
import { launchChromium } from '../support/chromium.ts';
import { installPictureCamera, showToCamera } from '../support/fake-camera.ts';
import { startWorker } from '../support/worker-process.ts';

const TAUGHT = ['t-shirt', 'bag', 'ankle-boot'] as const;
const PER_CLASS = 10;
/** The trainer starts, learns and trains meanwhile, on whatever machine this is. */
const PATIENCE = { timeout: 120_000 } as const;

let worker: Awaited<ReturnType<typeof startWorker>>;
let browser: Browser;
const contexts: BrowserContext[] = [];

beforeAll(async () => {
  worker = await startWorker({ seed: false });
  browser = await launchChromium();
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
});
afterAll(async () => {
  await browser?.close();
  await worker?.stop();
});

/** A phone that has been taught. */
async function taught(): Promise<{ readonly page: Page; readonly id: string }> {
  const context = await browser.newContext({
    ...{ viewport: { width: 390, height: 844 }, hasTouch: true, reducedMotion: 'reduce' },
  });
  contexts.push(context);
  await installPictureCamera(context);
  const page = await context.newPage();
  const id = await openNewProject(page, worker.origin, TAUGHT);
  const garments = readGarments('train', PER_CLASS);
  for (const [at, name] of TAUGHT.entries()) {
    await page.locator('.class-choose').nth(at).click();
    const files = garments
      .filter(({ label }) => GARMENTS[label] === name)
      .map(({ bytes }, i) => ({
        ...{ name: `${name}-${i}.png`, mimeType: 'image/png', buffer: Buffer.from(bytes) },
      }));
    await page.locator('.teach-dock input[type=file]').setInputFiles(files);
    await page.locator('.class-card', { hasText: name }).getByText(`${PER_CLASS} photos`).waitFor(PATIENCE);
  }
  return { page, id };
}

const to = (page: Page, fragment: string) => page.goto(`${worker.origin}/#/${fragment}`);
const press = (page: Page, name: string | RegExp, exact = true) =>
  page.getByRole('button', { name, exact }).click(PATIENCE);

describe('fine-tuning', () => {
  it('says what it costs, trains, and its head answers here and at the edge alike', async () => {
    const { page, id } = await taught();
    await to(page, `p/${id}/deeper`);
    const line = page.getByRole('slider');
    await line.scrollIntoViewIfNeeded(PATIENCE);
    const before = await line.getAttribute('aria-valuetext');
    await line.press('ArrowDown');
    expect(await line.getAttribute('aria-valuetext')).not.toBe(before);
    await line.press('ArrowUp');
    expect(await line.getAttribute('aria-valuetext')).toBe(before);
    await page
      .getByText(/about .+(s|min)$/)
      .first()
      .waitFor(PATIENCE);
    expect(await violations(page)).toEqual([]);

    // Nothing held back: the last epoch counts, and its layers are other than the trunk's.
    const section = page
      .locator('section', { has: page.getByRole('heading', { name: 'Fine-tuning', exact: true }) })
      .last();
    await section.getByText('More settings').click();
    await section.getByLabel('Held back, in per cent').fill('0');
    await section.getByLabel('Epochs').fill('2');
    await press(page, 'Fine-tune');
    await press(page, 'Keep the new head');
    await page.getByRole('heading', { name: 'A head you kept answers' }).waitFor(PATIENCE);
    expect(await violations(page)).toEqual([]);

    await to(page, 'connect');
    await press(page, 'Connect');
    await page.getByRole('heading', { name: 'Devices' }).waitFor(PATIENCE);
    await to(page, `p/${id}/keep`);
    await page.getByRole('switch').click(PATIENCE);
    await page.getByText('Up to date').waitFor(PATIENCE);
    await to(page, 'connect');
    await page.getByText('In step').waitFor(PATIENCE);
    await press(page, 'Send it and compare');
    const difference = page.locator('[data-difference]');
    await difference.waitFor(PATIENCE);
    expect(Number(await difference.getAttribute('data-difference'))).toBeLessThanOrEqual(1e-4);
    const stored = await keptHead(page);
    expect(stored.schema).toBe('topwork.head/2');
  });

  it('goes on after a tab was closed in the middle', async () => {
    const { page, id } = await taught();
    await to(page, `p/${id}/deeper`);
    const section = page
      .locator('section', { has: page.getByRole('heading', { name: 'Fine-tuning', exact: true }) })
      .last();
    await section.getByLabel('Epochs').fill('200', PATIENCE);
    await section.getByText('More settings').click();
    await section.getByLabel('Stop early after').fill('0');
    await press(page, 'Fine-tune');
    await expect.poll(() => trainingEpoch(page), PATIENCE).toBeGreaterThan(0);
    const context = page.context();
    await page.close();

    const again = await context.newPage();
    await to(again, `p/${id}/deeper`);
    await again.getByText('A training was broken off').waitFor(PATIENCE);
    expect(await violations(again)).toEqual([]);
    const reached = (await trainingEpoch(again)) ?? 0;
    await press(again, 'Go on');
    await expect.poll(() => trainingEpoch(again), PATIENCE).toBeGreaterThan(reached);
    await press(again, 'Stop');
    await again.getByText('Stopped. Nothing was kept.').waitFor(PATIENCE);
    await expect.poll(() => trainingEpoch(again), PATIENCE).toBeNull();
  });
});

describe('another light', () => {
  it('is learnt from the camera alone, and taken back by one tap', async () => {
    const { page, id } = await taught();
    await to(page, `p/${id}/light`);
    await press(page, 'Start the camera');
    const dark = await Promise.all(
      TAUGHT.map(async (name) => {
        const [garment] = readGarments('test', 1).filter(({ label }) => GARMENTS[label] === name);
        return garment?.bytes ?? new Uint8Array();
      }),
    );
    await showToCamera(page, dark[0] ?? new Uint8Array());
    await page.locator('.camera[data-state="on"]').waitFor(PATIENCE);
    let showing = true;
    const show = (async () => {
      for (let i = 0; showing; i++) {
        await showToCamera(page, dark[i % dark.length] ?? new Uint8Array());
        await page.waitForTimeout(400);
      }
    })();
    await press(page, 'Start');
    await page.getByRole('heading', { name: 'Before and after' }).waitFor(PATIENCE);
    showing = false;
    await show;
    expect(await violations(page)).toEqual([]);
    await press(page, 'Use it in this light');
    await expect.poll(async () => (await keptHead(page)).adaptation, PATIENCE).toContain('"alpha":0.5');
    await to(page, `p/${id}/use`);
    await page.getByText('Adapted to a light').waitFor(PATIENCE);
    await press(page, 'Take it back');
    await page.getByText('Adapted to a light').waitFor({ ...PATIENCE, state: 'detached' });
  });
});

describe('the lab', () => {
  it('shows on one’s own photos that only batch statistics make an answer depend on its company', async () => {
    const { page, id } = await taught();
    await to(page, `p/${id}/lab`);
    await press(page, 'Run all four');
    await page.getByText('0 of 40 layers moved', { exact: true }).last().waitFor(PATIENCE);
    expect(await page.getByText(/the same to the bit/).count()).toBe(3);
    expect(await page.getByText('0 of 40 layers moved', { exact: true }).count()).toBe(3);
    expect(await page.getByText('40 of 40 layers moved in one call').count()).toBe(1);
    expect(await violations(page)).toEqual([]);
  });
});

/** What the kept head's file says of itself. */
async function keptHead(page: Page): Promise<Readonly<Record<string, string>>> {
  const header = await fromStorage(
    page,
    'heads',
    ({ slot }) => slot === 'kept',
    `({ data }) => {
    const length = Number(new DataView(data).getBigUint64(0, true));
    return JSON.parse(new TextDecoder().decode(data.slice(8, 8 + length))).__metadata__;
  }`,
  );
  return (header ?? {}) as Readonly<Record<string, string>>;
}

/** The epoch that a training has stored; null: there is none. */
async function trainingEpoch(page: Page): Promise<number | null> {
  return (await fromStorage(page, 'trainings', () => true, '({ checkpoint }) => checkpoint.epoch')) as
    | number
    | null;
}

/** Of the first record that fits, what a function makes of it. */
async function fromStorage(
  page: Page,
  store: string,
  fits: (record: Record<string, unknown>) => boolean,
  pick: string,
): Promise<unknown> {
  return page.evaluate(`new Promise((resolve, reject) => {
    const opening = indexedDB.open('topwork');
    opening.onerror = () => reject(opening.error);
    opening.onsuccess = () => {
      const reading = opening.result.transaction('${store}').objectStore('${store}').getAll();
      reading.onerror = () => reject(reading.error);
      reading.onsuccess = () => {
        opening.result.close();
        const found = reading.result.find(${fits.toString()});
        resolve(found === undefined ? null : (${pick})(found));
      };
    };
  })`);
}
