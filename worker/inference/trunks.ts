// Trunks ready to run: loaded once, lowered once for each cut that heads ask for, one image at a time. A head with layers
// of its own has those lowered on top of the part that it shares with all others. It knows nothing of HTTP.
import { AppError } from '../../src/contract/errors.ts';
import type { HeadMetadata } from '../../src/contract/head.ts';
import type { Digest, ModelName } from '../../src/contract/ids.ts';
import type { ModelManifest, Preprocessing } from '../../src/contract/manifest.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import { joinRows } from '../../src/head/examples.ts';
import { type Codecs, decodeInput } from '../../src/image/decode.ts';
import type { Lowering } from '../../src/trunk/lowering.ts';
import { readModel, type TrunkModel } from '../../src/trunk/model-files.ts';
import { overlayWeights, splitAt, type WeightOverlay } from '../../src/trunk/overlay.ts';
import type { Catalog } from '../catalog.ts';
import { lowerTrunk } from './engine.ts';
import { createLru } from './lru.ts';
import { createShared, createTurns, type Sharing } from './sharing.ts';
import type { Timings } from './timings.ts';

/**
 * Most bytes of weights in the lowerings that are kept. Each has its activations besides, a few MiB (at most 6 at 256 px);
 * an isolate may have 128 MB in all.
 */
const MAX_LOWERED_BYTES = 20 * 1024 * 1024;

/** Stands before the revision in the key of what is a head's own; no name of a layer or model is cut off by it. */
const OWN = '\n';

/** How a head wants its features made. */
export interface FeatureRecipe extends Pick<HeadMetadata, 'cut' | 'pooling' | 'preprocessing'> {
  /** Weights of the trunk that the head replaces, and the revision that they are of; null: the trunk as it is. */
  readonly replaced: { readonly revision: Digest; readonly overlay: WeightOverlay } | null;
}

/** What features are made of, one image or a batch of them. */
export type TrunkInput =
  /** Encoded images. */
  | { readonly kind: 'encoded'; readonly images: readonly Uint8Array[] }
  /** The trunk's own input, [n,size,size,3] in the recipe's size and range. */
  | { readonly kind: 'tensor'; readonly images: NdArray };

export interface Trunks {
  /**
   * Features of images. Each one's are the same, to the bit, alone and in any batch. Between the images of a
   * batch other requests have their turn.
   * @returns [n,d]
   * @throws AppError `image_unsupported`, `image_too_large`, `image_invalid`, naming the index of the image where there
   *   are several; `shape_mismatch`, `storage_failed`
   */
  features(
    manifest: ModelManifest,
    recipe: FeatureRecipe,
    input: TrunkInput,
    timings: Timings,
  ): Promise<NdArray>;
  /** The trunk as data. @throws AppError `storage_failed` */
  model(manifest: ModelManifest): Promise<TrunkModel>;
  /**
   * What is ready to run: `<model>/<cut>`, shared by all heads, and `<model>/<from>..<cut>` of a head's own layers, after
   * a cut or from the image on. Which head's it does not say, since anyone may ask.
   */
  readonly loaded: readonly string[];
}

/** Trunks of a catalog, on our own engine. */
export function createTrunks(
  catalog: Catalog,
  codecs: Codecs,
  { maxLoweredBytes = MAX_LOWERED_BYTES, ...sharing }: Sharing & { readonly maxLoweredBytes?: number } = {},
): Trunks {
  const models = new Map<ModelName, () => Promise<TrunkModel>>();
  const modelOf = ({ name }: ModelManifest) => {
    const known = models.get(name);
    if (known !== undefined) return known();
    const load = createShared(() => loadTrunk(catalog, name), sharing);
    models.set(name, load);
    return load();
  };
  const lowerings = createLru<string, Lowering>({
    capacity: maxLoweredBytes,
    sizeOf: ({ weightBytes }) => weightBytes,
    drop: (lowering) => lowering.dispose(),
  });
  const lowered = (key: string, lower: () => Lowering) => {
    const known = lowerings.get(key);
    if (known !== undefined) return known;
    const lowering = lower();
    lowerings.set(key, lowering);
    return lowering;
  };
  /** Runs what all heads share, and then what is the head's own. The second may drop the first, which has run by then. */
  const featuresOf = async (
    { name }: ModelManifest,
    model: TrunkModel,
    { cut, pooling, replaced, from }: FeatureRecipe & { readonly from: string | null },
    image: NdArray,
  ): Promise<NdArray> => {
    const shared = (to: string) => lowered(`${name}/${to}`, () => lowerTrunk(model, { cut: to }));
    if (replaced === null || from === cut) return shared(cut).features(image, pooling);
    const activation = from === null ? image : await shared(from).run(image);
    const { overlay, revision } = replaced;
    return lowered(`${name}/${from ?? ''}..${cut}${OWN}${revision}`, () =>
      lowerTrunk(overlayWeights(model, overlay), { cut, from }),
    ).features(activation, pooling);
  };
  // One at a time: a decoded photo is tens of megabytes, and a lowering must not be dropped while it runs.
  const takeTurn = createTurns(sharing);

  async function decodeAt(images: readonly Uint8Array[], i: number, input: Preprocessing) {
    try {
      // In one go: of a large photo only what the input needs is ever in memory.
      return await decodeInput(images[i] ?? new Uint8Array(), codecs, input);
    } catch (cause) {
      throw images.length > 1 ? atIndex(cause, i) : cause;
    }
  }

  return {
    async features(manifest, recipe, input, timings) {
      const { cut, preprocessing, replaced } = recipe;
      const n = input.kind === 'encoded' ? input.images.length : (input.images.shape[0] ?? 0);
      const { size } = preprocessing;
      const pixels = size * size * 3;
      if (input.kind === 'tensor') checkTensor(input.images, size);
      const model = await timings.measure('load', () => modelOf(manifest));
      const from = replaced === null ? cut : splitAt(model.graph, replaced.overlay, cut);
      const rows: Float32Array[] = [];
      // One after another: on one thread several together are no faster, and other requests have their turn in between.
      for (let i = 0; i < n; i++) {
        const row = await takeTurn(async () => {
          const data =
            input.kind === 'tensor'
              ? input.images.data.subarray(i * pixels, (i + 1) * pixels)
              : await timings.measure('decode', () => decodeAt(input.images, i, preprocessing));
          const image = { data, shape: [1, size, size, 3] };
          return timings.measure('trunk', () => featuresOf(manifest, model, { ...recipe, from }, image));
        });
        rows.push(row.data);
      }
      return { data: joinRows(rows), shape: [n, rows[0]?.length ?? 0] };
    },
    model: modelOf,
    get loaded() {
      return lowerings.keys.map((key) => key.split(OWN)[0] ?? '');
    },
  };
}

function checkTensor({ data, shape }: NdArray, size: number): void {
  const [n = 0, ...image] = shape;
  if (n < 1 || `${image}` !== `${[size, size, 3]}` || data.length !== n * size * size * 3)
    throw new AppError('shape_mismatch', {
      detail: `The images must have the shape [n,${size},${size},3] and not [${shape}].`,
    });
}

/** Says which image of a batch is meant. */
function atIndex(cause: unknown, index: number): unknown {
  if (!(cause instanceof AppError)) return cause;
  return new AppError(cause.code, { detail: `Image ${index} of the batch: ${cause.detail}`, cause });
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
