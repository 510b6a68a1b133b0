// What a head artifact says of itself in its safetensors `__metadata__`.
import * as v from 'valibot';
import { Digest, ModelName } from './ids.ts';
import { MAX_HEAD_CLASSES, MAX_LABEL_LENGTH } from './limits.ts';
import { Pooling, Preprocessing } from './manifest.ts';

const finite = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const share = v.pipe(finite, v.minValue(0), v.maxValue(1));

export const Label = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(MAX_LABEL_LENGTH));

/** Honest figures of a training: every prediction in it was made without the example (or burst) it is about. */
export const TrainingReport = v.object({
  /** Examples per class, in the order of the labels. */
  examples: v.array(count),
  /** How the held-out predictions were made. */
  heldOut: v.picklist(['example', 'burst', 'split', 'none']),
  /** Share of held-out predictions that were right, and its 95 per cent Wilson interval; null where nothing was held out. */
  accuracy: v.nullable(v.object({ value: share, low: share, high: share, n: count })),
  /** Ridge penalty per example and feature, or null for a head trained by gradient descent. */
  lambda: v.nullable(finite),
});
export type TrainingReport = v.InferOutput<typeof TrainingReport>;

/** How logits become probabilities and when an image is unlike everything seen. */
export const Calibration = v.object({
  /** probabilities = softmax(logits / temperature) */
  temperature: v.pipe(finite, v.gtValue(0)),
  /** An image whose rejection score is above the threshold is unlike everything seen; null: never said. */
  rejectAbove: v.nullable(finite),
});
export type Calibration = v.InferOutput<typeof Calibration>;

/** What fine-tuning did to the trunk, and that it did nothing else. */
export const Tuning = v.object({
  /** The cut after which layers were trained; null: from the image on. */
  from: v.nullable(v.string()),
  /** Keras's two flags of the BatchNorm layers after it, in training. */
  batchNorm: v.object({ trainable: v.boolean(), training: v.boolean() }),
  /** Digests of the weights and statistics that were frozen, equal before and after; the layers whose statistics moved. */
  proof: v.object({ frozenWeights: Digest, frozenStatistics: Digest, moved: v.array(v.string()) }),
});
export type Tuning = v.InferOutput<typeof Tuning>;

/** How the statistics below the cut were estimated anew: statistics = (1 - alpha) stored + alpha observed. */
export const Adapted = v.object({ images: v.pipe(count, v.minValue(1)), alpha: share });
export type Adapted = v.InferOutput<typeof Adapted>;

export const HeadMetadata = v.object({
  /** Version 2 has weights of its own for the trunk. */
  schema: v.picklist(['topwork.head/1', 'topwork.head/2']),
  kind: v.picklist(['ridge', 'softmax']),
  labels: v.pipe(
    v.array(Label),
    v.minLength(1),
    v.maxLength(MAX_HEAD_CLASSES),
    v.check((labels) => new Set(labels).size === labels.length, 'labels must differ'),
  ),
  model: ModelName,
  /** Digest of the trunk whose features the head reads: any other is refused. */
  trunk: Digest,
  /** Digest of all BatchNorm statistics of the trunk that those features were made with: the head's own, where it has some. */
  statistics: Digest,
  cut: v.string(),
  pooling: Pooling,
  preprocessing: Preprocessing,
  /** `stored`: BatchNorm below and above the cut ran in inference mode. */
  batchNorm: v.literal('stored'),
  calibration: Calibration,
  report: TrainingReport,
  /** Of version 2 alone, as is `adaptation`. */
  tuning: v.optional(Tuning),
  adaptation: v.optional(Adapted),
});
export type HeadMetadata = v.InferOutput<typeof HeadMetadata>;
