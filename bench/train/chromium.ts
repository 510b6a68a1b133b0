// Opens page.ts in Chromium and asks it.
import { KERNELS } from '../../scripts/support/build-kernels.ts';
import { DEFAULT_TRUNK, MODELS } from '../../scripts/support/default-trunk.ts';
import { openPage } from '../open-page.ts';
import type { PageAsk, PageFigures } from './page.ts';
import { CASES } from './step.ts';

export interface ChromiumFigures {
  readonly version: string;
  readonly v8: string;
  readonly steps: readonly PageFigures[];
}

export async function benchChromium({ quick }: { readonly quick: boolean }): Promise<ChromiumFigures> {
  const { page, version, v8, close } = await openPage('bench/train/page.ts');
  try {
    const ask: PageAsk = {
      trunk: `/${MODELS}/${DEFAULT_TRUNK}`,
      kernels: `/${KERNELS}`,
      tfjs: '/node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/',
      cases: CASES.slice(0, quick ? 1 : 2),
      rounds: quick ? 1 : 3,
    };
    return { version, v8, steps: await page.evaluate((wanted) => globalThis.trainBench(wanted), ask) };
  } finally {
    await close();
  }
}
