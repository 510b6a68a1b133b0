// Wire shapes of the project's own HTTP routes.
import * as v from 'valibot';
import { Digest, HeadId, ModelName } from './ids.ts';

const timestamp = v.pipe(v.string(), v.isoTimestamp());

/** One class of an answer; the list is sorted, most likely first. */
export const Prediction = v.object({ label: v.string(), score: v.number() });
export type Prediction = v.InferOutput<typeof Prediction>;
export const Predictions = v.array(Prediction);
export type Predictions = v.InferOutput<typeof Predictions>;

export const PredictQuery = v.object({
  model: v.optional(ModelName),
  head: v.optional(HeadId),
  top_k: v.optional(
    v.pipe(v.string(), v.regex(/^[1-9][0-9]{0,2}$/, 'a whole number from 1 to 999'), v.transform(Number)),
  ),
});
export type PredictQuery = v.InferOutput<typeof PredictQuery>;

/** The JSON body of a prediction, as Hugging Face's image-classification clients send it. */
export const PredictBody = v.object({
  inputs: v.pipe(v.string(), v.minLength(1)),
  parameters: v.optional(v.object({ top_k: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))) })),
});
export type PredictBody = v.InferOutput<typeof PredictBody>;

export const Visibility = v.picklist(['private', 'public']);
export type Visibility = v.InferOutput<typeof Visibility>;

/** A head as the server lists it; `revision` is the SHA-256 of its bytes and the ETag. */
export const HeadSummary = v.object({
  id: HeadId,
  title: v.string(),
  model: ModelName,
  trunk: Digest,
  revision: Digest,
  labels: v.array(v.string()),
  bytes: v.number(),
  visibility: Visibility,
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type HeadSummary = v.InferOutput<typeof HeadSummary>;

export const HeadPatch = v.object({
  title: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100))),
  visibility: v.optional(Visibility),
});
export type HeadPatch = v.InferOutput<typeof HeadPatch>;

export const EnrolBody = v.object({
  name: v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100)),
  invite: v.optional(v.string()),
});
export type EnrolBody = v.InferOutput<typeof EnrolBody>;

/** A new device; `token` is shown this once and stored only as its SHA-256. */
export const Enrolment = v.object({ device: v.string(), owner: v.string(), token: v.string() });
export type Enrolment = v.InferOutput<typeof Enrolment>;

/** One BatchNormalization layer's stored statistics in figures. */
export const BatchNormSummary = v.object({
  layer: v.string(),
  channels: v.number(),
  epsilon: v.number(),
  momentum: v.number(),
  mean: v.object({ min: v.number(), max: v.number() }),
  variance: v.object({ min: v.number(), max: v.number() }),
});
export type BatchNormSummary = v.InferOutput<typeof BatchNormSummary>;
