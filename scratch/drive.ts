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
  const garments = readGarments('train', 16);
  for (const name of TAUGHT) {
    await page.locator('.class-choose', { has: page.getByText(name, { exact: true }) }).click();
    await page.locator('.teach-dock input[type=file]').setInputFiles(garments.filter(({ label }) => GARMENTS[label] === name).map(({ bytes }, i) => ({ name: `${name}-${i}.png`, mimeType: 'image/png', buffer: Buffer.from(bytes) })));
    await page.locator('.class-card', { hasText: name }).getByText('16 photos').waitFor();
  }
  await page.goto(`${worker.origin}/#/p/${id}/deeper`);
  await page.getByRole('heading', { name: 'Fine-tuning' }).waitFor();
  await page.getByRole('slider').scrollIntoViewIfNeeded();
  for (let i = 0; i < 8; i++) { await page.waitForTimeout(1000); const t = await page.locator('text=Measuring one step').count(); console.log(i, t, (await page.locator('.fine-tune-cost, [class*=cost]').first().innerText()).replace(/\n/g,' | ')); if (t === 0) break; }
  await page.screenshot({ path: '/tmp/dt1.png', fullPage: true });
  const t = Date.now();
  await page.getByRole('button', { name: 'Fine-tune' }).click();
  await page.waitForTimeout(4000);
  await page.screenshot({ path: '/tmp/dt2.png', fullPage: true });
  await page.getByRole('button', { name: /Keep/ }).waitFor({ timeout: 120000 });
  console.log('took', Date.now() - t);
  await page.screenshot({ path: '/tmp/dt3.png', fullPage: true });
} finally { await browser.close(); await worker.stop(); }
