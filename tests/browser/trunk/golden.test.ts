import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadEngine } from '../../../app/training/backends/own-engine.ts';
import { codecs } from '../../../app/training/codecs.ts';
import { ModelManifest } from '../../../src/contract/manifest.ts';
import { chooseBuild } from '../../../src/kernels/build.ts';
import { readModel, type TrunkModel } from '../../../src/trunk/model-files.ts';
import { type Comparison, checkTrunkGolden, localFigures } from '../../support/trunk-golden.ts';
import { readFile } from '../support/files.ts';

const FOLDER = 'models/mobilenet-v2';
const readJson = async (path: string): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode(await readFile(path)));

describe('the default trunk on our engine in Chromium', () => {
  let model: TrunkModel;
  let compared: readonly Comparison[];

  beforeAll(async () => {
    const manifest = v.parse(ModelManifest, await readJson(`${FOLDER}/manifest.json`));
    model = await readModel(await readJson(`${FOLDER}/model.json`), (path) => readFile(`${FOLDER}/${path}`));
    compared = await checkTrunkGolden(
      (name) => readFile(`tests/golden/trunk/${name}`),
      manifest.digest,
      async (bytes, input, cuts) => localFigures(await loadEngine(), model, codecs, bytes, input, cuts),
    );
  });

  it('runs on the build with relaxed SIMD', () => {
    expect(chooseBuild()).toBe('relaxed');
  });

  it('gives the features that Node has, to the last bit', () => {
    expect(compared.length).toBeGreaterThan(0);
    expect(compared.filter(({ changed }) => changed > 0)).toEqual([]);
  });
});
