// Weights of a trunk changed as training changes them, for tests of heads that bring their own. Runs on every platform.
import { fromHalf, toHalf } from '../../src/contract/half.ts';
import { digestStatistics, readStatistics } from '../../src/trunk/batch-norm.ts';
import type { TrunkModel } from '../../src/trunk/model-files.ts';
import { overlayWeights, type WeightOverlay } from '../../src/trunk/overlay.ts';

/** Weights changed by up to a tenth, kernels rounded to halves; another seed, another change. */
export function changedWeights(model: TrunkModel, names: readonly string[], seed = 0): WeightOverlay {
  return new Map(
    names.map((name) => {
      const { data, shape } = model.weights.get(name);
      const values = data.map((value, i) => value * (1 + 0.1 * Math.sin(i + seed)));
      return [name, { data: shape.length > 1 ? fromHalf(toHalf(values)) : values, shape }];
    }),
  );
}

/** Digest of all statistics of the trunk with the overlay: what a head says of itself. */
export function statisticsWith(model: TrunkModel, overlay: WeightOverlay) {
  return digestStatistics(readStatistics(overlayWeights(model, overlay)));
}
