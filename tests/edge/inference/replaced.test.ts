// Heads that bring weights of their own for the real trunk: what they share with others, what is kept and dropped, and
// that their features are those of the whole trunk with their weights, to the bit.
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Digest } from '../../../src/contract/ids.ts';
import type { ModelManifest } from '../../../src/contract/manifest.ts';
import { decodeInput } from '../../../src/image/decode.ts';
import type { TrunkModel } from '../../../src/trunk/model-files.ts';
import { overlayWeights, type WeightOverlay } from '../../../src/trunk/overlay.ts';
import { poolFeatures } from '../../../src/trunk/pool.ts';
import { createCatalog } from '../../../worker/catalog.ts';
import { codecs } from '../../../worker/inference/codecs.ts';
import { lowerTrunk } from '../../../worker/inference/engine.ts';
import { createTimings } from '../../../worker/inference/timings.ts';
import { createTrunks, type FeatureRecipe, type Trunks } from '../../../worker/inference/trunks.ts';
import { changedWeights } from '../../support/overlays.ts';
import { goldenImage } from '../support/files.ts';

const CUT = 'block_13_expand_relu';
const preprocessing = { size: 96, range: [0, 1] } as const satisfies FeatureRecipe['preprocessing'];
const catalog = createCatalog((path) => env.ASSETS.fetch(`https://assets.invalid${path}`));

let manifest: ModelManifest;
let model: TrunkModel;
let image: Uint8Array<ArrayBuffer>;
let tuned: FeatureRecipe;
let tunedOtherwise: FeatureRecipe;
let adapted: FeatureRecipe;
let plain: FeatureRecipe;

beforeAll(async () => {
  manifest = await catalog.defaultManifest();
  model = await createTrunks(catalog, codecs).model(manifest);
  image = await goldenImage('jpeg-photo.jpg');
  const top = ['block_13_expand/kernel', 'block_13_expand_BN/gamma'];
  plain = { cut: CUT, pooling: '1x1', preprocessing, replaced: null };
  tuned = recipeOf('a', changedWeights(model, top, 1));
  tunedOtherwise = recipeOf('b', changedWeights(model, top, 2));
  adapted = recipeOf('c', changedWeights(model, ['bn_Conv1/moving_mean', 'bn_Conv1/moving_variance']));
});

function recipeOf(name: string, overlay: WeightOverlay): FeatureRecipe {
  return { ...plain, replaced: { revision: name.repeat(64) as Digest, overlay } };
}

async function run(trunks: Trunks, recipe: FeatureRecipe): Promise<Float32Array> {
  const input = { kind: 'encoded', images: [image] } as const;
  return (
    await trunks.features(
      manifest,
      recipe,
      input,
      createTimings(() => 0),
    )
  ).data;
}

/** Features of the whole trunk with the head's weights, in one go. */
async function whole({ cut, pooling, replaced }: FeatureRecipe): Promise<Float32Array> {
  const lowering = lowerTrunk(overlayWeights(model, replaced?.overlay ?? new Map()), { cut });
  const data = await decodeInput(image, codecs, preprocessing);
  try {
    return poolFeatures(await lowering.run({ data, shape: [1, 96, 96, 3] }), pooling).data;
  } finally {
    lowering.dispose();
  }
}

describe('heads with layers of their own', () => {
  it('get the features of the whole trunk with their weights, used in turn and all at once', async () => {
    const recipes = [plain, tuned, tunedOtherwise, adapted];
    const expected = await Promise.all(recipes.map(whole));
    expect(new Set(expected.map(String)).size).toBe(recipes.length);
    const trunks = createTrunks(catalog, codecs);
    for (const round of [0, 1, 2])
      for (const [i, recipe] of recipes.entries())
        expect(await run(trunks, recipe), `head ${i}, round ${round}`).toEqual(expected[i]);
    const twice = [...recipes, ...recipes];
    const together = await Promise.all(twice.map((recipe) => run(trunks, recipe)));
    expect(together).toEqual([...expected, ...expected]);
  });

  it('share the part that none of them changes, and it is not told whose the others are', async () => {
    const trunks = createTrunks(catalog, codecs);
    await Promise.all([tuned, tunedOtherwise, tuned].map((recipe) => run(trunks, recipe)));
    const { name } = manifest;
    const own = `${name}/block_12_add..${CUT}`;
    expect([...trunks.loaded].sort()).toEqual([`${name}/block_12_add`, own, own]);
    await run(trunks, { ...plain, cut: 'block_12_add' });
    expect(trunks.loaded).toHaveLength(3);
    await run(trunks, adapted);
    expect(trunks.loaded).toContain(`${name}/..${CUT}`);
  });

  it('give the same bits when they come back after others took their place', async () => {
    const lowering = lowerTrunk(model, { cut: CUT });
    const { weightBytes } = lowering;
    lowering.dispose();
    // Room for one whole trunk to this cut: a shared part and one top, but no more.
    const trunks = createTrunks(catalog, codecs, { maxLoweredBytes: weightBytes });
    const first = await run(trunks, tuned);
    const loaded = [...trunks.loaded];
    for (const other of [tunedOtherwise, adapted, plain]) await run(trunks, other);
    expect(trunks.loaded).toEqual([`${manifest.name}/${CUT}`]);
    expect(await run(trunks, tuned)).toEqual(first);
    expect(trunks.loaded).toEqual(loaded);
  });
});
