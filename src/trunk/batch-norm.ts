// BatchNorm by Keras's rules: which statistics normalise, what moves, what learns; and the stored statistics as a
// thing of their own, to be read, digested and replaced. Plain arithmetic; the tensors are in train.ts and infer.ts.
import { digestArrays } from '../contract/digest.ts';
import type { Digest } from '../contract/ids.ts';
import type { BatchNormLayer } from '../contract/manifest.ts';
import type { Node, Op } from './graph.ts';
import type { TrunkModel } from './model-files.ts';
import type { Weights } from './weights.ts';

/** What one BatchNormalization layer does in one call. */
export interface BatchNormMode {
  /** `batch`: mean and variance of this batch; `stored`: the moving ones. */
  readonly normalizeBy: 'batch' | 'stored';
  /** Whether moving mean and variance take a step towards the batch's. */
  readonly movesStatistics: boolean;
  /** Whether gamma and beta get gradients. */
  readonly learns: boolean;
}

/**
 * Keras's table of the two flags. `trainable` says whether gradient descent updates gamma and beta; `training` says
 * whether the call uses and updates batch statistics. They are independent but for one rule, which is BatchNorm's
 * alone: a layer that is not trainable runs in inference mode, whatever `training` says.
 *
 * | trainable | training | normalised by | statistics move | gamma, beta learn |
 * |---|---|---|---|---|
 * | yes | yes | batch | yes | yes |
 * | yes | no | stored | no | yes |
 * | no | yes | stored | no | no |
 * | no | no | stored | no | no |
 *
 * @see https://keras.io/api/layers/normalization_layers/batch_normalization/ "About setting layer.trainable = False"
 */
export function batchNormMode(flags: {
  readonly trainable: boolean;
  readonly training: boolean;
}): BatchNormMode {
  const byBatch = flags.trainable && flags.training;
  return { normalizeBy: byBatch ? 'batch' : 'stored', movesStatistics: byBatch, learns: flags.trainable };
}

/** Stored statistics of one BatchNormalization layer. */
export interface Statistics {
  readonly layer: string;
  /** [c] */
  readonly mean: Float32Array;
  /** [c], biased (divided by the count), as Keras 3 keeps it */
  readonly variance: Float32Array;
  readonly epsilon: number;
  readonly momentum: number;
}

/** A BatchNormalization node. */
export type BatchNormNode = Node & { readonly op: Extract<Op, { kind: 'batchNorm' }> };

export function isBatchNorm(node: Node): node is BatchNormNode {
  return node.op.kind === 'batchNorm';
}

/** The layers as the manifest describes them. */
export function describeBatchNorm({ graph, weights }: TrunkModel): readonly BatchNormLayer[] {
  return graph.nodes.filter(isBatchNorm).map(({ layer, op, trainable, weights: names }) => ({
    layer,
    channels: weights.spec(names.movingMean ?? '').shape[0] ?? 0,
    epsilon: op.epsilon,
    momentum: op.momentum,
    scale: op.scale,
    center: op.center,
    trainable,
  }));
}

/** The statistics that the model's file stores, in the order of execution. */
export function readStatistics({ graph, weights }: TrunkModel): readonly Statistics[] {
  return graph.nodes.filter(isBatchNorm).map(({ layer, op, weights: names }) => ({
    layer,
    mean: weights.get(names.movingMean ?? '').data,
    variance: weights.get(names.movingVariance ?? '').data,
    epsilon: op.epsilon,
    momentum: op.momentum,
  }));
}

/**
 * Names a set of statistics by content: mean and variance of every layer, whatever their order. Epsilon and momentum
 * belong to the topology and are not part of it.
 */
export async function digestStatistics(statistics: readonly Statistics[]): Promise<Digest> {
  return digestArrays(
    statistics.flatMap(({ layer, mean, variance }) => [
      [`${layer}/moving_mean`, mean] as const,
      [`${layer}/moving_variance`, variance] as const,
    ]),
  );
}

/** y = x * scale + shift, per channel: BatchNorm in inference mode. */
export interface Affine {
  readonly scale: Float64Array;
  readonly shift: Float64Array;
}

/**
 * BatchNorm in inference mode as one affine map: scale = gamma / sqrt(variance + epsilon),
 * shift = beta - mean * scale. In doubles; negative and zero gamma and zero variance are legal.
 */
export function affineOf({ op, weights: names }: BatchNormNode, weights: Weights): Affine {
  const read = (name: string | undefined) => (name === undefined ? undefined : weights.get(name).data);
  const gamma = read(names.gamma);
  const beta = read(names.beta);
  const mean = weights.get(names.movingMean ?? '').data;
  const variance = weights.get(names.movingVariance ?? '').data;
  const scale = new Float64Array(mean.length);
  const shift = new Float64Array(mean.length);
  // A plain loop: Float64Array.from with a function takes ten times as long.
  for (let c = 0; c < mean.length; c++) {
    const factor = (gamma?.[c] ?? 1) / Math.sqrt((variance[c] ?? 0) + op.epsilon);
    scale[c] = factor;
    shift[c] = (beta?.[c] ?? 0) - (mean[c] ?? 0) * factor;
  }
  return { scale, shift };
}
