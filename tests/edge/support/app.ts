// The application on real D1 and R2 and a tiny trunk, called without a server.
import { env } from 'cloudflare:workers';
import * as v from 'valibot';
import { expect } from 'vitest';
import { Enrolment } from '../../../src/contract/api.ts';
import { createApp, type Deps } from '../../../worker/app.ts';
import { createCatalog } from '../../../worker/catalog.ts';
import { codecs } from '../../../worker/inference/codecs.ts';
import { createLoadedHeads } from '../../../worker/inference/loaded-heads.ts';
import { createTrunks } from '../../../worker/inference/trunks.ts';
import { createRecorder, type Recorder } from '../../../worker/observe/recorder.ts';
import type { LogEntry } from '../../../worker/observe/requests.ts';
import { UNLIMITED } from '../../../worker/rate-limits.ts';
import { createD1DeviceStore } from '../../../worker/store/d1-devices.ts';
import { createD1HeadStore } from '../../../worker/store/d1-heads.ts';
import { createD1KeyStore } from '../../../worker/store/d1-keys.ts';
import { createD1StatsStore } from '../../../worker/store/d1-stats.ts';
import type { StatsStore } from '../../../worker/store/stats-store.ts';
import { type TinyTrunk, tinyTrunk } from './tiny-trunk.ts';

export const OPERATOR_SECRET = 'the-operators-secret';

/** An application for one test file. */
export interface TestApp {
  readonly app: ReturnType<typeof createApp>;
  /** The default trunk, `tiny`, and another one, `other`. */
  readonly trunk: TinyTrunk;
  readonly other: TinyTrunk;
  /** What was logged. */
  readonly logged: readonly LogEntry[];
  /** Calls the application; `token` becomes the bearer token. */
  request(path: string, options?: RequestOptions): Promise<Response>;
  /** A new device's token. */
  enrol(): Promise<string>;
}

export interface RequestOptions extends RequestInit {
  readonly token?: string;
}

/** @param change replaces some of what the application stands on */
export async function testApp(change: (deps: Deps) => Partial<Deps> = () => ({})): Promise<TestApp> {
  const [trunk, other = trunk] = await tinyTrunk('tiny', 'other');
  const logged: LogEntry[] = [];
  const heads = createD1HeadStore(env.DB, env.HEADS);
  const catalog = createCatalog(trunk.fetchAsset);
  const stats = createD1StatsStore(env.DB);
  const deps: Deps = {
    heads,
    devices: createD1DeviceStore(env.DB),
    keys: createD1KeyStore(env.DB),
    catalog,
    serveAsset: ({ url }) => trunk.fetchAsset(new URL(url).pathname),
    loadedHeads: createLoadedHeads(heads),
    trunks: createTrunks(catalog, codecs),
    enrolment: { open: true },
    operatorSecret: OPERATOR_SECRET,
    rateLimits: UNLIMITED,
    stats,
    recorder: recorderOf(stats),
    probes: {
      database: () => env.DB.prepare('SELECT 1').first(),
      heads: () => env.HEADS.head('ready'),
      trunks: () => catalog.list(),
    },
    now: () => Date.UTC(2026, 0, 1),
    clock: () => 0,
    wait: never,
    log: (entry) => logged.push(entry),
  };
  const app = createApp({ ...deps, ...change(deps) });
  const request = async (path: string, { token, headers, ...rest }: RequestOptions = {}) =>
    app.request(path, {
      ...rest,
      headers: {
        ...Object.fromEntries(new Headers(headers)),
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
    });
  return {
    ...{ app, trunk, other, logged, request },
    async enrol() {
      const response = await request('/api/devices', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ name: 'phone' }),
      });
      return v.parse(Enrolment, await response.json()).token;
    },
  };
}

/** Stores nothing by itself: no test waits for a timer. */
function recorderOf(store: StatsStore): Recorder {
  const now = () => Date.UTC(2026, 0, 1);
  return createRecorder({ store, isolate: crypto.randomUUID(), now, wait: never, keepAlive: () => {} });
}

function never(): Promise<never> {
  return new Promise(() => {});
}

/** The problem document of an answer, whose status and request id are those of the answer itself. */
export async function problem(response: Response): Promise<Record<string, unknown>> {
  const body = v.parse(v.record(v.string(), v.unknown()), await response.json());
  expect(response.headers.get('Content-Type')).toBe('application/problem+json');
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  expect(body).toMatchObject({
    status: response.status,
    type: `urn:topwork:error:${body.code}`,
    requestId: response.headers.get('X-Request-Id'),
  });
  return body;
}

/** A body that does not say its length, in parts of 64 KiB. */
export function streamOf(length: number): ReadableStream<Uint8Array> {
  let left = length;
  return new ReadableStream({
    pull(controller) {
      const size = Math.min(left, 65_536);
      left -= size;
      if (size === 0) controller.close();
      else controller.enqueue(new Uint8Array(size));
    },
  });
}
