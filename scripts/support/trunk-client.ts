// A trunk over HTTP, as a phone gets it: manifest, model, statistics, each checked against its digest.
import * as v from 'valibot';
import { decodeStatistics } from '../../src/artifact/statistics-file.ts';
import { sha256Hex } from '../../src/contract/digest.ts';
import { AppError } from '../../src/contract/errors.ts';
import { ModelManifest } from '../../src/contract/manifest.ts';
import { digestStatistics, readStatistics } from '../../src/trunk/batch-norm.ts';
import { readModel, type TrunkModel } from '../../src/trunk/model-files.ts';

export interface DownloadedTrunk {
  readonly manifest: ModelManifest;
  readonly model: TrunkModel;
  /** Bytes over the wire before compression. */
  readonly bytes: number;
}

/** @throws AppError `digest_mismatch`, `not_found`, and what `readModel` throws */
export async function downloadTrunk(origin: string, name: string): Promise<DownloadedTrunk> {
  let bytes = 0;
  const get = async (path: string) => {
    const response = await fetch(`${origin}${path}`);
    if (!response.ok) throw new AppError('not_found', { detail: `${path} answered ${response.status}.` });
    const body = new Uint8Array(await response.arrayBuffer());
    bytes += body.length;
    return body;
  };
  const parse = (body: Uint8Array): unknown => JSON.parse(new TextDecoder().decode(body));
  const manifest = v.parse(ModelManifest, parse(await get(`/models/${name}/manifest.json`)));
  const json = await get(`/models/${name}/model.json`);
  check('model.json', await sha256Hex(json), manifest.digest);
  const model = await readModel(parse(json), (path) => get(`/models/${name}/${path}`));
  const served = decodeStatistics(await get(`/api/models/${name}/bn`));
  check('the BatchNorm statistics', await digestStatistics(served), manifest.statistics);
  check("the model's own statistics", await digestStatistics(readStatistics(model)), manifest.statistics);
  return { manifest, model, bytes };
}

function check(what: string, actual: string, expected: string): void {
  if (actual !== expected)
    throw new AppError('digest_mismatch', { detail: `${what}: expected ${expected}, got ${actual}.` });
}
