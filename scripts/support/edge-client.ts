// The few calls that a phone makes to the Worker, with what comes back checked.
import * as v from 'valibot';
import { Enrolment, HeadSummary, Predictions } from '../../src/contract/api.ts';

/** An answer that is not what was asked for, in the server's own words. */
async function refused(what: string, response: Response): Promise<Error> {
  return new Error(`${what}: ${response.status} ${await response.text()}`);
}

export async function enrol(origin: string, name: string): Promise<Enrolment> {
  const response = await fetch(`${origin}/api/devices`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name }),
  });
  if (response.status !== 201) throw await refused('Enrolment', response);
  return v.parse(Enrolment, await response.json());
}

/** Creates the head, or replaces revision `replaces`. */
export async function putHead(
  origin: string,
  token: string,
  id: string,
  bytes: Uint8Array<ArrayBuffer>,
  replaces: string | null = null,
): Promise<HeadSummary> {
  const response = await fetch(`${origin}/api/heads/${id}`, {
    method: 'PUT',
    headers: {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/octet-stream',
      ...(replaces === null ? { 'If-None-Match': '*' } : { 'If-Match': `"${replaces}"` }),
    },
    body: bytes,
  });
  if (!response.ok) throw await refused(`PUT of the head ${id}`, response);
  return v.parse(HeadSummary, await response.json());
}

export interface EdgeAnswer {
  readonly predictions: Predictions;
  readonly revision: string | null;
  /** Wall time of the request, ms. */
  readonly ms: number;
}

/** All classes, most likely first, for an encoded image. */
export async function predict(
  origin: string,
  image: Uint8Array<ArrayBuffer>,
  options: { readonly head: string; readonly token?: string; readonly topK: number },
): Promise<EdgeAnswer> {
  const begun = performance.now();
  const response = await fetch(`${origin}/api/predict?head=${options.head}&top_k=${options.topK}`, {
    method: 'POST',
    headers: {
      'Content-Type': 'image/png',
      ...(options.token === undefined ? {} : { Authorization: `Bearer ${options.token}` }),
    },
    body: image,
  });
  if (!response.ok) throw await refused('A prediction', response);
  const predictions = v.parse(Predictions, await response.json());
  return { predictions, revision: response.headers.get('X-Topwork-Revision'), ms: performance.now() - begun };
}
