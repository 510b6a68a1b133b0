// GET /api/models/:model/conformance: golden inputs and the numbers that they must give. The file is made when the
// deployment is built (scripts/support/conformance-golden.ts); nothing is computed here.
import { Hono } from 'hono';
import { etag, RETAINED_304_HEADERS } from 'hono/etag';
import { sha256Hex } from '../../src/contract/digest.ts';
import type { Catalog } from '../catalog.ts';
import { ModelParam, validate } from '../validate.ts';

/** Routes below `/api/models`. */
export function conformanceRoutes({ catalog }: { readonly catalog: Catalog }) {
  return new Hono()
    .use('/:model/conformance', etag({ retainedHeaders: [...RETAINED_304_HEADERS, ...CROSS_ORIGIN_HEADERS] }))
    .get('/:model/conformance', validate('param', ModelParam), async (c) => {
      const { name } = await catalog.manifest(c.req.valid('param').model);
      const bytes = await catalog.file(name, 'conformance.json');
      return c.body(bytes, 200, {
        'Content-Type': 'application/json',
        'Cache-Control': 'public, no-cache',
        // Named by its content, as everything here: equal tags are equal expectations.
        ETag: `"${await sha256Hex(bytes)}"`,
      });
    });
}

const CROSS_ORIGIN_HEADERS = [
  'Access-Control-Allow-Origin',
  'Access-Control-Expose-Headers',
  'Cross-Origin-Resource-Policy',
  'X-Request-Id',
];
