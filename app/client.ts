// The Worker's API as the page uses it: the typed client, whose every failure becomes words.
import { ApiError, createClient, type Model, type Predicted } from '../src/client/client.ts';
import type { BatchNormSummary, HeadSummary } from '../src/contract/api.ts';
import type { ModelName } from '../src/contract/ids.ts';

export type { Model };

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
export interface PredictionAnswer extends Predicted {
  /** From sending to the whole answer, as this browser measures it. */
  readonly roundTripMs: number;
}

/**
 * The API of a Worker.
 * @param origin of the Worker, such as `https://topwork.example`
 * @param options.fetch what sends
 */
export function createApi(
  origin: string,
  { fetch = globalThis.fetch }: { readonly fetch?: typeof globalThis.fetch } = {},
) {
  const client = createClient({ origin, fetch });
  return {
    /** Every trunk; the first is the default one. */
    models: (): Promise<Answer<Model[]>> => answerOf(client.models.list()),

    /** The heads that anyone may use. */
    heads: (): Promise<Answer<HeadSummary[]>> => answerOf(client.heads.list()),

    /** The stored BatchNorm statistics, a layer each, from the input on. */
    statistics: ({ name, batchNorm }: Model): Promise<Answer<BatchNormSummary[]>> => {
      // The server lists them by name; the manifest has the order of the network.
      const place = new Map(batchNorm.map(({ layer }, i) => [layer, i]));
      return answerOf(
        client.models
          .statistics(name)
          .then((layers) => layers.sort((a, b) => (place.get(a.layer) ?? 0) - (place.get(b.layer) ?? 0))),
      );
    },

    /** Sends an image to be classified by the default head of `model`. */
    predict: (model: ModelName, image: Blob, signal: AbortSignal): Promise<Answer<PredictionAnswer>> => {
      const start = performance.now();
      return answerOf(
        client
          .predict(image, { model, signal })
          .then((predicted) => ({ ...predicted, roundTripMs: performance.now() - start })),
      );
    },
  };
}

export type Api = ReturnType<typeof createApi>;

async function answerOf<T>(asked: Promise<T>): Promise<Answer<T>> {
  return asked.then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, failure: failureOf(error) }),
  );
}

function failureOf(error: unknown): Failure {
  if (!(error instanceof ApiError))
    return { title: 'The server cannot be reached', detail: 'Check the connection, then try again.' };
  const { code, status, title, detail } = error;
  if (code === 'answer_invalid')
    return {
      title: 'This page does not understand the answer',
      detail: 'It may be older than the server: reload it.',
    };
  if (code === 'unexplained') return { title, detail: `Try again in a while. (Status ${status}.)` };
  return { title, detail };
}
