// A built trunk from its folder, as files and as read; and the image that it is timed with.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { ModelManifest } from '../src/contract/manifest.ts';
import { concatBytes, readModel, type TrunkModel } from '../src/trunk/model-files.ts';
import { WeightsManifest } from '../src/trunk/weights.ts';

const LayersModel = v.object({ modelTopology: v.looseObject({}), weightsManifest: WeightsManifest });

export interface Trunk {
  readonly manifest: ModelManifest;
  readonly model: TrunkModel;
  /** model.json. */
  readonly layersModel: v.InferOutput<typeof LayersModel>;
  /** All shards, one after the other. */
  readonly weights: Uint8Array;
}

/** @throws AppError of `readModel` */
export async function readTrunk(folder: string): Promise<Trunk> {
  const read = async (path: string) => new Uint8Array(await readFile(join(folder, path)));
  const parse = async (path: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, path), 'utf8'));
  const json = await parse('model.json');
  const layersModel = v.parse(LayersModel, json);
  const paths = layersModel.weightsManifest.flatMap((group) => group.paths);
  return {
    manifest: v.parse(ModelManifest, await parse('manifest.json')),
    model: await readModel(json, read),
    layersModel,
    weights: concatBytes(await Promise.all(paths.map(read))),
  };
}
