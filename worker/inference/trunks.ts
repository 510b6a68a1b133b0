// Trunks ready to run: loaded once, lowered once for each cut that heads ask for, one image at a time.
// It knows nothing of heads and HTTP.
import { AppError } from '../../src/contract/errors.ts';
import type { HeadMetadata } from '../../src/contract/head.ts';
import type { ModelName } from '../../src/contract/ids.ts';
import type { ModelManifest } from '../../src/contract/manifest.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import { type Codecs, decodeInput } from '../../src/image/decode.ts';
import { lowerInfer } from '../../src/trunk/infer.ts';
import type { Lowering } from '../../src/trunk/lowering.ts';
import { readModel, type TrunkModel } from '../../src/trunk/model-files.ts';
import { poolFeatures } from '../../src/trunk/pool.ts';
import type { Catalog } from '../catalog.ts';
import { initBackend } from './backend.ts';
import { createLru } from './lru.ts';
import { createShared, createTurns, type Sharing } from './sharing.ts';
import type { Timings } from './timings.ts';

/** Most lowerings that an isolate holds: each owns folded weights of its own. */
const MAX_LOWERINGS = 3;
/**
 * Largest image here, pixels. The contract's 24 megapixels would take 96 MB in the decoder and as much outside it,
 * and an isolate has 128 MB for everything.
 */
export const MAX_EDGE_IMAGE_PIXELS = 4_000_000;

/** How a head wants its features made. */
export type FeatureRecipe = Pick<HeadMetadata, 'cut' | 'pooling' | 'preprocessing'>;

export interface Trunks {
  /**
   * Features of one encoded image.
   * @returns [1,d]
   * @throws AppError `image_unsupported`, `image_too_large`, `image_invalid`, `storage_failed`
   */
  features(
    manifest: ModelManifest,
    recipe: FeatureRecipe,
    image: Uint8Array,
    timings: Timings,
  ): Promise<NdArray>;
  /** `<model>/<cut>` of what is ready to run. */
  readonly loaded: readonly string[];
}

/** Trunks of a catalog, on tfjs's WASM backend. */
export function createTrunks(catalog: Catalog, codecs: Codecs, sharing: Sharing = {}): Trunks {
  const models = new Map<ModelName, () => Promise<TrunkModel>>();
  const modelOf = ({ name }: ModelManifest) => {
    const known = models.get(name);
    if (known !== undefined) return known();
    const load = createShared(() => loadTrunk(catalog, name), sharing);
    models.set(name, load);
    return load();
  };
  const lowerings = createLru<string, Lowering>({
    capacity: MAX_LOWERINGS,
    drop: (lowering) => lowering.dispose(),
  });
  const loweringOf = ({ name }: ModelManifest, model: TrunkModel, cut: string) => {
    const key = `${name}/${cut}`;
    const known = lowerings.get(key);
    if (known !== undefined) return known;
    const lowering = lowerInfer(model, { cut });
    lowerings.set(key, lowering);
    return lowering;
  };
  // One at a time: a decoded photo is tens of megabytes, and a lowering must not be dropped while it runs.
  const takeTurn = createTurns(sharing);

  return {
    async features(manifest, { cut, pooling, preprocessing }, image, timings) {
      const model = await timings.measure('load', async () => {
        await initBackend();
        return modelOf(manifest);
      });
      return takeTurn(async () => {
        // In one go, so that no full-size copy of the image is made outside the decoder's heap.
        const data = await timings.measure('decode', () =>
          decodeInput(image, codecs, preprocessing, { maxPixels: MAX_EDGE_IMAGE_PIXELS }),
        );
        const { size } = preprocessing;
        return timings.measure('trunk', async () => {
          const lowering = loweringOf(manifest, model, cut);
          return poolFeatures(await lowering.run({ data, shape: [1, size, size, 3] }), pooling);
        });
      });
    },
    get loaded() {
      return lowerings.keys;
    },
  };
}

async function loadTrunk(catalog: Catalog, name: ModelName): Promise<TrunkModel> {
  const json: unknown = JSON.parse(new TextDecoder().decode(await catalog.file(name, 'model.json')));
  try {
    return await readModel(json, (path) => catalog.file(name, path));
  } catch (cause) {
    if (cause instanceof AppError && cause.code === 'storage_failed') throw cause;
    // A damaged trunk is the deployment's fault and not the caller's.
    throw new AppError('internal', { detail: `The model "${name}" of this deployment is damaged.`, cause });
  }
}
