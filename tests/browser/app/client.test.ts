import { describe, expect, it } from 'vitest';
import { createApi } from '../../../app/client.ts';
import { MODEL } from '../support/model.ts';

const REVISION = 'ef'.repeat(32);
const PREDICTION_HEADERS = {
  'X-Topwork-Model': 'tiny',
  'X-Topwork-Head': 'tiny',
  'X-Topwork-Revision': REVISION,
  'Server-Timing': 'trunk;dur=21.5, head',
};

/** An API whose server gives this answer, and what it was asked. */
function apiThat(answer: () => Response | Promise<Response>) {
  const requests: Request[] = [];
  const fetch: typeof globalThis.fetch = async (input, init) => {
    requests.push(new Request(input, init));
    return answer();
  };
  return { api: createApi('https://edge.test', { fetch }), requests };
}

const problem = (status: number, body: string) => new Response(body, { status });

describe('models', () => {
  it('gives the models as the server lists them', async () => {
    const { api, requests } = apiThat(() => Response.json({ models: [MODEL] }));
    expect(await api.models()).toEqual({ ok: true, value: [MODEL] });
    expect(requests.map(({ url }) => url)).toEqual(['https://edge.test/api/models']);
  });

  it('says so when the server cannot be reached', async () => {
    const { api } = apiThat(() => Promise.reject(new TypeError('Failed to fetch')));
    expect(await api.models()).toMatchObject({
      ok: false,
      failure: { title: 'The server cannot be reached' },
    });
  });

  it('passes on what a problem document says', async () => {
    const failure = { title: 'Storage is unavailable', detail: 'Try again.' };
    const { api } = apiThat(() =>
      problem(503, JSON.stringify({ ...failure, status: 503, code: 'storage_failed' })),
    );
    expect(await api.models()).toEqual({ ok: false, failure });
  });

  it.each(['<h1>Bad gateway</h1>', '{}', 'null'])('has words for the unexplained error %j', async (body) => {
    const { api } = apiThat(() => problem(502, body));
    expect(await api.models()).toMatchObject({
      ok: false,
      failure: { detail: 'Try again in a while. (Status 502.)' },
    });
  });

  it.each(['<!doctype html>', '{"models":[{"name":"x"}]}'])('refuses the answer %j', async (body) => {
    const { api } = apiThat(() => new Response(body));
    expect(await api.models()).toMatchObject({
      ok: false,
      failure: { title: 'This page does not understand the answer' },
    });
  });
});

describe('statistics', () => {
  const layer = (name: string) => ({
    layer: name,
    channels: 8,
    epsilon: 0.001,
    momentum: 0.99,
    mean: { min: 0, max: 1 },
    variance: { min: 1, max: 2 },
  });

  it('asks for JSON and gives the layers in the order of the network', async () => {
    const { api, requests } = apiThat(() => Response.json({ layers: [layer('bn_1'), layer('bn_0')] }));
    expect(await api.statistics(MODEL)).toEqual({ ok: true, value: [layer('bn_0'), layer('bn_1')] });
    expect(requests[0]?.url).toBe('https://edge.test/api/models/tiny/bn');
    expect(requests[0]?.headers.get('Accept')).toBe('application/json');
  });
});

describe('predict', () => {
  const image = new Blob([new Uint8Array([1, 2, 3])], { type: 'image/png' });
  const { signal } = new AbortController();

  it('sends the image with its type and gives the classes and what answered', async () => {
    const predictions = [
      { label: 'bag', score: 0.9 },
      { label: 'coat', score: 0.1 },
    ];
    const { api, requests } = apiThat(() => Response.json(predictions, { headers: PREDICTION_HEADERS }));
    expect(await api.predict(MODEL.name, image, signal)).toEqual({
      ok: true,
      value: {
        predictions,
        model: 'tiny',
        head: 'tiny',
        revision: REVISION,
        rejected: false,
        timings: [
          { name: 'trunk', ms: 21.5 },
          { name: 'head', ms: null },
        ],
        roundTripMs: expect.any(Number),
      },
    });
    const [request] = requests;
    expect(request?.method).toBe('POST');
    expect(request?.url).toBe('https://edge.test/api/predict?model=tiny');
    expect(request?.headers.get('Content-Type')).toBe('image/png');
    expect(new Uint8Array((await request?.arrayBuffer()) ?? [])).toEqual(new Uint8Array([1, 2, 3]));
  });

  it('tells that the image is unlike everything that the head was trained on', async () => {
    const { api } = apiThat(() =>
      Response.json([], { headers: { ...PREDICTION_HEADERS, 'X-Topwork-Rejected': '1' } }),
    );
    expect(await api.predict(MODEL.name, image, signal)).toMatchObject({ value: { rejected: true } });
  });

  it('does not trust an answer that does not say which head made it', async () => {
    const { api } = apiThat(() => Response.json([]));
    expect(await api.predict(MODEL.name, image, signal)).toMatchObject({ ok: false });
  });
});
