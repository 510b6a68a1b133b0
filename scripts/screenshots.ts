// npm run screenshots [folder] [part of a name]: every screen of the built app, from a real Worker, on phones and on
// desktops, light and dark, to be looked at.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { openNewProject } from '../tests/support/app-page.ts';
import { launchChromium } from '../tests/support/chromium.ts';
import { installPictureCamera, showToCamera } from '../tests/support/fake-camera.ts';
import { startWorker } from '../tests/support/worker-process.ts';
import { build } from './support/build.ts';
import { fail } from './support/fail.ts';
import { GARMENTS, readGarments } from './support/fashion.ts';

const [into = 'screenshots', wanted = ''] = process.argv.slice(2);
const SIZES = {
  small: { width: 320, height: 640 },
  phone: { width: 390, height: 844 },
  desktop: { width: 1280, height: 800 },
  wide: { width: 2560, height: 1440 },
} as const;
const THEMES = ['light', 'dark'] as const;
const TAUGHT = ['t-shirt', 'bag', 'ankle-boot'] as const;
const LEARNING_MS = 120_000;

try {
  mkdirSync(into, { recursive: true });
  await build({ quiet: true });
  const worker = await startWorker({ seed: false });
  const browser = await launchChromium();
  try {
    const context = await browser.newContext({ viewport: SIZES.phone, reducedMotion: 'reduce' });
    await installPictureCamera(context);
    const page = await context.newPage();
    page.on('pageerror', (error) => console.error(error.message));
    await page.goto(worker.origin);
    await page.locator('.home.first').waitFor();
    await shoot(page, 'first-visit');
    const id = await openNewProject(page, worker.origin, ['one', 'two']);
    const to = async (fragment: string, until: string) => {
      await page.goto(`${worker.origin}/#/${fragment}`);
      await page.locator(until).first().waitFor({ timeout: LEARNING_MS, state: 'attached' });
    };
    await shoot(page, 'teach-empty');
    await to(`p/${id}/check`, 'main h1, main h2');
    await shoot(page, 'check-empty');
    await to(`p/${id}/use`, '.use');
    await shoot(page, 'use-empty');

    const taught = await openNewProject(page, worker.origin, TAUGHT);
    await teach(page);
    await shoot(page, 'teach-files');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await showBoot(page);
    await page.locator('.live-name').waitFor({ timeout: LEARNING_MS });
    await shoot(page, 'teach');
    await page
      .getByRole('button', { name: /^Change/ })
      .first()
      .click();
    await shoot(page, 'teach-class');
    await page.keyboard.press('Escape');
    await to(`p/${taught}/check`, '.check-accuracy');
    await shoot(page, 'check');
    await to(`p/${taught}/deeper`, '.tune-plan');
    await page.getByRole('slider').scrollIntoViewIfNeeded();
    await page
      .getByText(/^about /)
      .first()
      .waitFor({ timeout: LEARNING_MS });
    await shoot(page, 'deeper');
    await page.getByRole('button', { name: 'Fine-tune', exact: true }).click();
    await page.getByRole('button', { name: /^Keep/ }).waitFor({ timeout: LEARNING_MS });
    await shoot(page, 'deeper-tuned');
    await to(`p/${taught}/lab`, '.lab-start');
    await page.getByRole('button', { name: 'Run all four' }).click();
    await page.locator('.lab-rule').waitFor({ timeout: LEARNING_MS });
    await shoot(page, 'lab');
    await to(`p/${taught}/use`, '.use');
    await startCamera(page);
    await shoot(page, 'use');
    await to(`p/${taught}/light`, '.light-stage');
    await startCamera(page);
    await shoot(page, 'light');
    await to(`p/${taught}/keep`, '.keep');
    await shoot(page, 'keep');
    await to('', '.project-card');
    await shoot(page, 'home');
    await page
      .getByRole('button', { name: /^More for/ })
      .first()
      .click();
    await shoot(page, 'home-menu');
    await page.keyboard.press('Escape');
    await to('settings', '.settings');
    await shoot(page, 'settings');
    await to('connect', 'main > *');
    await shoot(page, 'connect');
    await to('inbox', 'main > *');
    await shoot(page, 'inbox');
    await to('trunk', '.statistics-strips');
    await shoot(page, 'trunk');
  } finally {
    await browser.close();
    await worker.stop();
  }
} catch (error) {
  fail(error);
}

/** One picture for each size and theme. */
async function shoot(page: Page, screen: string): Promise<void> {
  for (const [size, viewport] of Object.entries(SIZES))
    for (const colorScheme of THEMES) {
      const name = `${screen}-${size}-${colorScheme}`;
      if (!name.includes(wanted)) continue;
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(into, `${name}.png`), fullPage: true });
    }
  await page.setViewportSize(SIZES.phone);
}

/** Two imports of photos for each class, and waits until all are there. */
async function teach(page: Page): Promise<void> {
  const garments = readGarments('train', 16);
  for (const name of TAUGHT) {
    await page.locator('.class-choose', { has: page.getByText(name, { exact: true }) }).click();
    const files = garments
      .filter(({ label }) => GARMENTS[label] === name)
      .map(({ bytes }, i) => ({
        ...{ name: `${name}-${i}.png`, mimeType: 'image/png', buffer: Buffer.from(bytes) },
      }));
    await page.locator('.teach-dock input[type=file]').setInputFiles(files);
    await page.locator('.class-card', { hasText: name }).getByText('16 photos').waitFor();
  }
}

/** It may be on still, from the screen before. */
async function startCamera(page: Page): Promise<void> {
  await page
    .getByRole('button', { name: 'Start the camera' })
    .click({ timeout: 5_000 })
    .catch(() => {});
  await page.locator('.camera[data-state="on"]').waitFor();
}

async function showBoot(page: Page): Promise<void> {
  const [boot] = readGarments('test', 1).filter(({ label }) => GARMENTS[label] === 'ankle-boot');
  if (boot !== undefined) await showToCamera(page, boot.bytes);
}
