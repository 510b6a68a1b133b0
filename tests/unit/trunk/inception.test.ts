// A second real network, of another family: branches, concatenation, pools, rectangular windows, BatchNorm without scale.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import { importTrunkFolder } from '../../../scripts/support/import-trunk.ts';
import { BUILDS, engineAt } from '../../support/engine.ts';
import { loadOracle, loadTrunk, realImages } from '../../support/trunk.ts';
import { asTensor, evaluate, inferAt, relativeError, trainAt } from '../../support/trunk-nets.ts';

let folder: string;

beforeAll(async () => {
  await startBackend();
  folder = await mkdtemp(join(tmpdir(), 'topwork-'));
});
afterAll(() => rm(folder, { recursive: true }));

describe('InceptionV3', () => {
  it('is imported, loaded by tfjs, and gives what tfjs-layers gives', async () => {
    const manifest = await importTrunkFolder({
      source: 'nsfwjs/dist/models/inception_v3',
      name: 'inception-v3',
      into: folder,
    });
    expect(manifest.input.size).toBe(299);
    expect(manifest.batchNorm).toHaveLength(94);
    expect(manifest.batchNorm.every(({ scale, center }) => !scale && center)).toBe(true);
    // Its blocks begin and end in a concatenation, and nowhere between.
    expect(manifest.cuts.map(({ layer }) => layer).filter((layer) => layer.startsWith('mixed'))).toEqual(
      Array.from({ length: 11 }, (_, i) => `mixed${i}`),
    );

    const images = await realImages(1, manifest.input);
    const { model } = await loadTrunk(join(folder, 'inception-v3'));
    const oracle = await loadOracle(join(folder, 'inception-v3'));
    const cuts = ['mixed3', 'mixed10'];
    const outputs = cuts.map((layer) => oracle.getLayer(layer).output as tf.SymbolicTensor);
    const whole = tf.model({ inputs: oracle.inputs, outputs });
    const results = tf.tidy(() => [whole.predict(asTensor(images))].flat());
    oracle.dispose();
    for (const [i, layer] of cuts.entries()) {
      const result = results[i];
      if (result === undefined) throw new Error(`The oracle gave nothing at ${layer}.`);
      const expected = evaluate(() => result);
      expect(relativeError(await inferAt(model, layer, images), expected), layer).toBeLessThan(1e-4);
      for (const build of BUILDS)
        expect(relativeError(await engineAt(model, build, layer, images), expected), build).toBeLessThan(
          1e-4,
        );
      if (layer === 'mixed3')
        expect(relativeError(trainAt(model, layer, images), expected)).toBeLessThan(1e-4);
    }
  });
});
