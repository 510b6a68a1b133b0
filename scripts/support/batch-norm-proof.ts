// The question that the project grew out of, answered on the real trunk: the same images with different batch-mates,
// under the three settings of `trainable` and `training` that matter.
import * as tf from '@tensorflow/tfjs-core';
import type { Pooling } from '../../src/contract/manifest.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import { digestStatistics } from '../../src/trunk/batch-norm.ts';
import type { TrunkModel } from '../../src/trunk/model-files.ts';
import { poolFeatures } from '../../src/trunk/pool.ts';
import { lowerTrain } from '../../src/trunk/train.ts';

const BATCH = 8;

/** What happens to an image's features when only its batch-mates change. */
export interface BatchNormFinding {
  readonly trainable: boolean;
  readonly training: boolean;
  /** Feature values compared, and how many of them differ in any bit. */
  readonly values: number;
  readonly changed: number;
  /** Relative L2 distance between the features with the one set of mates and the other. */
  readonly drift: number;
  /** Images, and how many of them the head decides differently. */
  readonly images: number;
  readonly flipped: number;
  /** BatchNorm layers whose moving statistics moved, of all up to the cut. */
  readonly moved: number;
  readonly layers: number;
  /** Whether the digest of all moving statistics is what it was. */
  readonly statisticsKept: boolean;
}

/**
 * Bundles each image once with its neighbours and once with others, in batches of eight.
 * @param images [n,size,size,3], n a multiple of 16
 * @param decide class per row of features [n,d]
 */
export async function batchNormFindings(
  model: TrunkModel,
  { cut, pooling }: { readonly cut: string; readonly pooling: Pooling },
  images: NdArray,
  decide: (features: NdArray) => readonly number[],
): Promise<readonly BatchNormFinding[]> {
  const n = images.shape[0] ?? 0;
  const one = Array.from({ length: n }, (_, i) => i);
  // Every image meets seven others that it did not meet before: i goes to batch i mod (n / 8).
  const other = one.toSorted((a, b) => (a % (n / BATCH)) - (b % (n / BATCH)) || a - b);
  const findings: BatchNormFinding[] = [];
  for (const flags of [
    { trainable: true, training: false },
    { trainable: false, training: true },
    { trainable: true, training: true },
  ]) {
    const top = lowerTrain(model, { from: null, to: cut, trainable: flags.trainable });
    try {
      const before = top.statistics();
      const features = [one, other].map((order) =>
        featuresIn(order, images, pooling, (x) => top.call(x, flags)),
      );
      const after = top.statistics();
      const [first, second] = features;
      if (first === undefined || second === undefined) continue;
      const decisions = [decide(first), decide(second)];
      findings.push({
        ...flags,
        values: first.data.length,
        changed: first.data.reduce((sum, value, i) => sum + (Object.is(value, second.data[i]) ? 0 : 1), 0),
        drift: relativeL2(first.data, second.data),
        images: n,
        flipped: one.filter((i) => decisions[0]?.[i] !== decisions[1]?.[i]).length,
        moved: before.filter(({ mean, variance }, i) => {
          const now = after[i];
          return now === undefined || differs(mean, now.mean) || differs(variance, now.variance);
        }).length,
        layers: before.length,
        statisticsKept: (await digestStatistics(before)) === (await digestStatistics(after)),
      });
    } finally {
      top.dispose();
    }
  }
  return findings;
}

/** Features of all images, run in batches of eight in the given order, put back in the order of the images. */
function featuresIn(
  order: readonly number[],
  images: NdArray,
  pooling: Pooling,
  call: (x: tf.Tensor4D) => tf.Tensor,
): NdArray {
  const [, h = 0, w = 0, c = 0] = images.shape;
  const stride = h * w * c;
  let result = new Float32Array();
  let dim = 0;
  for (let at = 0; at < order.length; at += BATCH) {
    const members = order.slice(at, at + BATCH);
    const batch = new Float32Array(members.length * stride);
    members.forEach((i, row) => {
      batch.set(images.data.subarray(i * stride, (i + 1) * stride), row * stride);
    });
    const x = tf.tensor4d(batch, [members.length, h, w, c]); // [b,h,w,3]
    const y = call(x); // [b,h',w',c']
    const pooled = poolFeatures({ data: Float32Array.from(y.dataSync()), shape: y.shape }, pooling);
    tf.dispose([x, y]);
    dim = pooled.shape[1] ?? 0;
    if (at === 0) result = new Float32Array(order.length * dim);
    members.forEach((i, row) => {
      result.set(pooled.data.subarray(row * dim, (row + 1) * dim), i * dim);
    });
  }
  return { data: result, shape: [order.length, dim] };
}

function relativeL2(a: Float32Array, b: Float32Array): number {
  const difference = a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0);
  return Math.sqrt(difference / a.reduce((sum, value) => sum + value ** 2, 0));
}

function differs(a: Float32Array, b: Float32Array): boolean {
  return a.some((value, i) => !Object.is(value, b[i]));
}
