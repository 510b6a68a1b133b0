// The Worker's composition root: bindings, clock and log of the platform -> the application, once per isolate.
import { waitUntil } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { createCatalog } from './catalog.ts';
import type { Env } from './env.ts';
import { codecs } from './inference/codecs.ts';
import { createLoadedHeads } from './inference/loaded-heads.ts';
import { createTrunks } from './inference/trunks.ts';
import { createRecorder } from './observe/recorder.ts';
import { type RateLimits, rateLimitOf, UNLIMITED } from './rate-limits.ts';
import { createD1DeviceStore } from './store/d1-devices.ts';
import { createD1HeadStore } from './store/d1-heads.ts';
import { createD1KeyStore } from './store/d1-keys.ts';
import { createD1StatsStore } from './store/d1-stats.ts';

let app: ReturnType<typeof createApp> | undefined;

function composeApp(env: Env): ReturnType<typeof createApp> {
  const sharing = { keepAlive: waitUntil };
  // The host is any: the binding looks at the path alone.
  const catalog = createCatalog((path) => env.ASSETS.fetch(`https://assets.invalid${path}`), sharing);
  const heads = createD1HeadStore(env.DB, env.HEADS);
  const stats = createD1StatsStore(env.DB);
  const now = () => Date.now();
  return createApp({
    heads,
    devices: createD1DeviceStore(env.DB),
    keys: createD1KeyStore(env.DB),
    catalog,
    serveAsset: (request) => env.ASSETS.fetch(request),
    loadedHeads: createLoadedHeads(heads, sharing),
    trunks: createTrunks(catalog, codecs, sharing),
    enrolment: env.ENROLMENT === 'open' ? { open: true } : { open: false, invite: env.INVITE || null },
    operatorSecret: env.OPERATOR_SECRET || null,
    rateLimits: rateLimitsOf(env),
    stats,
    recorder: createRecorder({
      ...{ store: stats, isolate: crypto.randomUUID(), now, wait },
      keepAlive: waitUntil,
    }),
    probes: {
      database: () => env.DB.prepare('SELECT 1').first(),
      heads: () => env.HEADS.head('ready'),
      trunks: async () => catalog.file((await catalog.defaultManifest()).name, 'model.json'),
    },
    now,
    wait,
    clock: () => performance.now(),
    log: (entry) => console[entry.level](JSON.stringify(entry)),
  });
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function rateLimitsOf(env: Env): RateLimits {
  if (env.RATE_LIMITS === 'off') return UNLIMITED;
  return {
    address: rateLimitOf(env.LIMIT_ADDRESS),
    token: rateLimitOf(env.LIMIT_TOKEN),
    enrolment: rateLimitOf(env.LIMIT_ENROLMENT),
    failure: rateLimitOf(env.LIMIT_FAILURE),
  };
}

export default {
  fetch(request, env, ctx) {
    app ??= composeApp(env);
    return app.fetch(request, env, ctx);
  },
} satisfies ExportedHandler<Env>;
