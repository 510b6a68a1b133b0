// The default trunk against tfjs-layers, which reads the very same files: at every cut, on real images.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import { lowerTrain } from '../../../src/trunk/train.ts';
import { loadOracle, loadTrunk, realImages, type TrunkFolder } from '../../support/trunk.ts';
import { asTensor, evaluate, inferAt, relativeError, trainAt } from '../../support/trunk-nets.ts';

let trunk: TrunkFolder;
let images: NdArray;
let cuts: readonly string[];
/** What tfjs-layers gives at each cut. */
let expected: ReadonlyMap<string, NdArray>;

beforeAll(async () => {
  await startBackend();
  trunk = await loadTrunk();
  images = await realImages(2, trunk.manifest.input);
  cuts = trunk.manifest.cuts.map(({ layer }) => layer);
  const oracle = await loadOracle();
  const outputs = cuts.map((layer) => oracle.getLayer(layer).output as tf.SymbolicTensor);
  const whole = tf.model({ inputs: oracle.inputs, outputs });
  const results = tf.tidy(() => [whole.predict(asTensor(images))].flat());
  expected = new Map(results.map((y, i) => [cuts[i] ?? '', evaluate(() => y)]));
  oracle.dispose();
});

function at(layer: string): NdArray {
  const array = expected.get(layer);
  if (array === undefined) throw new Error(`The oracle has no ${layer}.`);
  return array;
}

describe('the default trunk', () => {
  it('is read by tf.loadLayersModel as it is, with every cut of the manifest', () => {
    expect(expected.size).toBe(32);
    for (const { layer, shape } of trunk.manifest.cuts) expect(at(layer).shape).toEqual([2, ...shape]);
  });

  it('gives what tfjs-layers gives, lowered for inference, at every cut', async () => {
    for (const layer of cuts)
      expect(relativeError(await inferAt(trunk.model, layer, images), at(layer)), layer).toBeLessThan(1e-4);
  });

  it('gives what tfjs-layers gives, lowered for training, from each cut to the next', () => {
    cuts.forEach((to, i) => {
      const from = cuts[i - 1] ?? null;
      const top = lowerTrain(trunk.model, { from, to, trainable: true });
      const y = evaluate(() => top.call(asTensor(from === null ? images : at(from)), { training: false }));
      top.dispose();
      expect(relativeError(y, at(to)), to).toBeLessThan(1e-4);
    });
  });

  it('gives the same features by both lowerings from the images to the last cut', async () => {
    const y = trainAt(trunk.model, 'out_relu', images);
    expect(relativeError(y, await inferAt(trunk.model, 'out_relu', images))).toBeLessThan(1e-4);
  });
});
