// The trunks that this deployment serves, read from its own static assets. A deployment's assets never change, so
// what was read once is kept for the isolate's life. No weights here: they are loaded by whoever runs them.
import * as v from 'valibot';
import { AppError } from '../src/contract/errors.ts';
import { ModelName } from '../src/contract/ids.ts';
import { ModelManifest } from '../src/contract/manifest.ts';
import { createShared, type Sharing } from './inference/sharing.ts';

/** Fetches a static asset by its path, which begins with `/`. */
export type FetchAsset = (path: string) => Promise<Response>;

export interface Catalog {
  /** Every trunk; the first is the default one. @throws AppError `storage_failed` */
  list(): Promise<readonly ModelManifest[]>;
  /** @throws AppError `model_not_found`, `storage_failed` */
  manifest(name: ModelName): Promise<ModelManifest>;
  /** The trunk to use when none is named. @throws AppError `model_not_found` where there is none */
  defaultManifest(): Promise<ModelManifest>;
  /** Bytes of a file in a trunk's folder. @throws AppError `storage_failed` */
  file(name: ModelName, path: string): Promise<Uint8Array<ArrayBuffer>>;
}

const Index = v.object({ models: v.array(ModelName) });

/** A catalog on the folder `models/` of the static assets. */
export function createCatalog(fetchAsset: FetchAsset, sharing: Sharing = {}): Catalog {
  const read = async (path: string) => {
    const response = await fetchAsset(`/models/${path}`).catch((cause: unknown) => {
      throw unavailable(path, cause);
    });
    if (!response.ok) throw unavailable(path, new Error(`status ${response.status}`));
    return new Uint8Array(await response.arrayBuffer());
  };
  const readJson = async (path: string): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode(await read(path)));
  const list = createShared(async () => {
    const { models } = v.parse(Index, await readJson('index.json'));
    return Promise.all(
      models.map(async (name) => v.parse(ModelManifest, await readJson(`${name}/manifest.json`))),
    );
  }, sharing);

  return {
    list,
    async manifest(name) {
      const found = (await list()).find((manifest) => manifest.name === name);
      if (found !== undefined) return found;
      throw new AppError('model_not_found', {
        detail: `There is no model "${name}" here. GET /api/models lists those there are.`,
      });
    },
    async defaultManifest() {
      const [first] = await list();
      if (first !== undefined) return first;
      throw new AppError('model_not_found', { detail: 'This deployment serves no model.' });
    },
    file: (name, path) => read(`${name}/${path}`),
  };
}

function unavailable(path: string, cause: unknown): AppError {
  return new AppError('storage_failed', { detail: `The file models/${path} cannot be read now.`, cause });
}
