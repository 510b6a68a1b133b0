// The Worker's composition root: bindings, clock and log of the platform -> the application, once per isolate.
import { waitUntil } from 'cloudflare:workers';
import { createApp } from './app.ts';
import { createCatalog } from './catalog.ts';
import type { Env } from './env.ts';
import { codecs } from './inference/codecs.ts';
import { createLoadedHeads } from './inference/loaded-heads.ts';
import { createTrunks } from './inference/trunks.ts';
import { type RateLimits, rateLimitOf, UNLIMITED } from './rate-limits.ts';
import { createD1DeviceStore } from './store/d1-devices.ts';
import { createD1HeadStore } from './store/d1-heads.ts';
import { createD1KeyStore } from './store/d1-keys.ts';

let app: ReturnType<typeof createApp> | undefined;

function composeApp(env: Env): ReturnType<typeof createApp> {
  const sharing = { keepAlive: waitUntil };
  // The host is any: the binding looks at the path alone.
  const catalog = createCatalog((path) => env.ASSETS.fetch(`https://assets.invalid${path}`), sharing);
  const heads = createD1HeadStore(env.DB, env.HEADS);
  return createApp({
    heads,
    devices: createD1DeviceStore(env.DB),
    keys: createD1KeyStore(env.DB),
    catalog,
    loadedHeads: createLoadedHeads(heads, sharing),
    trunks: createTrunks(catalog, codecs, sharing),
    enrolment: env.ENROLMENT === 'open' ? { open: true } : { open: false, invite: env.INVITE || null },
    operatorSecret: env.OPERATOR_SECRET || null,
    rateLimits: rateLimitsOf(env),
    now: () => Date.now(),
    clock: () => performance.now(),
    log: (entry) => console.error(JSON.stringify(entry)),
  });
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
