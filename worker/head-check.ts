// Whether a head fits a trunk that is served here. Pure.

import type { HeadFile } from '../src/artifact/head-file.ts';
import { AppError } from '../src/contract/errors.ts';
import type { ModelManifest } from '../src/contract/manifest.ts';
import { poolingFactor } from '../src/trunk/pool.ts';

/** Largest input side that a head may ask for here, px: an engine's memory grows with its square and never shrinks. */
export const MAX_EDGE_INPUT_SIZE = 256;

/**
 * Whether a head's own weights of the trunk fit it too is for `checkOverlay`, which needs the trunk: when the head is
 * put. Its digest, which is compared here each time, says that it is still the same.
 * @param manifest of the model that the head names, undefined where it is not served
 * @throws AppError `trunk_mismatch` when the head was trained on another trunk or other statistics, `head_invalid`
 *   when it reads a layer, or a number of features, that this trunk does not have
 */
export function checkHeadFits(
  { head, metadata, overlay }: HeadFile,
  manifest: ModelManifest | undefined,
): asserts manifest is ModelManifest {
  if (manifest === undefined)
    throw new AppError('trunk_mismatch', {
      detail: `The head was trained on the model "${metadata.model}", which is not served here. Train it again.`,
    });
  const otherStatistics = overlay.size === 0 && metadata.statistics !== manifest.statistics;
  if (metadata.trunk !== manifest.digest || otherStatistics)
    throw new AppError('trunk_mismatch', {
      detail: `The head was trained on another ${
        metadata.trunk === manifest.digest ? 'set of BatchNorm statistics' : 'version'
      } of "${manifest.name}" than the one served here. Train it again.`,
    });
  const cut = manifest.cuts.find(({ layer }) => layer === metadata.cut);
  if (cut === undefined) throw invalid(`"${metadata.cut}" is not a layer at which this trunk can be cut.`);
  const dim = cut.dim * poolingFactor(metadata.pooling);
  const given = head.standardize.mean.length;
  if (given !== dim) throw invalid(`It reads ${given} features; "${cut.layer}" gives ${dim} of them.`);
  if (metadata.preprocessing.size > MAX_EDGE_INPUT_SIZE)
    throw invalid(
      `It wants images of ${metadata.preprocessing.size} px; here ${MAX_EDGE_INPUT_SIZE} is the most.`,
    );
}

function invalid(detail: string): AppError {
  return new AppError('head_invalid', { detail });
}
