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

/** A head as the server lists it; `revision` is the SHA-256 of its bytes and the ETag, `own`: it belongs to who asks. */
export const HeadSummary = v.object({
  id: HeadId,
  title: v.string(),
  model: ModelName,
  trunk: Digest,
  revision: Digest,
  labels: v.array(v.string()),
  bytes: v.number(),
  visibility: Visibility,
  own: v.boolean(),
  createdAt: timestamp,
  updatedAt: timestamp,
});
export type HeadSummary = v.InferOutput<typeof HeadSummary>;

export const HeadPatch = v.object({
  title: v.optional(v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100))),
  visibility: v.optional(Visibility),
});
export type HeadPatch = v.InferOutput<typeof HeadPatch>;

const name = v.pipe(v.string(), v.trim(), v.minLength(1), v.maxLength(100));

/** A first device shows the operator's invitation, where one is asked for; a further one the link code of another. */
export const EnrolBody = v.object({
  name,
  invite: v.optional(v.pipe(v.string(), v.maxLength(512))),
  link: v.optional(v.pipe(v.string(), v.maxLength(64))),
});
export type EnrolBody = v.InferOutput<typeof EnrolBody>;

/** A new device; `token` is shown this once and stored only as its SHA-256. */
export const Enrolment = v.object({ device: v.string(), owner: v.string(), token: v.string() });
export type Enrolment = v.InferOutput<typeof Enrolment>;

/** A single-use code by which one more device joins its owner: 80 random bits, `XXXX-XXXX-XXXX-XXXX`. */
export const Link = v.object({ link: v.string(), expiresAt: timestamp });
export type Link = v.InferOutput<typeof Link>;

/** A device as its owner sees it; `current` is the one that asks. `lastUsedAt` is to the hour. */
export const DeviceSummary = v.object({
  id: v.string(),
  name: v.string(),
  createdAt: timestamp,
  lastUsedAt: timestamp,
  current: v.boolean(),
});
export type DeviceSummary = v.InferOutput<typeof DeviceSummary>;

/** What a token may be good for; a key has the first, or the first two, of these. */
export const Scope = v.picklist(['predict', 'heads:read', 'heads:write', 'account', 'operate']);
export type Scope = v.InferOutput<typeof Scope>;

/** What a key may be good for: `predict`, and perhaps `heads:read`. */
export const KeyScope = v.picklist(['predict', 'heads:read']);
export type KeyScope = v.InferOutput<typeof KeyScope>;
const KeyScopes = v.pipe(
  v.array(KeyScope),
  v.maxLength(2),
  v.check((scopes) => scopes.includes('predict'), 'a key has at least the scope "predict"'),
);

/** A key to make: for one head or (null) all of its owner's, until a time or (null) until it is revoked. */
export const KeyBody = v.object({
  name,
  scopes: v.optional(KeyScopes, ['predict']),
  head: v.optional(v.nullable(HeadId), null),
  expiresAt: v.optional(v.nullable(timestamp), null),
});
export type KeyBody = v.InferOutput<typeof KeyBody>;

/** A key as its owner sees it; `lastUsedAt` is to the hour, null: never used. */
export const KeySummary = v.object({
  id: v.string(),
  name: v.string(),
  scopes: v.array(KeyScope),
  head: v.nullable(HeadId),
  createdAt: timestamp,
  lastUsedAt: v.nullable(timestamp),
  expiresAt: v.nullable(timestamp),
});
export type KeySummary = v.InferOutput<typeof KeySummary>;

/** A new key; `token` is shown this once and stored only as its SHA-256. */
export const NewKey = v.object({ ...KeySummary.entries, token: v.string() });
export type NewKey = v.InferOutput<typeof NewKey>;

/** Who is asking, and what the token is good for. */
export const Me = v.variant('principal', [
  v.object({
    principal: v.literal('device'),
    owner: v.string(),
    device: DeviceSummary,
    scopes: v.array(Scope),
  }),
  v.object({ principal: v.literal('key'), owner: v.string(), key: KeySummary, scopes: v.array(Scope) }),
  v.object({ principal: v.literal('operator'), owner: v.string(), scopes: v.array(Scope) }),
]);
export type Me = v.InferOutput<typeof Me>;

/** The revision to go back to. */
export const RollbackBody = v.object({ to: Digest });
export type RollbackBody = v.InferOutput<typeof RollbackBody>;

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
