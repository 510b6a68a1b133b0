// A script in the Chromium of the tests, with the repository's files behind an address of no server.
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { launchChromium } from '../tests/support/chromium.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const ORIGIN = 'http://localhost';

export interface Browser {
  readonly page: Page;
  readonly version: string;
  readonly v8: string;
  close(): Promise<void>;
}

/**
 * Bundles a script and opens it in a page; what it puts into the global scope can then be called.
 * @param entry path from the root
 */
export async function openPage(entry: string): Promise<Browser> {
  const script = await bundle(entry);
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    await page.route(`${ORIGIN}/**`, (route) => {
      const { pathname } = new URL(route.request().url());
      return pathname === '/'
        ? route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>bench</title>' })
        : route.fulfill({ path: `${ROOT}${pathname}` });
    });
    await page.goto(`${ORIGIN}/`);
    await page.addScriptTag({ content: script });
    const session = await browser.newBrowserCDPSession();
    const { jsVersion } = await session.send('Browser.getVersion');
    return { page, version: browser.version(), v8: jsVersion, close: () => browser.close() };
  } catch (error) {
    await browser.close();
    throw error;
  }
}

async function bundle(entry: string): Promise<string> {
  const built = await build({
    ...{ configFile: false, root: ROOT, logLevel: 'error' },
    build: {
      write: false,
      lib: { entry: `${ROOT}${entry}`, formats: ['iife'], name: 'bench' },
    },
  });
  const [result] = [built].flat();
  if (result === undefined || !('output' in result)) throw new Error('The page was not bundled.');
  return result.output[0].code;
}
