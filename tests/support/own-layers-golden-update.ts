// Rewrites tests/golden/trunk/own-layers.json from what the code does now:
// `npx node tests/support/own-layers-golden-update.ts`. Its diff is to be reviewed: it means that a head which was
// fine-tuned before says something else. The head is made once: with its file in place, only the answers are made anew.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { nodeCodecs } from '../../scripts/support/codecs.ts';
import { lowerTrunk } from '../../scripts/support/engine.ts';
import { GARMENTS, readGarments } from '../../scripts/support/fashion.ts';
import { trainHead } from '../../scripts/support/train-head.ts';
import { encodeHead } from '../../src/artifact/head-file.ts';
import { overlayWeights } from '../../src/trunk/overlay.ts';
import { changedWeights, statisticsWith } from './overlays.ts';
import { answersHere, readOwnLayers } from './own-layers-golden.ts';
import { loadTrunk } from './trunk.ts';

const file = new URL('../golden/trunk/own-layers.json', import.meta.url);
const { model, manifest } = await loadTrunk();
const head = existsSync(file) ? readOwnLayers(JSON.parse(readFileSync(file, 'utf8'))).head : await makeHead();
const answers = await answersHere(
  lowerTrunk,
  model,
  nodeCodecs(),
  head,
  async (image) => new Uint8Array(readFileSync(new URL(`../golden/image/${image}`, import.meta.url))),
);
const golden = { head: Buffer.from(head).toString('base64'), answers };
writeFileSync(file, `${JSON.stringify(golden, null, 2)}\n`);

/** A depthwise kernel, and all four of a BatchNorm, changed; few enough to be committed. */
async function makeHead(): Promise<Uint8Array<ArrayBuffer>> {
  const norm = ['gamma', 'beta', 'moving_mean', 'moving_variance'].map(
    (name) => `block_13_expand_BN/${name}`,
  );
  const overlay = changedWeights(model, ['block_12_depthwise/depthwise_kernel', ...norm]);
  const { cut } = manifest.defaults;
  const lowering = lowerTrunk(overlayWeights(model, overlay), { cut });
  const images = readGarments('train', 6).filter(({ label }) => label < 3);
  const made = await trainHead(lowering, manifest, images, GARMENTS.slice(0, 3));
  const statistics = await statisticsWith(model, overlay);
  return encodeHead(made.head, { ...made.metadata, statistics }, { overlay, kernels: 'F16' });
}
