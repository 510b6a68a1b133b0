// People, their devices and keys for tests: made over HTTP, as they are in life.
import * as v from 'valibot';
import { Enrolment, Link, NewKey } from '../../../src/contract/api.ts';
import type { RequestOptions, TestApp } from './app.ts';

const JSON_TYPE = { 'Content-Type': 'application/json' };

/** Sends JSON. */
export function send(
  edge: TestApp,
  method: string,
  path: string,
  body: unknown,
  { headers, ...options }: RequestOptions = {},
): Promise<Response> {
  return edge.request(path, {
    method,
    ...options,
    headers: { ...JSON_TYPE, ...Object.fromEntries(new Headers(headers)) },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

/** A new device of a new owner or, with a link code, of the one who opened it. */
export async function enrol(edge: TestApp, rest: { readonly link?: string } = {}): Promise<Enrolment> {
  const response = await send(edge, 'POST', '/api/devices', { name: 'phone', ...rest });
  return v.parse(Enrolment, await response.json());
}

/** A link code, opened by the device of this token. */
export async function openLink(edge: TestApp, token: string): Promise<string> {
  const response = await edge.request('/api/links', { method: 'POST', token });
  return v.parse(Link, await response.json()).link;
}

/** A key of the owner of this device's token. */
export async function makeKey(edge: TestApp, token: string, rest: object = {}): Promise<NewKey> {
  const response = await send(edge, 'POST', '/api/keys', { name: 'shop', ...rest }, { token });
  return v.parse(NewKey, await response.json());
}
