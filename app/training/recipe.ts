// Which numbers a feature vector is made of, as one text: features of one space can be compared, of two never.
import type { ModelManifest, Pooling, Preprocessing } from '../../src/contract/manifest.ts';
import type { FeatureSpace } from '../storage/schema.ts';

/** How an image becomes the features of a new head. */
export interface FeatureRecipe {
  readonly cut: string;
  readonly pooling: Pooling;
  readonly preprocessing: Preprocessing;
}

/** What new heads use. */
export function defaultRecipe({ defaults, input }: ModelManifest): FeatureRecipe {
  const { cut, pooling, size } = defaults;
  return { cut, pooling, preprocessing: { size, range: input.range } };
}

/** The space of a recipe on a trunk with these statistics. */
export function featureSpaceOf(
  { digest, statistics }: Pick<ModelManifest, 'digest' | 'statistics'>,
  { cut, pooling, preprocessing: { size, range } }: FeatureRecipe,
): FeatureSpace {
  return [digest, statistics, cut, pooling, size, ...range].join('/') as FeatureSpace;
}
