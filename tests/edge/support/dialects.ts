// Heads and calls for the tests of the borrowed dialects.
import * as v from 'valibot';
import { expect } from 'vitest';
import { OPERATOR_SECRET, type TestApp, testApp } from './app.ts';
import { headFile } from './heads.ts';

/** An application with the default head `tiny` and Ann's private head `mine`, on 32 px and 4 features. */
export interface DialectApp extends TestApp {
  readonly ann: string;
  readonly revisions: { readonly tiny: string; readonly mine: string };
}

/** Labels of the default head; those of `mine` are cup, plate, fork. */
export const LABELS = ['yes', 'no'];

export async function dialectApp(): Promise<DialectApp> {
  const edge = await testApp();
  const ann = await edge.enrol();
  const put = async (id: string, token: string, body: BodyInit) => {
    const headers = { 'If-None-Match': '*' };
    const response = await edge.request(`/api/heads/${id}`, { method: 'PUT', headers, token, body });
    expect(response.status).toBe(201);
    return v.parse(v.object({ revision: v.string() }), await response.json()).revision;
  };
  const { manifest } = edge.trunk;
  const tiny = await put('tiny', OPERATOR_SECRET, headFile(manifest, { labels: LABELS }));
  return { ...edge, ann, revisions: { tiny, mine: await put('mine', ann, headFile(manifest)) } };
}

/** JSON as a request's body. */
export function json(value: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: typeof value === 'string' ? value : JSON.stringify(value),
  };
}

/** The JSON object of an answer. */
export async function objectOf(response: Response): Promise<Record<string, unknown>> {
  return v.parse(v.record(v.string(), v.unknown()), await response.json());
}

/** The text of a refusal in the borrowed dialects' shape: `{"error": "..."}` and nothing else. */
export async function refusalOf(response: Response, status: number): Promise<string> {
  const body = await objectOf(response);
  expect({ status: response.status, body }).toEqual({ status, body: { error: expect.any(String) } });
  expect(response.headers.get('Content-Type')).toBe('application/json');
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  return String(body.error);
}

/** softmax, rounded to float32 as both dialects say it. */
export function softmax32(...logits: readonly number[]): readonly number[] {
  const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
  return logits.map((logit) => Math.fround(Math.exp(logit) / sum));
}

/** Bytes in base64. */
export function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
