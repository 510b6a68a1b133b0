// Opens page.ts in the Chromium of the tests, with the repository's files behind an address of no server.
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { KERNELS } from '../../scripts/support/build-kernels.ts';
import { DEFAULT_TRUNK, MODELS } from '../../scripts/support/default-trunk.ts';
import { launchChromium } from '../../tests/support/chromium.ts';
import type { PageAsk, PageFigures } from './page.ts';
import { CASES } from './step.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ORIGIN = 'http://localhost';

export interface ChromiumFigures {
  readonly version: string;
  readonly v8: string;
  readonly steps: readonly PageFigures[];
}

export async function benchChromium({ quick }: { readonly quick: boolean }): Promise<ChromiumFigures> {
  const script = await bundle();
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
    const ask: PageAsk = {
      trunk: `/${MODELS}/${DEFAULT_TRUNK}`,
      kernels: `/${KERNELS}`,
      tfjs: '/node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/',
      cases: CASES.slice(0, quick ? 1 : 2),
      rounds: quick ? 1 : 3,
    };
    const steps = await page.evaluate((wanted) => globalThis.trainBench(wanted), ask);
    const session = await browser.newBrowserCDPSession();
    const { jsVersion } = await session.send('Browser.getVersion');
    return { version: browser.version(), v8: jsVersion, steps };
  } finally {
    await browser.close();
  }
}

async function bundle(): Promise<string> {
  const built = await build({
    ...{ configFile: false, root: ROOT, logLevel: 'error' },
    build: {
      write: false,
      lib: { entry: `${ROOT}bench/train/page.ts`, formats: ['iife'], name: 'bench' },
    },
  });
  const [result] = [built].flat();
  if (result === undefined || !('output' in result)) throw new Error('The page was not bundled.');
  return result.output[0].code;
}
