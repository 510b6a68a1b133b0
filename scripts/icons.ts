// npm run icons: app/icon.svg -> the PNGs of app/public/icons, by Chromium. Run after the drawing has changed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { launchChromium } from '../tests/support/chromium.ts';
import { fail } from './support/fail.ts';

const INTO = 'app/public/icons';
/** Of the ground behind icons that a system cuts to its own shape: the app's light paper. */
const GROUND = '#f8f7f2';
const ICONS: readonly {
  readonly file: string;
  readonly size: number;
  readonly share: number;
  readonly ground: boolean;
}[] = [
  { file: 'icon-192.png', size: 192, share: 0.92, ground: false },
  { file: 'icon-512.png', size: 512, share: 0.92, ground: false },
  // What lies in the middle four fifths is safe from any mask.
  { file: 'maskable-512.png', size: 512, share: 0.62, ground: true },
  { file: 'apple-touch-icon.png', size: 180, share: 0.72, ground: true },
];

try {
  mkdirSync(INTO, { recursive: true });
  const drawing = readFileSync('app/icon.svg', 'utf8');
  const browser = await launchChromium();
  try {
    for (const { file, size, share, ground } of ICONS) {
      const page = await browser.newPage({ viewport: { width: size, height: size } });
      const side = Math.round(size * share);
      await page.setContent(
        `<style>html,body{margin:0;height:100%;display:grid;place-items:center;background:${ground ? GROUND : 'transparent'}}svg{width:${side}px;height:${side}px}</style>${drawing}`,
      );
      writeFileSync(`${INTO}/${file}`, await page.screenshot({ omitBackground: true }));
      await page.close();
    }
  } finally {
    await browser.close();
  }
} catch (error) {
  fail(error);
}
