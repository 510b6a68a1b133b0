// POST /api/predict?size=<px>&times=<n> with an image -> its features, predicted n times over, and how long the phases
// took, on whatever engine runs the trunk. Decoder, preprocessing, graph and cut are those of the real Worker: only the
// engine differs. No heads, no identity.
import type { ModelManifest } from '../../src/contract/manifest.ts';
import { decodeInput } from '../../src/image/decode.ts';
import type { Lowering } from '../../src/trunk/lowering.ts';
import { readModel, type TrunkModel } from '../../src/trunk/model-files.ts';
import { type Catalog, createCatalog } from '../../worker/catalog.ts';
import { codecs } from '../../worker/inference/codecs.ts';
import { createTimings, type Timings } from '../../worker/inference/timings.ts';

/** Makes a trunk ready on one engine, from its files to the default cut. */
export type Load = (catalog: Catalog, manifest: ModelManifest, timings: Timings) => Promise<Lowering>;

/** As our Worker reads it; only what is made of it is the engine's own. */
export function reading(lower: (model: TrunkModel, cut: string) => Promise<Lowering>): Load {
  return async (catalog, { name, defaults }, timings) => {
    const model = await timings.measure('read', async () => {
      const json: unknown = JSON.parse(new TextDecoder().decode(await catalog.file(name, 'model.json')));
      return readModel(json, (path) => catalog.file(name, path));
    });
    return timings.measure('lower', () => lower(model, defaults.cut));
  };
}

interface Env {
  readonly ASSETS: Fetcher;
}

/** What an isolate keeps from its first request on. */
interface Loaded {
  readonly lowering: Lowering;
  readonly manifest: ModelManifest;
}

export function serve(makeReady: Load): ExportedHandler<Env> {
  let loaded: Promise<Loaded> | undefined;

  async function load({ ASSETS }: Env, timings: Timings): Promise<Loaded> {
    const catalog = createCatalog((path) => ASSETS.fetch(`https://assets.invalid${path}`));
    const manifest = await catalog.defaultManifest();
    return { lowering: await makeReady(catalog, manifest, timings), manifest };
  }

  async function predict(request: Request, url: URL, env: Env): Promise<Response> {
    const timings = createTimings(() => performance.now());
    loaded ??= load(env, timings);
    const { lowering, manifest } = await loaded;
    const { defaults, input } = manifest;
    const size = Number(url.searchParams.get('size') ?? defaults.size);
    const bytes = new Uint8Array(await request.arrayBuffer());
    const once = async () => {
      const data = await timings.measure('decode', () =>
        decodeInput(bytes, codecs, { size, range: input.range }),
      );
      return timings.measure('trunk', () =>
        lowering.features({ data, shape: [1, size, size, 3] }, defaults.pooling),
      );
    };
    let features = await once();
    for (let more = Number(url.searchParams.get('times') ?? 1); more > 1; more--) features = await once();
    return Response.json([...features.data], { headers: { 'Server-Timing': timings.header() } });
  }

  return {
    fetch(request, env) {
      const url = new URL(request.url);
      if (url.pathname === '/api/health') return Response.json({ status: 'ok' });
      return predict(request, url, env);
    },
  };
}
