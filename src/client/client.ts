// A client for an endpoint's own routes, for browsers, Node and Workers: no dependencies, types from the contract.
// It keeps nothing: no queue, no cache, no token storage.
import type {
  BatchNormSummary,
  DeviceSummary,
  EnrolBody,
  Enrolment,
  HeadPatch,
  HeadSummary,
  KeyScope,
  KeySummary,
  Link,
  Me,
  NewKey,
  Prediction,
} from '../contract/api.ts';
import type { Digest, HeadId, ModelName } from '../contract/ids.ts';
import {
  isDevice,
  isDigest,
  isEnrolment,
  isHead,
  isHeadId,
  isKey,
  isLayer,
  isLink,
  isMe,
  isModel,
  isModelName,
  isNewKey,
  isPrediction,
  isRevision,
  type Model,
  type Revision,
} from './answers.ts';
import {
  type Answer,
  ApiError,
  type Call,
  type CallOptions,
  type ClientOptions,
  createSend,
  jsonOf,
} from './send.ts';
import { type Phase, readServerTiming } from './server-timing.ts';
import { type Guard, hasFields, isListOf } from './shapes.ts';

export { ApiError } from './send.ts';
export type { CallOptions, ClientOptions, Model, Revision };

/** An encoded image, or features that were made on this device, so that no image leaves it. */
export type PredictInput =
  | Blob
  | ArrayBuffer
  | Uint8Array<ArrayBuffer>
  | { readonly features: Float32Array<ArrayBuffer> };

export interface PredictOptions extends CallOptions {
  readonly model?: string | undefined;
  readonly head?: string | undefined;
  readonly topK?: number | undefined;
}

/** What was predicted, and what answered. */
export interface Predicted {
  /** Most likely first. */
  readonly predictions: readonly Prediction[];
  readonly model: ModelName;
  readonly head: HeadId;
  readonly revision: Digest;
  /** The input is unlike everything that the head has seen. */
  readonly rejected: boolean;
  /** Stages of the server in order, ms; null where the server names one that it cannot measure. */
  readonly timings: readonly Phase[];
}

/** A head's bytes: a safetensors file, of the revision. */
export interface HeadBytes {
  readonly bytes: ArrayBuffer;
  readonly revision: Digest;
}

export interface PutOptions extends CallOptions {
  /** The revision to replace; null creates the head. */
  readonly replaces: string | null;
}

export interface NewKeyBody {
  readonly name: string;
  readonly scopes?: readonly KeyScope[];
  readonly head?: string | null;
  /** ISO 8601 */
  readonly expiresAt?: string | null;
}

export type Client = ReturnType<typeof createClient>;

/**
 * Every method rejects with `ApiError`, or with the reason of an aborted `signal`. Repeated by itself, on 429, 502 to
 * 504, no connection and no answer in time, is only what gives the same when done twice: reading, predicting, putting
 * the same bytes, patching, rolling back.
 * @example const { predictions } = await createClient({ origin }).predict(photo, { topK: 3 });
 */
