// Where in the picture the evidence for a class is: a class activation map of a head on pooled features.
import { AppError } from '../contract/errors.ts';
import type { Pooling } from '../contract/manifest.ts';
import type { NdArray } from '../contract/nd-array.ts';
import { pooledRegions, poolFeatures } from '../trunk/pool.ts';
import { applyDense, checkChain, checkFeatures, type Head, standardizeRow } from './head.ts';

/** One number for each cell of the trunk's activation. */
export interface EvidenceMap {
  readonly height: number;
  readonly width: number;
  /** [height,width], row-major; above 0 speaks for the class, below 0 against it */
  readonly values: Float32Array;
}

/**
 * E[y,x] = Σ_q (h w / |q|) Σ_j V_qj (A[y,x,j] - m_qj) / s_qj, over the regions q that the pooling averages and
 * that hold the cell, with V the slope of the class's logit by the z-scores. Of a linear head V is the kernel's
 * column, and the mean of all cells and the class's bias make its logit. Behind hidden layers V is taken where this
 * image is: units that relu has closed are left out, and the constant is Σ_u b_u times the slope by each open unit.
 * @param activation [1,h,w,c] at the cut that the head was trained on
 * @param classIndex of the head's labels
 * @throws AppError `shape_mismatch` for more than one image or no such class; `features_invalid`, `head_invalid` as
 * `applyHead`
 * @see Zhou et al., Learning deep features for discriminative localization (2016), arXiv 1512.04150
 */
export function evidenceMap(
  head: Head,
  activation: NdArray,
  pooling: Pooling,
  classIndex: number,
): EvidenceMap {
  const [n = 0, height = 0, width = 0, c = 0] = activation.shape;
  if (n !== 1) throw new AppError('shape_mismatch', { detail: `Evidence is of one image, not of ${n}.` });
  if (head.labels[classIndex] === undefined)
    throw new AppError('shape_mismatch', {
      detail: `There is no class ${classIndex} among ${head.labels.length}.`,
    });
  const slope = slopeOf(head, poolFeatures(activation, pooling).data, classIndex);
  const { mean, deviation } = head.standardize;
  const sums = new Float64Array(height * width);
  pooledRegions(height, width, pooling).forEach(({ top, bottom, left, right }, q) => {
    const share = (height * width) / ((bottom - top) * (right - left));
    const weights = new Float64Array(c);
    let constant = 0;
    for (let j = 0; j < c; j++) {
      const weight = (share * (slope[q * c + j] ?? 0)) / (deviation[q * c + j] ?? 1);
      weights[j] = weight;
      constant += weight * (mean[q * c + j] ?? 0);
    }
    for (let y = top; y < bottom; y++)
      for (let x = left; x < right; x++) {
        const cell = y * width + x;
        let sum = -constant;
        for (let j = 0; j < c; j++) sum += (weights[j] ?? 0) * (activation.data[cell * c + j] ?? 0);
        sums[cell] = (sums[cell] ?? 0) + sum;
      }
  });
  return { height, width, values: Float32Array.from(sums) };
}

/** The slope [d] of a class's logit by the z-scores, at these features. */
function slopeOf(head: Head, features: Float32Array, classIndex: number): Float64Array {
  const d = head.standardize.mean.length;
  checkFeatures(features, 1, d);
  checkChain(head);
  const z = new Float64Array(d);
  standardizeRow(head, features, z);
  const outputs: Float64Array[] = [];
  for (const layer of head.layers) outputs.push(applyDense(outputs.at(-1) ?? z, layer));
  let slope = new Float64Array(head.labels.length);
  slope[classIndex] = 1;
  for (const [i, { kernel, activation }] of [...head.layers.entries()].reverse()) {
    const open = slope.map((value, u) => (activation === 'relu' && (outputs[i]?.[u] ?? 0) <= 0 ? 0 : value));
    slope = Float64Array.from({ length: kernel.length / open.length }, (_, j) =>
      open.reduce((sum, value, u) => sum + value * (kernel[j * open.length + u] ?? 0), 0),
    );
  }
  return slope;
}
