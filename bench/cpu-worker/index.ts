// POST /api/predict with an image -> how long its phases took, on the plain JavaScript backend of tfjs. Decoder,
// preprocessing, graph, cut and folding are those of the real Worker: only the backend differs. No heads, no identity.
import '@tensorflow/tfjs-backend-cpu';
import { ready, setBackend } from '@tensorflow/tfjs-core';
import { decodeInput } from '../../src/image/decode.ts';
import { lowerInfer } from '../../src/trunk/infer.ts';
import type { Lowering } from '../../src/trunk/lowering.ts';
import { readModel } from '../../src/trunk/model-files.ts';
import { poolFeatures } from '../../src/trunk/pool.ts';
import { type Catalog, createCatalog } from '../../worker/catalog.ts';
import { codecs } from '../../worker/inference/codecs.ts';
import { createTimings } from '../../worker/inference/timings.ts';

let lowering: Promise<Lowering> | undefined;

async function load(catalog: Catalog): Promise<Lowering> {
  await setBackend('cpu');
  await ready();
  const { name, defaults } = await catalog.defaultManifest();
  const json: unknown = JSON.parse(new TextDecoder().decode(await catalog.file(name, 'model.json')));
  return lowerInfer(await readModel(json, (path) => catalog.file(name, path)), { cut: defaults.cut });
}

async function predict(request: Request, env: { readonly ASSETS: Fetcher }): Promise<Response> {
  const catalog = createCatalog((path) => env.ASSETS.fetch(`https://assets.invalid${path}`));
  const { defaults, input } = await catalog.defaultManifest();
  const timings = createTimings(() => performance.now());
  const run = await timings.measure('load', () => {
    lowering ??= load(catalog);
    return lowering;
  });
  const { size, pooling } = defaults;
  const bytes = new Uint8Array(await request.arrayBuffer());
  const data = await timings.measure('decode', () =>
    decodeInput(bytes, codecs, { size, range: input.range }),
  );
  const features = await timings.measure('trunk', async () =>
    poolFeatures(await run.run({ data, shape: [1, size, size, 3] }), pooling),
  );
  return Response.json([...features.data], { headers: { 'Server-Timing': timings.header() } });
}

export default {
  fetch(request, env) {
    if (new URL(request.url).pathname === '/api/health') return Response.json({ status: 'ok' });
    return predict(request, env);
  },
} satisfies ExportedHandler<{ readonly ASSETS: Fetcher }>;