export function createClient(options: ClientOptions) {
  const send = createSend(options);
  const ask = async <T>(guard: Guard<T>, path: string, call?: Call): Promise<T> =>
    checked(guard, jsonOf(await send(path, call)));
  /** The list under a key of the answer. */
  const list = async <T>(guard: Guard<T>, key: string, path: string, call?: Call): Promise<T[]> =>
    (await ask(hasFields<Record<string, T[]>>({ [key]: isListOf(guard) }), path, call))[key] ?? [];
  const head = (id: string) => `/api/heads/${encodeURIComponent(id)}`;
  const again = { idempotent: true } as const;

  return {
    /** @param input any image that the endpoint decodes (JPEG, PNG, WebP), or features */
    async predict(
      input: PredictInput,
      { model, head: id, topK, signal }: PredictOptions = {},
    ): Promise<Predicted> {
      const features = 'features' in input ? input.features : undefined;
      const answer = await send('/api/predict', {
        ...{ ...again, signal, method: 'POST', query: { model, head: id, top_k: topK } },
        headers: {
          'Content-Type':
            input instanceof Blob && input.type !== '' ? input.type : 'application/octet-stream',
          'X-Topwork-Features': features === undefined ? undefined : `${features.length}`,
        },
        body: 'features' in input ? input.features : input,
      });
      const said = (name: string) => answer.headers.get(`X-Topwork-${name}`);
      return {
        predictions: checked(isListOf(isPrediction), jsonOf(answer)),
        model: checked(isModelName, said('Model')),
        head: checked(isHeadId, said('Head')),
        revision: checked(isDigest, said('Revision')),
        rejected: (said('Rejected') ?? '0') !== '0',
        timings: readServerTiming(answer.headers.get('Server-Timing')),
      };
    },

    models: {
      /** The first is the default one. */
      list: (call?: CallOptions): Promise<Model[]> => list(isModel, 'models', '/api/models', call),
      get: (name: string, call?: CallOptions): Promise<Model> =>
        ask(isModel, `/api/models/${encodeURIComponent(name)}`, call),
      /** Stored BatchNorm statistics in figures, a layer each. */
      statistics: (name: string, call?: CallOptions): Promise<BatchNormSummary[]> =>
        list(isLayer, 'layers', `/api/models/${encodeURIComponent(name)}/bn`, {
          ...call,
          headers: { Accept: 'application/json' },
        }),
    },

    heads: {
      list: (call?: CallOptions): Promise<HeadSummary[]> => list(isHead, 'heads', '/api/heads', call),
      get: async (id: string, call?: CallOptions): Promise<HeadBytes> =>
        headBytes(await send(head(id), call)),
      /** @throws ApiError `precondition_failed` with the current `revision` when another one is stored */
      put: (
        id: string,
        bytes: ArrayBuffer | Uint8Array<ArrayBuffer>,
        { replaces, signal }: PutOptions,
      ): Promise<HeadSummary> =>
        ask(isHead, head(id), {
          ...{ ...again, signal, method: 'PUT', body: bytes },
          headers: {
            'Content-Type': 'application/octet-stream',
            ...(replaces === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${replaces}"` }),
          },
        }),
      patch: (id: string, patch: HeadPatch, call?: CallOptions): Promise<HeadSummary> =>
        ask(isHead, head(id), { ...again, ...call, method: 'PATCH', json: patch }),
      /** @param options.revision only this one */
      delete: async (
        id: string,
        { revision, signal }: CallOptions & { readonly revision?: string } = {},
      ): Promise<void> => {
        await send(head(id), {
          signal,
          method: 'DELETE',
          headers: { 'If-Match': revision && `"${revision}"` },
        });
      },
      /** Latest first. */
      revisions: (id: string, call?: CallOptions): Promise<Revision[]> =>
        list(isRevision, 'revisions', `${head(id)}/revisions`, call),
      getRevision: async (id: string, revision: string, call?: CallOptions): Promise<HeadBytes> =>
        headBytes(await send(`${head(id)}/revisions/${encodeURIComponent(revision)}`, call)),
      /** @param options.from the head's revision as you know it */
      rollback: (
        id: string,
        { to, from, signal }: CallOptions & { readonly to: string; readonly from: string },
      ): Promise<HeadSummary> =>
        ask(isHead, `${head(id)}/rollback`, {
          ...{ ...again, signal, method: 'POST', json: { to }, headers: { 'If-Match': `"${from}"` } },
        }),
    },

    devices: {
      /** The token is in the answer, this once: make a client with it. */
      enrol: (body: EnrolBody, call?: CallOptions): Promise<Enrolment> =>
        ask(isEnrolment, '/api/devices', { ...call, method: 'POST', json: body }),
      list: (call?: CallOptions): Promise<DeviceSummary[]> => list(isDevice, 'devices', '/api/devices', call),
      revoke: (id: string, call?: CallOptions): Promise<void> => remove('devices', id, call),
    },

    links: {
      /** A code by which one more device joins; good once and for ten minutes. */
      create: (call?: CallOptions): Promise<Link> => ask(isLink, '/api/links', { ...call, method: 'POST' }),
    },

    keys: {
      list: (call?: CallOptions): Promise<KeySummary[]> => list(isKey, 'keys', '/api/keys', call),
      /** The token is in the answer, this once. */
      create: (body: NewKeyBody, call?: CallOptions): Promise<NewKey> =>
        ask(isNewKey, '/api/keys', { ...call, method: 'POST', json: body }),
      revoke: (id: string, call?: CallOptions): Promise<void> => remove('keys', id, call),
    },

    me: (call?: CallOptions): Promise<Me> => ask(isMe, '/api/me', call),
  };

  async function remove(what: 'devices' | 'keys', id: string, call?: CallOptions): Promise<void> {
    await send(`/api/${what}/${encodeURIComponent(id)}`, { ...call, method: 'DELETE' });
  }
}

/** @throws ApiError `answer_invalid` */
function checked<T>(guard: Guard<T>, value: unknown): T {
  if (guard(value)) return value;
  throw new ApiError('answer_invalid', 'This program may be older than the server.', {
    title: 'The answer is not understood',
  });
}

function headBytes({ headers, bytes }: Answer): HeadBytes {
  return { bytes, revision: checked(isDigest, headers.get('X-Topwork-Revision')) };
}
