import { openNewProject } from '../tests/support/app-page.ts';
import { launchChromium } from '../tests/support/chromium.ts';
import { startWorker } from '../tests/support/worker-process.ts';
import { GARMENTS, readGarments } from '../scripts/support/fashion.ts';
const TAUGHT = ['t-shirt', 'bag', 'ankle-boot'] as const;
const worker = await startWorker({ seed: false });
const browser = await launchChromium();
try {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  page.on('pageerror', (e) => console.error('PAGE', e.message));
  page.on('console', (m) => console.log('CONSOLE', m.type(), m.text().slice(0, 300)));
  const id = await openNewProject(page, worker.origin, TAUGHT);
  const garments = readGarments('train', 10);
  for (const name of TAUGHT) {
    await page.locator('.class-choose', { has: page.getByText(name, { exact: true }) }).click();
    await page.locator('.teach-dock input[type=file]').setInputFiles(garments.filter(({ label }) => GARMENTS[label] === name).map(({ bytes }, i) => ({ name: `${name}-${i}.png`, mimeType: 'image/png', buffer: Buffer.from(bytes) })));
    await page.locator('.class-card', { hasText: name }).getByText('10 photos').waitFor();
  }
  await page.goto(`${worker.origin}/#/p/${id}/lab`);
  await page.getByRole('button', { name: 'Run all four' }).click();
  await page.waitForTimeout(15000);
  await page.screenshot({ path: '/tmp/lab1.png', fullPage: true });
  await page.goto(`${worker.origin}/#/p/${id}/deeper`);
  const section = page.locator('section', { has: page.getByRole('heading', { name: 'Fine-tuning', exact: true }) }).last();
  await section.getByLabel('Epochs').fill('400');
  await section.getByText('More settings').click();
  await section.getByLabel('Stop early after').fill('0');
  await page.getByRole('button', { name: 'Fine-tune' }).click();
  await page.waitForTimeout(10000);
  await page.screenshot({ path: '/tmp/lab2.png', fullPage: true });
} finally { await browser.close(); await worker.stop(); }
