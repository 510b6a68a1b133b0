// A built trunk by its files, wherever they come from: in Node and in a page alike.
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

/**
 * @param read a file of the trunk's folder
 * @throws AppError of `readModel`
 */
export async function loadTrunk(read: (path: string) => Promise<Uint8Array>): Promise<Trunk> {
  const parse = async (path: string): Promise<unknown> =>
    JSON.parse(new TextDecoder().decode(await read(path)));
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
