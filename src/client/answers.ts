// The answers of the contract, as guards. Types only from the contract: no schema comes along.
import type {
  BatchNormSummary,
  DeviceSummary,
  Enrolment,
  HeadSummary,
  KeySummary,
  Link,
  Me,
  NewKey,
  Prediction,
  Visibility,
} from '../contract/api.ts';
import type { Digest, HeadId, ModelName } from '../contract/ids.ts';
import type { ModelManifest } from '../contract/manifest.ts';
import {
  type Guard,
  hasFields,
  isFlag,
  isLike,
  isListOf,
  isNullOr,
  isNumber,
  isOneOf,
  isText,
} from './shapes.ts';

/** A trunk, and the id of the head that answers when none is named. */
export type Model = ModelManifest & { readonly defaultHead: HeadId | null };
/** An entry of a head's history. */
export interface Revision {
  readonly digest: Digest;
  readonly bytes: number;
  readonly createdAt: string;
}

export const isDigest = isLike<Digest>(/^[0-9a-f]{64}$/);
const name = /^[a-z0-9][a-z0-9._-]{0,63}$/;
export const isModelName = isLike<ModelName>(name);
export const isHeadId = isLike<HeadId>(name);

const isNumbers = isListOf(isNumber);
export const isPrediction: Guard<Prediction> = hasFields({ label: isText, score: isNumber });

const isPair = (value: unknown): value is [number, number] => isNumbers(value) && value.length === 2;
const isTriple = (value: unknown): value is [number, number, number] =>
  isNumbers(value) && value.length === 3;
const isLayerOfModel: Guard<Model['batchNorm'][number]> = hasFields({
  ...{ layer: isText, channels: isNumber, epsilon: isNumber, momentum: isNumber },
  ...{ scale: isFlag, center: isFlag, trainable: isFlag },
});
export const isModel: Guard<Model> = hasFields({
  schema: isOneOf('topwork.trunk/1'),
  name: isModelName,
  digest: isDigest,
  weights: isDigest,
  statistics: isDigest,
  input: hasFields<Model['input']>({ size: isNumber, range: isPair }),
  defaults: hasFields<Model['defaults']>({ cut: isText, pooling: isOneOf('1x1', '2x2'), size: isNumber }),
  cuts: isListOf(
    hasFields<Model['cuts'][number]>({ layer: isText, shape: isTriple, dim: isNumber, macs: isNumber }),
  ),
  batchNorm: isListOf(isLayerOfModel),
  parameters: isNumber,
  files: isListOf(hasFields<Model['files'][number]>({ path: isText, bytes: isNumber, sha256: isDigest })),
  licence: isText,
  source: isText,
  defaultHead: isNullOr(isHeadId),
});

export const isHead: Guard<HeadSummary> = hasFields({
  id: isHeadId,
  title: isText,
  model: isModelName,
  trunk: isDigest,
  revision: isDigest,
  labels: isListOf(isText),
  bytes: isNumber,
  visibility: isOneOf<Visibility>('private', 'public'),
  own: isFlag,
  createdAt: isText,
  updatedAt: isText,
});
export const isRevision: Guard<Revision> = hasFields({
  digest: isDigest,
  bytes: isNumber,
  createdAt: isText,
});

export const isEnrolment: Guard<Enrolment> = hasFields({ device: isText, owner: isText, token: isText });
export const isLink: Guard<Link> = hasFields({ link: isText, expiresAt: isText });
export const isDevice: Guard<DeviceSummary> = hasFields({
  ...{ id: isText, name: isText, createdAt: isText, lastUsedAt: isText },
  current: isFlag,
});
const key = {
  ...{
    id: isText,
    name: isText,
    scopes: isListOf(isOneOf('predict', 'heads:read')),
    head: isNullOr(isHeadId),
  },
  ...{ createdAt: isText, lastUsedAt: isNullOr(isText), expiresAt: isNullOr(isText) },
};
export const isKey: Guard<KeySummary> = hasFields(key);
export const isNewKey: Guard<NewKey> = hasFields({ ...key, token: isText });

const scopes = isListOf(isOneOf('predict', 'heads:read', 'heads:write', 'account', 'operate'));
type MeOf<P extends Me['principal']> = Extract<Me, { readonly principal: P }>;
const isMeDevice = hasFields<MeOf<'device'>>({
  principal: isOneOf('device'),
  owner: isText,
  scopes,
  device: isDevice,
});
const isMeKey = hasFields<MeOf<'key'>>({ principal: isOneOf('key'), owner: isText, scopes, key: isKey });
const isMeOperator = hasFields<MeOf<'operator'>>({ principal: isOneOf('operator'), owner: isText, scopes });
export const isMe: Guard<Me> = (value): value is Me =>
  isMeDevice(value) || isMeKey(value) || isMeOperator(value);

const isRange = hasFields<BatchNormSummary['mean']>({ min: isNumber, max: isNumber });
export const isLayer: Guard<BatchNormSummary> = hasFields({
  ...{ layer: isText, channels: isNumber, epsilon: isNumber, momentum: isNumber },
  ...{ mean: isRange, variance: isRange },
});
