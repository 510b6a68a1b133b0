// GET /api/health: is it there, which version, which models.
import { Hono } from 'hono';
import { version } from '../../package.json';
import type { Catalog } from '../catalog.ts';
import type { Trunks } from '../inference/trunks.ts';

export function healthRoutes({ catalog, trunks }: { readonly catalog: Catalog; readonly trunks: Trunks }) {
  return new Hono().get('/', async (c) =>
    c.json(
      {
        status: 'ok' as const,
        version,
        models: (await catalog.list()).map(({ name }) => name),
        /** `<model>/<cut>` of what this isolate has ready to run. */
        loaded: [...trunks.loaded],
      },
      200,
      { 'Cache-Control': 'no-store' },
    ),
  );
}
