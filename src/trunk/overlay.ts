// A trunk with some of its weights replaced: a fine-tuned top, or adapted statistics. The trunk itself is not touched,
// and what is not replaced is shared. No tensors.
import { AppError } from '../contract/errors.ts';
import type { NdArray } from '../contract/nd-array.ts';
import { digestStatistics, isBatchNorm, readStatistics, type Statistics } from './batch-norm.ts';
import { cutPoints } from './cuts.ts';
import { type Graph, truncate } from './graph.ts';
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
    weights: {
      names: weights.names,
      get: (name) => overlay.get(name) ?? weights.get(name),
      spec(name) {
        const replaced = overlay.get(name);
        return replaced === undefined
          ? weights.spec(name)
          : { name, shape: [...replaced.shape], dtype: 'float32' };
      },
      stored(name) {
        const { buffer, byteOffset, byteLength } = overlay.get(name)?.data ?? weights.stored(name);
        return new Uint8Array(buffer, byteOffset, byteLength);
      },
    },
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

/**
 * Up to which layer the overlay leaves everything up to `cut` as it is, so that this part can be shared by all:
 * run the plain trunk up to there, then `lowerInfer(overlayWeights(model, overlay), { cut, from })`.
 * @param cut a cut of the trunk
 * @returns the last cut before the first change; `cut` itself where nothing changes; null where the change begins
 *   before the first cut
 */
export function splitAt(graph: Graph, overlay: WeightOverlay, cut: string): string | null {
  const { nodes } = truncate(graph, cut);
  const first = nodes.findIndex(({ weights }) => Object.values(weights).some((name) => overlay.has(name)));
  if (first === -1) return cut;
  const unchanged = new Set(nodes.slice(0, first).map(({ name }) => name));
  const cuts = cutPoints(truncate(graph, cut)).filter(({ layer }) => unchanged.has(layer));
  return cuts.at(-1)?.layer ?? null;
}

/**
 * Checks that a head's overlay fits the trunk: weights that the features depend on, of their shapes, with which
 * BatchNorm has the statistics that the head was trained with.
 * @param options.statistics digest of all statistics of the trunk, the overlay's among them
 * @throws AppError `head_invalid`; `trunk_mismatch` for other statistics
 */
export async function checkOverlay(
  model: TrunkModel,
  overlay: WeightOverlay,
  { cut, statistics }: { readonly cut: string; readonly statistics: string },
): Promise<void> {
  const { nodes } = truncate(model.graph, cut);
  const used = new Set(nodes.flatMap(({ weights }) => Object.values(weights)));
  for (const [name, { shape }] of overlay) {
    if (!used.has(name))
      throw invalid(`replaces "${name.slice(0, 100)}", which is no weight of the trunk up to "${cut}"`);
    const expected = model.weights.spec(name).shape;
    if (`${expected}` !== `${shape}`)
      throw invalid(`replaces "${name}", whose shape is [${expected}], by [${shape.slice(0, 8)}]`);
  }
  const overlaid = overlayWeights(model, overlay);
  for (const { layer, op, weights } of nodes.filter(isBatchNorm)) {
    const variance = overlay.get(weights.movingVariance ?? '')?.data;
    if (variance?.some((value) => !(value >= 0 && value + op.epsilon > 0)))
      throw invalid(`has a variance of "${layer}" that cannot be divided by`);
  }
  if ((await digestStatistics(readStatistics(overlaid))) !== statistics)
    throw new AppError('trunk_mismatch', {
      detail: 'The head was trained with other BatchNorm statistics than its file makes. Train it again.',
    });
}

function invalid(what: string): AppError {
  return new AppError('head_invalid', { detail: `The head ${what}. Train it again.` });
}
