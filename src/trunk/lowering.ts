// What a trunk looks like to everyone who only wants features: the interface that each engine implements.
import type { Pooling } from '../contract/manifest.ts';
import type { NdArray } from '../contract/nd-array.ts';
import type { TrunkModel } from './model-files.ts';

/** A trunk made ready to run up to one cut on one engine; owns its weights until disposed. */
export interface Lowering {
  /** Layer whose activation `run` gives. */
  readonly cut: string;
  /**
   * Runs a batch. A sample's numbers do not depend on its batch-mates: BatchNorm uses stored statistics.
   * @param images [n,h,w,3] in the trunk's value range
   * @returns activation at the cut, [n,h',w',c]
   * @throws AppError `shape_mismatch`
   */
  run(images: NdArray): Promise<NdArray>;
  /**
   * As `run`, and the activation, a map, pooled: the same bits as `poolFeatures`, with nothing more than them to copy.
   * @returns [n, c] or [n, 4c]
   * @throws AppError `shape_mismatch`
   */
  features(images: NdArray, pooling: Pooling): Promise<NdArray>;
  /** Bytes of weights that it holds. */
  readonly weightBytes: number;
  /** Frees the weights; the lowering must not be used afterwards. */
  dispose(): void;
}

/** Makes a trunk, or the part of it after the cut `from`, ready to run up to `cut` on the engine of a platform. */
export type LowerTrunk<L extends Lowering = Lowering> = (
  model: TrunkModel,
  part: { readonly cut: string; readonly from?: string | null },
) => L;
