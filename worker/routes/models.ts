// GET /api/models, /api/models/:model and its BatchNorm statistics. The weights are static assets, /models/<name>/.
import { Hono } from 'hono';
import { accepts } from 'hono/accepts';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import * as v from 'valibot';
import { decodeStatistics } from '../../src/artifact/statistics-file.ts';
import type { BatchNormSummary } from '../../src/contract/api.ts';
import { HeadId } from '../../src/contract/ids.ts';
import type { ModelManifest } from '../../src/contract/manifest.ts';
import type { Statistics } from '../../src/trunk/batch-norm.ts';
import type { Catalog } from '../catalog.ts';
import { type HeadStore, OPERATOR } from '../store/head-store.ts';
import { ModelParam, validate } from '../validate.ts';

export function modelRoutes({ catalog, heads }: { readonly catalog: Catalog; readonly heads: HeadStore }) {
  const withDefaultHead = async (manifest: ModelManifest): Promise<ModelAnswer> => {
    const head = await heads.findOwned(v.parse(HeadId, manifest.name), OPERATOR);
    // A private one answers nobody but the operator (guard.ts), and this answer is for all.
    return { ...manifest, defaultHead: head?.visibility === 'public' ? head.id : null };
  };
  return new Hono()
    .use(etag({ retainedHeaders: [...RETAINED_304_HEADERS, ...CROSS_ORIGIN_HEADERS] }))
    .get('/', async (c) => {
      const models = await Promise.all((await catalog.list()).map(withDefaultHead));
      return c.json({ models }, 200, REVALIDATE);
    })
    .get('/:model', validate('param', ModelParam), async (c) => {
      const manifest = await catalog.manifest(c.req.valid('param').model);
      return c.json(await withDefaultHead(manifest), 200, REVALIDATE);
    })
    .get('/:model/bn', validate('param', ModelParam), async (c) => {
      const manifest = await catalog.manifest(c.req.valid('param').model);
      const bytes = await catalog.file(manifest.name, 'bn.safetensors');
      const type = accepts(c, {
        header: 'Accept',
        supports: ['application/octet-stream', 'application/json'],
        default: 'application/octet-stream',
      });
      const headers = { ...REVALIDATE, Vary: 'Accept' };
      if (type !== 'application/json')
        return c.body(bytes, 200, { ...headers, 'Content-Type': type, ETag: `"${manifest.statistics}"` });
      const layers = decodeStatistics(bytes).map(summaryOfLayer);
      return c.json({ model: manifest.name, statistics: manifest.statistics, layers }, 200, {
        ...headers,
        ETag: `"${manifest.statistics}.json"`,
      });
    });
}

/** A model as the API shows it; `defaultHead` is the id of the head that answers predictions which name none. */
export type ModelAnswer = ModelManifest & { readonly defaultHead: HeadId | null };

const REVALIDATE = { 'Cache-Control': 'public, no-cache' };
const CROSS_ORIGIN_HEADERS = [
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
  'Cross-Origin-Resource-Policy',
  'X-Request-Id',
];

function summaryOfLayer({ layer, mean, variance, epsilon, momentum }: Statistics): BatchNormSummary {
  return { layer, channels: mean.length, epsilon, momentum, mean: range(mean), variance: range(variance) };
}

function range(values: Float32Array): { readonly min: number; readonly max: number } {
  return {
    min: values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
    max: values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
  };
}
