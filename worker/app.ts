// The HTTP application: middleware and routes on what it is given. No bindings, no clock, no secrets of its own,
// so that tests can run it on other stores.
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';
import { routePath } from 'hono/route';
import { AppError } from '../src/contract/errors.ts';
import type { Catalog } from './catalog.ts';
import { dialectErrorResponse, isBorrowedDialect } from './dialects/errors.ts';
import { type IdentityVariables, identify } from './identity.ts';
import type { LoadedHeads } from './inference/loaded-heads.ts';
import { createPredictor } from './inference/predictor.ts';
import type { Trunks } from './inference/trunks.ts';
import { type LogEntry, logEntryOf, problemResponse } from './problem.ts';
import type { RateLimits } from './rate-limits.ts';
import { deviceRoutes, type EnrolmentRule } from './routes/devices.ts';
import { headRoutes } from './routes/heads.ts';
import { healthRoutes } from './routes/health.ts';
import { keyRoutes } from './routes/keys.ts';
import { kserveRoutes } from './routes/kserve.ts';
import { linkRoutes } from './routes/links.ts';
import { meRoutes } from './routes/me.ts';
import { modelRoutes } from './routes/models.ts';
import { predictRoutes } from './routes/predict.ts';
import { tfservingRoutes } from './routes/tfserving.ts';
import type { DeviceStore } from './store/device-store.ts';
import type { HeadStore } from './store/head-store.ts';
import type { KeyStore } from './store/key-store.ts';

/** Everything that the application stands on. */
export interface Deps {
  readonly heads: HeadStore;
  readonly devices: DeviceStore;
  readonly keys: KeyStore;
  readonly catalog: Catalog;
  readonly loadedHeads: LoadedHeads;
  readonly trunks: Trunks;
  readonly enrolment: EnrolmentRule;
  /** Null: nobody is the operator. */
  readonly operatorSecret: string | null;
  readonly rateLimits: RateLimits;
  /** ms since the epoch */
  readonly now: () => number;
  /** ms from any origin, for durations */
  readonly clock: () => number;
  readonly log: (entry: LogEntry) => void;
}

/** The application; its type is what clients get from `hc<AppType>`. */
export function createApp(deps: Deps) {
  const predicting = { ...deps, predictor: createPredictor(deps) };
  return new Hono<{ Variables: IdentityVariables & { requestId: string } }>()
    .onError((error, c) => {
      const id = c.get('requestId');
      const entry = logEntryOf(error, c, id, routePath(c, -1));
      if (entry !== null) deps.log(entry);
      return isBorrowedDialect(c.req.path)
        ? dialectErrorResponse(error, id)
        : problemResponse(error, { requestId: id });
    })
    .notFound(() => {
      throw new AppError('not_found', { detail: 'There is nothing at this path, or not for this method.' });
    })
    .use(requestId())
    .use(browsers)
    .use(async (c, next) => {
      await next();
      c.header('X-Content-Type-Options', 'nosniff');
      c.header('Cross-Origin-Resource-Policy', 'cross-origin');
    })
    .use(identify(deps))
    .route('/api/health', healthRoutes(deps))
    .route('/api/models', modelRoutes(deps))
    .route('/api/me', meRoutes())
    .route('/api/devices', deviceRoutes(deps))
    .route('/api/links', linkRoutes(deps))
    .route('/api/keys', keyRoutes(deps))
    .route('/api/heads', headRoutes(deps))
    .route('/api/predict', predictRoutes(predicting))
    .route('/v1/models', tfservingRoutes(predicting))
    .route('/v2', kserveRoutes(predicting));
}

export type AppType = ReturnType<typeof createApp>;

/** Any site's page may call: a bearer token is all that counts, and no browser sends one by itself as it does cookies. */
const browsers = cors({
  origin: '*',
  allowMethods: ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE'],
  allowHeaders: [
    ...['Authorization', 'Content-Type', 'If-Match', 'If-None-Match'],
    ...['X-Request-Id', 'X-Topwork-Features', 'Inference-Header-Content-Length'],
  ],
  exposeHeaders: [
    ...['ETag', 'Retry-After', 'Server-Timing', 'X-Request-Id', 'X-Topwork-Model', 'X-Topwork-Head'],
    ...['X-Topwork-Revision', 'X-Topwork-Rejected', 'Inference-Header-Content-Length'],
  ],
  maxAge: 86_400,
});
