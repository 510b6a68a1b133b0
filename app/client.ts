// The Worker's API as the page uses it: every answer is parsed, every failure becomes words.
import { hc } from 'hono/client';
import * as v from 'valibot';
import { BatchNormSummary, HeadSummary, Predictions } from '../src/contract/api.ts';
import { Digest, HeadId, type ModelName } from '../src/contract/ids.ts';
import { ModelManifest } from '../src/contract/manifest.ts';
import type { AppType } from '../worker/app.ts';
import { type Phase, readServerTiming } from './server-timing.ts';

/** A trunk and the id of the head that answers when none is named, if there is one. */
export const Model = v.object({ ...ModelManifest.entries, defaultHead: v.nullable(HeadId) });
export type Model = v.InferOutput<typeof Model>;

const Models = v.object({ models: v.array(Model) });
const Heads = v.object({ heads: v.array(HeadSummary) });
const Statistics = v.object({ layers: v.array(BatchNormSummary) });
const ProblemAnswer = v.object({ title: v.string(), detail: v.string() });

/** Why something did not work, for people to read. */
export interface Failure {
  readonly title: string;
  readonly detail: string;
}

/** A value, or why there is none. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: Failure };

/** A prediction and what made it. */
export interface PredictionAnswer {
  /** Most likely first. */
  readonly predictions: Predictions;
  readonly head: HeadId;
  readonly revision: Digest;
  /** The head finds the image unlike everything that it was trained on. */
  readonly rejected: boolean;
  readonly phases: readonly Phase[];
  /** From sending to the whole answer, as this browser measures it. */
  readonly roundTripMs: number;
}

/**
 * The API of a Worker.
 * @param origin of the Worker, such as `https://topwork.example`
 * @param options.fetch what sends
 */
export function createApi(origin: string, { fetch = globalThis.fetch }: { readonly fetch?: Fetch } = {}) {
  const client = hc<AppType>(origin, { fetch }).api;
  return {
    /** Every trunk; the first is the default one. */
    models: () =>
      ask(
        () => client.models.$get(),
        async (response) => v.parse(Models, await response.json()).models,
      ),

    /** The heads that anyone may use. */
    heads: () =>
      ask(
        () => client.heads.$get(),
        async (response) => v.parse(Heads, await response.json()).heads,
      ),

    /** The stored BatchNorm statistics, a layer each, from the input on. */
    statistics: ({ name, batchNorm }: Model) =>
      ask(
        () =>
          client.models[':model'].bn.$get(
            { param: { model: name } },
            { headers: { Accept: 'application/json' } },
          ),
        async (response) => {
          const { layers } = v.parse(Statistics, await response.json());
          // The server lists them by name; the manifest has the order of the network.
          const place = new Map(batchNorm.map(({ layer }, i) => [layer, i]));
          return layers.sort((a, b) => (place.get(a.layer) ?? 0) - (place.get(b.layer) ?? 0));
        },
      ),

    /** Sends an image to be classified by the default head of `model`. */
    predict: (model: ModelName, image: Blob, signal: AbortSignal): Promise<Answer<PredictionAnswer>> => {
      const start = performance.now();
      return ask(
        () => client.predict.$post({ query: { model } }, { init: { body: image, signal } }),
        async (response) => ({
          predictions: v.parse(Predictions, await response.json()),
          head: v.parse(HeadId, response.headers.get('X-Topwork-Head')),
          revision: v.parse(Digest, response.headers.get('X-Topwork-Revision')),
          rejected: response.headers.get('X-Topwork-Rejected') === '1',
          phases: readServerTiming(response.headers.get('Server-Timing')),
          roundTripMs: performance.now() - start,
        }),
      );
    },
  };
}

export type Api = ReturnType<typeof createApi>;

type Fetch = typeof globalThis.fetch;

/** What both the browser's and Hono's typed responses are. */
interface AnyResponse {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: Headers;
  json(): Promise<unknown>;
}

async function ask<T>(
  send: () => Promise<AnyResponse>,
  read: (response: AnyResponse) => Promise<T>,
): Promise<Answer<T>> {
  let response: AnyResponse;
  try {
    response = await send();
  } catch {
    return failed('The server cannot be reached', 'Check the connection, then try again.');
  }
  if (response.ok)
    return read(response).then(
      (value) => ({ ok: true, value }),
      () => failed('This page does not understand the answer', 'It may be older than the server: reload it.'),
    );
  return response.json().then(
    (body) => {
      const { success, output } = v.safeParse(ProblemAnswer, body);
      return success ? { ok: false, failure: output } : unexplained(response.status);
    },
    () => unexplained(response.status),
  );
}

function unexplained(status: number): { readonly ok: false; readonly failure: Failure } {
  return failed('The server could not answer', `Try again in a while. (Status ${status}.)`);
}

function failed(title: string, detail: string): { readonly ok: false; readonly failure: Failure } {
  return { ok: false, failure: { title, detail } };
}
