// The BatchNorm lab and adapting to a light, in the built app with the real trunk: on garments before a drawn camera.
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { GARMENTS, readGarments } from '../../scripts/support/fashion.ts';
import { openNewProject } from '../support/app-page.ts';
import { launchChromium } from '../support/chromium.ts';
import { installPictureCamera } from '../support/fake-camera.ts';
import { startWorker } from '../support/worker-process.ts';

const TAUGHT = ['t-shirt', 'bag', 'ankle-boot'] as const;
const PATIENCE = { timeout: 120_000 };

let worker: Awaited<ReturnType<typeof startWorker>>;
let browser: Browser;
let page: Page;
let project: string;

const of = (split: 'train' | 'test', name: string, n: number) =>
  readGarments(split, n).filter(({ label }) => GARMENTS[label] === name);

beforeAll(async () => {
  worker = await startWorker({ seed: false });
  browser = await launchChromium();
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    reducedMotion: 'reduce',
  });
  await installPictureCamera(context);
  page = await context.newPage();
  project = await openNewProject(page, worker.origin, TAUGHT);
  for (const name of TAUGHT) {
    await page.locator('.class-choose', { has: page.getByText(name, { exact: true }) }).click();
    await page.locator('.teach-dock input[type=file]').setInputFiles(
      of('train', name, 12).map(({ bytes }, i) => ({
        ...{ name: `${name}-${i}.png`, mimeType: 'image/png', buffer: Buffer.from(bytes) },
      })),
    );
    await page.locator('.class-card', { hasText: name }).getByText('12 photos').waitFor(PATIENCE);
  }
});

afterAll(async () => {
  await browser?.close();
  await worker?.stop();
});

/** Holds one test picture of each class before the camera in turn, so dark, for as long as the page is. */
async function showInTurn(gain: number): Promise<void> {
  const pictures = TAUGHT.flatMap((name) => of('test', name, 2)).map(({ bytes }) =>
    Buffer.from(bytes).toString('base64'),
  );
  await page.evaluate(`(async () => {
    clearInterval(window.turning);
    const dark = await Promise.all(${JSON.stringify(pictures)}.map(async (base64) => {
      const picture = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))]));
      const canvas = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
      const drawing = canvas.getContext('2d');
      drawing.filter = 'brightness(${gain})';
      drawing.drawImage(picture, 0, 0);
      return canvas.toDataURL('image/png').split(',')[1];
    }));
    let turn = 0;
    const show = () => window.showToCamera(dark[turn++ % dark.length]);
    window.turning = setInterval(show, 400);
    await show();
  })()`);
}

/** From the start to before and after, in such a light. */
async function adapt(gain: number): Promise<void> {
  await page.goto(`${worker.origin}/#/p/${project}/light`);
  await page.locator('.light-stage').waitFor(PATIENCE);
  await showInTurn(gain);
  const start = page.getByRole('button', { name: 'Start the camera' });
  const begin = page.getByRole('button', { name: 'Start', exact: true });
  await start.or(begin).first().waitFor(PATIENCE);
  if (await start.isVisible()) await start.click();
  await begin.click(PATIENCE);
  await page.locator('.light-result').waitFor(PATIENCE);
}

const textOf = async (selector: string) => (await page.locator(selector).first().textContent()) ?? '';

describe('the BatchNorm lab on the real trunk', () => {
  it('moves statistics and answers in one of four modes, and nothing to the bit in three', async () => {
    await page.goto(`${worker.origin}/#/p/${project}/lab`);
    await page.getByRole('button', { name: 'Run all four' }).click(PATIENCE);
    await page.locator('.lab-rule').waitFor(PATIENCE);
    const modes = await page.locator('.lab-mode').allTextContents();
    expect(modes).toHaveLength(4);
    expect(modes.map((mode) => /\d+ of 40 layers moved/.exec(mode)?.[0])).toEqual([
      '40 of 40 layers moved',
      '0 of 40 layers moved',
      '0 of 40 layers moved',
      '0 of 40 layers moved',
    ]);
    expect(modes.map((mode) => mode.includes('the same to the bit'))).toEqual([false, true, true, true]);
    expect(modes.map((mode) => /learn in \d+ of \d+ layers/.test(mode))).toEqual([true, true, false, false]);
  });
});

describe('adapting to a light with the real trunk', () => {
  it('brings nothing in the light that was taught in, and says so', async () => {
    await adapt(1);
    expect(await textOf('.light-verdict')).toContain('adapting would bring nothing');
    await page.getByRole('button', { name: 'Leave it as it was' }).click();
    await page.locator('.light-stage').waitFor();
    expect(await page.locator('.light-adapted').count()).toBe(0);
  });

  it('knows a dark room, answers for it once it is kept, and goes back with one tap', async () => {
    await adapt(0.25);
    expect(await textOf('.light-verdict')).toContain('This light is not the one');
    await page.getByRole('button', { name: 'Use it in this light' }).click();
    await page.goto(`${worker.origin}/#/p/${project}/use`);
    await page.getByText('Answered by the head that you kept.').waitFor(PATIENCE);
    await page.reload();
    await page.locator('.light-adapted').waitFor(PATIENCE);
    await page.getByRole('button', { name: 'Take it back' }).click();
    await page.getByText('Answered by the live head.').waitFor(PATIENCE);
    expect(await page.locator('.light-adapted').count()).toBe(0);
  });
});
