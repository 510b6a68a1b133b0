// Opens page.ts in Chromium and asks it.
import { KERNELS } from '../../scripts/support/build-kernels.ts';
import { DEFAULT_TRUNK, MODELS } from '../../scripts/support/default-trunk.ts';
import { readGarments } from '../../scripts/support/fashion.ts';
import type { Trunk } from '../load-trunk.ts';
import { openPage } from '../open-page.ts';
import { casesOf } from './contest.ts';
import type { PageFigures } from './page.ts';

const PEERS = '/bench/node_modules';

export interface ChromiumFigures extends PageFigures {
  readonly version: string;
  readonly v8: string;
}

export async function benchTrunkInChromium(
  { manifest }: Pick<Trunk, 'manifest'>,
  { quick }: { readonly quick: boolean },
): Promise<ChromiumFigures> {
  const { page, version, v8, close } = await openPage('bench/trunk/page.ts');
  try {
    const figures = await page.evaluate((ask) => globalThis.trunkBench(ask), {
      trunk: `/${MODELS}/${DEFAULT_TRUNK}/`,
      kernels: `/${KERNELS}/`,
      tfjs: '/node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/',
      ort: `${PEERS}/onnxruntime-web/dist/`,
      litert: `${PEERS}/@litertjs/core/wasm/`,
      pictures: readGarments('test', 1).map(({ path }) => `/${path}`),
      cases: casesOf(manifest, { quick }).map((each) => ({ ...each, rounds: Math.ceil(each.rounds / 2) })),
    });
    return { version, v8, ...figures };
  } finally {
    await close();
  }
}
