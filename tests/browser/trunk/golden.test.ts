import * as tf from '@tensorflow/tfjs-core';
import * as v from 'valibot';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../app/training/backends/start.ts';
import { codecs } from '../../../app/training/codecs.ts';
import { ModelManifest } from '../../../src/contract/manifest.ts';
import { readModel, type TrunkModel } from '../../../src/trunk/model-files.ts';
import { type Comparison, checkTrunkGolden, localFigures } from '../../support/trunk-golden.ts';
import { readFile } from '../support/files.ts';

const FOLDER = 'models/mobilenet-v2';
const readJson = async (path: string): Promise<unknown> =>
  JSON.parse(new TextDecoder().decode(await readFile(path)));

describe('the default trunk on the WASM backend of Chromium', () => {
  let model: TrunkModel;
  let compared: readonly Comparison[];

  beforeAll(async () => {
    await startBackend('wasm');
    const manifest = v.parse(ModelManifest, await readJson(`${FOLDER}/manifest.json`));
    model = await readModel(await readJson(`${FOLDER}/model.json`), (path) => readFile(`${FOLDER}/${path}`));
    compared = await checkTrunkGolden(
      (name) => readFile(`tests/golden/trunk/${name}`),
      manifest.digest,
      (bytes, input, cuts) => localFigures(model, codecs, bytes, input, cuts),
    );
  });

  it('runs with SIMD and on one thread', async () => {
    expect(tf.getBackend()).toBe('wasm');
    expect(await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT')).toBe(true);
    expect(await tf.env().getAsync('WASM_HAS_MULTITHREAD_SUPPORT')).toBe(false);
  });

  it('gives the features that Node has, to the last bit', () => {
    expect(compared.length).toBeGreaterThan(0);
    expect(compared.filter(({ changed }) => changed > 0)).toEqual([]);
  });

  it('leaves no tensor behind', () => expect(tf.memory().numTensors).toBe(0));
});
