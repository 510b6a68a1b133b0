// GET /api/health: is it there, which version, what it has loaded; it fails only where the Worker does. GET
// /api/health/ready: could it answer a prediction; it asks the database, the heads' bucket and the trunks' files.
import { Hono } from 'hono';
import { version } from '../../package.json';
import type { Health } from '../../src/contract/operations.ts';
import type { Catalog } from '../catalog.ts';
import type { Trunks } from '../inference/trunks.ts';
import { checkReadiness, type Probes } from '../observe/readiness.ts';

const NO_STORE = { 'Cache-Control': 'no-store' };

export function healthRoutes({
  catalog,
  trunks,
  probes,
  wait,
}: {
  readonly catalog: Catalog;
  readonly trunks: Trunks;
  readonly probes: Probes;
  readonly wait: (ms: number) => Promise<void>;
}) {
  return new Hono()
    .get('/', async (c) => {
      const models = await catalog.list().catch(() => []);
      const answer: Health = {
        status: 'ok',
        version,
        models: models.map(({ name }) => name),
        loaded: [...trunks.loaded],
      };
      return c.json(answer, 200, NO_STORE);
    })
    .get('/ready', async (c) => {
      const readiness = await checkReadiness(probes, wait);
      return c.json(readiness, readiness.ready ? 200 : 503, NO_STORE);
    });
}
