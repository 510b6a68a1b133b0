// A trunk in this Web Worker: its frozen layers up to any cut, made ready once and shared, and the layers that a head
// brings of its own.
import { decodeHead } from '../../src/artifact/head-file.ts';
import { AppError } from '../../src/contract/errors.ts';
import type { HeadMetadata } from '../../src/contract/head.ts';
import type { ModelManifest, Pooling } from '../../src/contract/manifest.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import type { Head } from '../../src/head/head.ts';
import type { Lowering, LowerTrunk } from '../../src/trunk/lowering.ts';
import { readModel, type TrunkModel } from '../../src/trunk/model-files.ts';
import { checkOverlay, overlayWeights, splitAt, type WeightOverlay } from '../../src/trunk/overlay.ts';
import type { ClassId } from '../storage/schema.ts';
import type { TrunkFiles } from './protocol.ts';
import type { GivenHead } from './trainer.ts';

/** A head as it answers here. */
export interface LoadedHead {
  readonly head: Head;
  readonly metadata: HeadMetadata;
  readonly overlay: WeightOverlay;
  readonly classes: readonly (ClassId | null)[];
}

/** The trunk up to one cut. */
export interface Runner {
  /** @param images [n,h,w,3] @returns activation at the cut, [n,h',w',c] */
  run(images: NdArray): Promise<NdArray>;
  /** The same, pooled. @returns [n,d] */
  features(images: NdArray, pooling: Pooling): Promise<NdArray>;
  /** Frees what is not shared. */
  dispose(): void;
}

export interface Trunk {
  readonly manifest: ModelManifest;
  readonly model: TrunkModel;
  /** As it is stored, up to a cut; kept, and shared by everyone who asks. */
  upTo(cut: string): Lowering;
  /** Up to a cut with other weights; what lies before the first of them is shared. Caller disposes. */
  withWeights(overlay: WeightOverlay, cut: string): Runner;
  dispose(): void;
}

/**
 * @param lower the engine
 * @throws AppError as `readModel`, when the files are damaged
 */
export async function createTrunk({ manifest, files }: TrunkFiles, lower: LowerTrunk): Promise<Trunk> {
  const file = (path: string) => new Uint8Array(files.get(path) ?? new ArrayBuffer(0));
  const json: unknown = JSON.parse(new TextDecoder().decode(file('model.json')));
  const model = await readModel(json, async (path) => file(path));
  const lowerings = new Map<string, Lowering>();

  function upTo(cut: string): Lowering {
    const lowering = lowerings.get(cut) ?? lower(model, { cut });
    lowerings.set(cut, lowering);
    return lowering;
  }

  return {
    ...{ manifest, model, upTo },
    withWeights(overlay, cut) {
      if (overlay.size === 0) {
        const { run, features } = upTo(cut);
        return { run, features, dispose() {} };
      }
      const from = splitAt(model.graph, overlay, cut);
      const own = lower(overlayWeights(model, overlay), { cut, from });
      const before = async (images: NdArray) => (from === null ? images : upTo(from).run(images));
      return {
        run: async (images) => own.run(await before(images)),
        features: async (images, pooling) => own.features(await before(images), pooling),
        dispose: own.dispose,
      };
    },
    dispose() {
      for (const lowering of lowerings.values()) lowering.dispose();
    },
  };
}

/**
 * A head made ready for this trunk.
 * @throws AppError `head_invalid`, `trunk_mismatch` when it was made for another
 */
export async function loadHead(
  { manifest, model }: Trunk,
  { data, classes }: GivenHead,
): Promise<LoadedHead> {
  const { head, metadata, overlay } = decodeHead(new Uint8Array(data));
  if (metadata.trunk !== manifest.digest)
    throw new AppError('trunk_mismatch', {
      detail: 'The head was trained on another version of the model than the one on this device.',
    });
  await checkOverlay(model, overlay, metadata);
  return { head, metadata, overlay, classes };
}
