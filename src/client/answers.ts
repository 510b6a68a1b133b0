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

export const isPrediction: Guard<Prediction> = hasFields({ label: isText, score: isNumber });

const isCount = isNumber;
/** The fields that programs steer by; the others of a manifest are passed on as they are. */
export const isModel: Guard<Model> = (value): value is Model => isSteering(value);
const isSteering = hasFields<
  Pick<Model, 'name' | 'digest' | 'statistics' | 'input' | 'defaults' | 'cuts' | 'defaultHead'>
>({
  name: isModelName,
  digest: isDigest,
  statistics: isDigest,
  input: hasFields<Model['input']>({ size: isCount, range: isPair }),
  defaults: hasFields<Model['defaults']>({ cut: isText, pooling: isOneOf('1x1', '2x2'), size: isCount }),
  cuts: isListOf(
    hasFields<Model['cuts'][number]>({ layer: isText, shape: isTriple, dim: isCount, macs: isCount }),
  ),
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

const who = {
  owner: isText,
  scopes: isListOf(isOneOf('predict', 'heads:read', 'heads:write', 'account', 'operate')),
};
const isMeDevice = hasFields<Extract<Me, { principal: 'device' }>>({
  ...who,
  principal: isOneOf('device'),
  device: isDevice,
});
const isMeKey = hasFields<Extract<Me, { principal: 'key' }>>({
  ...who,
  principal: isOneOf('key'),
  key: isKey,
});
const isMeOperator = hasFields<Extract<Me, { principal: 'operator' }>>({
  ...who,
  principal: isOneOf('operator'),
});
export const isMe: Guard<Me> = (value): value is Me =>
  isMeDevice(value) || isMeKey(value) || isMeOperator(value);

const isRange = hasFields<BatchNormSummary['mean']>({ min: isNumber, max: isNumber });
export const isLayer: Guard<BatchNormSummary> = hasFields({
  ...{ layer: isText, channels: isNumber, epsilon: isNumber, momentum: isNumber },
  ...{ mean: isRange, variance: isRange },
});

function isPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every(isNumber);
}

function isTriple(value: unknown): value is [number, number, number] {
  return Array.isArray(value) && value.length === 3 && value.every(isNumber);
}
