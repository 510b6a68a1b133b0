// What a trunk's folder says of itself: models/<name>/manifest.json.
import * as v from 'valibot';
import { Digest, ModelName } from './ids.ts';

const count = v.pipe(v.number(), v.integer(), v.minValue(1));
const finite = v.pipe(v.number(), v.finite());

/** How a layer's activation [n,h,w,c] becomes a feature vector: means over the whole map, or over its four quarters. */
export const Pooling = v.picklist(['1x1', '2x2']);
export type Pooling = v.InferOutput<typeof Pooling>;

/** How pixels become the trunk's input [n,size,size,3]. */
export const Preprocessing = v.object({
  /** Side of the square input, px. */
  size: v.pipe(count, v.minValue(32), v.maxValue(512)),
  /** Values that a black and a full channel take, for example [0, 1] or [-1, 1]. */
  range: v.tuple([finite, finite]),
});
export type Preprocessing = v.InferOutput<typeof Preprocessing>;

/** A place where the trunk can end: every path of the graph goes through this layer. */
export const Cut = v.object({
  layer: v.string(),
  /** Height, width, channels of the activation at the trunk's native input size. */
  shape: v.tuple([count, count, count]),
  /** Channels: the feature dimension at 1x1 pooling. */
  dim: count,
  /** Multiply-accumulates of one image up to here, at the native input size. */
  macs: v.pipe(v.number(), v.integer(), v.minValue(0)),
});
export type Cut = v.InferOutput<typeof Cut>;

/** A BatchNormalization layer as the model file describes it. */
export const BatchNormLayer = v.object({
  layer: v.string(),
  channels: count,
  epsilon: v.pipe(finite, v.minValue(0)),
  momentum: finite,
  scale: v.boolean(),
  center: v.boolean(),
  /** The flag that the model's author stored. */
  trainable: v.boolean(),
});
export type BatchNormLayer = v.InferOutput<typeof BatchNormLayer>;

export const ModelManifest = v.object({
  schema: v.literal('topwork.trunk/1'),
  name: ModelName,
  /** SHA-256 of model.json, which names every shard by its own SHA-256: it stands for topology and weights. */
  digest: Digest,
  /** SHA-256 of the weight bytes, shards in order. */
  weights: Digest,
  /** Digest of the stored BatchNorm statistics (`digestStatistics`). */
  statistics: Digest,
  /** Native input side, px, and value range. */
  input: Preprocessing,
  /** What a new head uses unless it says otherwise; chosen by measurement. */
  defaults: v.object({ cut: v.string(), pooling: Pooling, size: Preprocessing.entries.size }),
  cuts: v.array(Cut),
  batchNorm: v.array(BatchNormLayer),
  parameters: v.pipe(v.number(), v.integer(), v.minValue(0)),
  files: v.array(v.object({ path: v.string(), bytes: v.pipe(v.number(), v.integer()), sha256: Digest })),
  licence: v.string(),
  source: v.string(),
});
export type ModelManifest = v.InferOutput<typeof ModelManifest>;
