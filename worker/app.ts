// The HTTP application: middleware and routes on what it is given. No bindings, no clock, no secrets of its own,
// so that tests can run it on other stores.
import { Hono } from 'hono';
import { cors } from 'hono/cors';
import { requestId } from 'hono/request-id';
import { AppError } from '../src/contract/errors.ts';
import type { Catalog } from './catalog.ts';
import { dialectErrorResponse, isBorrowedDialect } from './dialects/errors.ts';
import { type IdentityVariables, identify } from './identity.ts';
import type { LoadedHeads } from './inference/loaded-heads.ts';
import { createPredictor } from './inference/predictor.ts';
import type { Trunks } from './inference/trunks.ts';
import type { Probes } from './observe/readiness.ts';
import type { Recorder } from './observe/recorder.ts';
import { type LogEntry, observe } from './observe/requests.ts';
import { problemResponse } from './problem.ts';
import type { RateLimits } from './rate-limits.ts';
import { conformanceRoutes } from './routes/conformance.ts';
import { deviceRoutes, type EnrolmentRule } from './routes/devices.ts';
import { headRoutes } from './routes/heads.ts';
import { healthRoutes } from './routes/health.ts';
import { keyRoutes } from './routes/keys.ts';
import { kserveRoutes } from './routes/kserve.ts';
import { linkRoutes } from './routes/links.ts';
import { meRoutes } from './routes/me.ts';
import { modelRoutes } from './routes/models.ts';
import { predictRoutes } from './routes/predict.ts';
import { statsRoutes } from './routes/stats.ts';
import { tfservingRoutes } from './routes/tfserving.ts';
import { type ServeAsset, trunkFileRoutes } from './routes/trunk-files.ts';
import type { DeviceStore } from './store/device-store.ts';
import type { HeadStore } from './store/head-store.ts';
import type { KeyStore } from './store/key-store.ts';
import type { StatsStore } from './store/stats-store.ts';

/** Everything that the application stands on. */
export interface Deps {
  readonly heads: HeadStore;
  readonly devices: DeviceStore;
  readonly keys: KeyStore;
  readonly catalog: Catalog;
  readonly serveAsset: ServeAsset;
  readonly loadedHeads: LoadedHeads;
  readonly trunks: Trunks;
  readonly enrolment: EnrolmentRule;
  /** Null: nobody is the operator. */
  readonly operatorSecret: string | null;
  readonly rateLimits: RateLimits;
  readonly stats: StatsStore;
  readonly recorder: Recorder;
  readonly probes: Probes;
  /** ms since the epoch */
  readonly now: () => number;
  /** ms from any origin, for durations */
  readonly clock: () => number;
  /** Resolves after so many ms. */
  readonly wait: (ms: number) => Promise<void>;
  readonly log: (entry: LogEntry) => void;
}

/** The application; its type is what clients get from `hc<AppType>`. */
export function createApp(deps: Deps) {
  const predicting = { ...deps, predictor: createPredictor(deps) };
  return (
    new Hono<{ Variables: IdentityVariables & { requestId: string } }>()
      .onError((error, c) => {
        const id = c.get('requestId');
        return isBorrowedDialect(c.req.path)
          ? dialectErrorResponse(error, id)
          : problemResponse(error, { requestId: id });
      })
      .notFound(() => {
        throw new AppError('not_found', { detail: 'There is nothing at this path, or not for this method.' });
      })
      .use(requestId())
      .use(observe(deps))
      .use(browsers)
      .use(async (c, next) => {
        await next();
        c.header('X-Content-Type-Options', 'nosniff');
        c.header('Cross-Origin-Resource-Policy', 'cross-origin');
      })
      // Files of the trunks are anyone's, and no address is counted for them.
      .route('/models', trunkFileRoutes(deps))
      .use(identify(deps))
      .route('/api/health', healthRoutes(deps))
      .route('/api/stats', statsRoutes(deps))
      .route('/api/models', modelRoutes(deps))
      .route('/api/models', conformanceRoutes(deps))
      .route('/api/me', meRoutes())
      .route('/api/devices', deviceRoutes(deps))
      .route('/api/links', linkRoutes(deps))
      .route('/api/keys', keyRoutes(deps))
      .route('/api/heads', headRoutes(deps))
      .route('/api/predict', predictRoutes(predicting))
      .route('/v1/models', tfservingRoutes(predicting))
      .route('/v2', kserveRoutes(predicting))
  );
}

export type AppType = ReturnType<typeof createApp>;

/** Any site's page may call: a bearer token is all that counts, and no browser sends one by itself as it does cookies. */
const browsers = cors({
  origin: '*',
  allowMethods: ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE'],
  allowHeaders: [
    ...['Authorization', 'Content-Type', 'If-Match', 'If-None-Match', 'If-Range', 'Range'],
    ...['X-Request-Id', 'X-Topwork-Features', 'Inference-Header-Content-Length'],
  ],
  exposeHeaders: [
    ...['Accept-Ranges', 'Content-Length', 'Content-Range'],
    ...['ETag', 'Retry-After', 'Server-Timing', 'X-Request-Id', 'X-Topwork-Model', 'X-Topwork-Head'],
    ...['X-Topwork-Revision', 'X-Topwork-Rejected', 'Inference-Header-Content-Length'],
  ],
  maxAge: 86_400,
});
