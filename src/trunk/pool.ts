// An activation -> feature vectors. Plain arithmetic in doubles, so that every engine's features are pooled alike: our own
// pools in its memory, to the same bits (engine/features.ts).
import { AppError } from '../contract/errors.ts';
import type { Pooling } from '../contract/manifest.ts';
import type { NdArray } from '../contract/nd-array.ts';

/** Features per channel: 1 for 1x1, 4 for 2x2. */
export function poolingFactor(pooling: Pooling): number {
  return pooling === '1x1' ? 1 : 4;
}

/** A part of a map of cells; bottom and right are beyond it. */
export interface Region {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
}

/** The regions that a map [h,w] is averaged over, in the order of the features. */
export function pooledRegions(h: number, w: number, pooling: Pooling): readonly Region[] {
  const cells = pooling === '1x1' ? 1 : 2;
  return Array.from({ length: cells * cells }, (_, cell) => {
    const [top, bottom] = span(h, cells, Math.floor(cell / cells));
    const [left, right] = span(w, cells, cell % cells);
    return { top, bottom, left, right };
  });
}

/**
 * Means over the map's cells. With 2x2 the map is split at floor and ceiling of its middle, so that the quarters of an
 * odd side overlap by one row or column, as adaptive average pooling does; features go row by row, channels last.
 * @param activation [n,h,w,c]
 * @returns [n, c] or [n, 4c]
 * @throws AppError `shape_mismatch`
 */
export function poolFeatures(activation: NdArray, pooling: Pooling): NdArray {
  const [n = 0, h = 0, w = 0, c = 0] = activation.shape;
  if (activation.shape.length !== 4 || h < 1 || w < 1 || activation.data.length !== n * h * w * c)
    throw noMap(activation.shape);
  const regions = pooledRegions(h, w, pooling);
  const dim = regions.length * c;
  const features = new Float32Array(n * dim);
  const sums = new Float64Array(c);
  for (let i = 0; i < n; i++)
    for (const [cell, { top, bottom, left, right }] of regions.entries()) {
      sums.fill(0);
      for (let y = top; y < bottom; y++)
        for (let x = left; x < right; x++) {
          const at = ((i * h + y) * w + x) * c;
          for (let k = 0; k < c; k++) sums[k] = (sums[k] ?? 0) + (activation.data[at + k] ?? 0);
        }
      const area = (bottom - top) * (right - left);
      for (let k = 0; k < c; k++) features[i * dim + cell * c + k] = (sums[k] ?? 0) / area;
    }
  return { data: features, shape: [n, dim] };
}

/** @param shape of what was given, or of one sample of it */
export function noMap(shape: readonly number[]): AppError {
  return new AppError('shape_mismatch', {
    detail: `Only a map of cells, [n,h,w,c], has features, and no activation of the shape [${shape.join(', ')}].`,
  });
}

function span(size: number, cells: number, cell: number): readonly [from: number, to: number] {
  return [Math.floor((cell * size) / cells), Math.ceil(((cell + 1) * size) / cells)];
}
