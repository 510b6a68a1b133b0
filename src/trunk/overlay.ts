// A trunk with some of its weights replaced: a fine-tuned top, or adapted statistics. The trunk itself is not touched,
// and what is not replaced is shared.
import { AppError } from '../contract/errors.ts';
import type { NdArray } from '../contract/nd-array.ts';
import { isBatchNorm, type Statistics } from './batch-norm.ts';
import type { TrunkModel } from './model-files.ts';

/** Weights by their name in the model file. */
export type WeightOverlay = ReadonlyMap<string, NdArray>;

/**
 * The same trunk, but for the weights in `overlay`.
 * @throws AppError `model_weight_missing` for a weight that the trunk does not have, `shape_mismatch` for another shape
 */
export function overlayWeights(model: TrunkModel, overlay: WeightOverlay): TrunkModel {
  for (const [name, { shape }] of overlay) {
    const expected = model.weights.spec(name).shape;
    if (`${expected}` !== `${shape}`)
      throw new AppError('shape_mismatch', {
        detail: `The weight "${name}" has the shape [${expected}] and cannot be replaced by [${shape}].`,
      });
  }
  const { weights } = model;
  return {
    graph: model.graph,
    weights: { ...weights, get: (name) => overlay.get(name) ?? weights.get(name) },
  };
}

/**
 * Statistics as an overlay.
 * @throws AppError `not_found` for a layer that is no BatchNormalization of the trunk
 */
export function overlayOfStatistics({ graph }: TrunkModel, statistics: readonly Statistics[]): WeightOverlay {
  const layers = new Map(graph.nodes.filter(isBatchNorm).map((node) => [node.layer, node]));
  return new Map(
    statistics.flatMap(({ layer, mean, variance }) => {
      const { movingMean, movingVariance } = layers.get(layer)?.weights ?? {};
      if (movingMean === undefined || movingVariance === undefined)
        throw new AppError('not_found', { detail: `The trunk has no BatchNormalization "${layer}".` });
      return [
        [movingMean, { data: mean, shape: [mean.length] }],
        [movingVariance, { data: variance, shape: [variance.length] }],
      ] as const;
    }),
  );
}
