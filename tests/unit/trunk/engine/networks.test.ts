// Whole networks on the engine, against tfjs: the default trunk, as it is, adapted, fine-tuned and split, and a net of
// every kind of layer in odd shapes.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../../scripts/support/backend.ts';
import type { NdArray } from '../../../../src/contract/nd-array.ts';
import { readStatistics } from '../../../../src/trunk/batch-norm.ts';
import type { TrunkModel } from '../../../../src/trunk/model-files.ts';
import { overlayOfStatistics, overlayWeights, splitAt } from '../../../../src/trunk/overlay.ts';
import { BUILDS, engineAt, lowered } from '../../../support/engine.ts';
import { changedWeights } from '../../../support/overlays.ts';
import { loadTrunk, pick, realImages } from '../../../support/trunk.ts';
import {
  apply,
  chain,
  functional,
  inferAt,
  netOf,
  predict,
  randomImages,
  relativeError,
} from '../../../support/trunk-nets.ts';

const CUT = 'block_13_expand_relu';
const TOLERANCE = 2e-5;

let model: TrunkModel;
let images: (size: number, count?: number) => Promise<NdArray>;

beforeAll(async () => {
  await startBackend();
  const trunk = await loadTrunk();
  model = trunk.model;
  images = (size, count = 1) => realImages(count, { size, range: trunk.manifest.input.range });
});

/** Both builds agree with tfjs; gives what they gave. */
async function agrees(on: TrunkModel, cut: string, batch: NdArray): Promise<readonly NdArray[]> {
  const expected = await inferAt(on, cut, batch);
  return Promise.all(
    BUILDS.map(async (build) => {
      const actual = await engineAt(on, build, cut, batch);
      expect(relativeError(actual, expected), `${build} at ${cut}`).toBeLessThan(TOLERANCE);
      return actual;
    }),
  );
}

describe('the default trunk on the engine', () => {
  it.each([224, 160, 99, 96, 33])('gives what tfjs gives, at %i px', async (size) => {
    for (const cut of ['block_3_depthwise_relu', CUT, 'out_relu'])
      await agrees(model, cut, await images(size));
  });

  it('gives what tfjs gives at every cut', async () => {
    const { manifest } = await loadTrunk();
    const batch = await images(96, 2);
    for (const { layer } of manifest.cuts) await agrees(model, layer, batch);
  });

  it('takes maps that are not square, one size after the other', async () => {
    for (const build of BUILDS) {
      const lowering = lowered(model, build, CUT);
      for (const size of [
        [64, 97],
        [97, 64],
        [64, 97],
      ]) {
        const batch = randomImages([2, ...size, 3]);
        const expected = await inferAt(model, CUT, batch);
        expect(relativeError(await lowering.run(batch), expected), `${size}`).toBeLessThan(TOLERANCE);
      }
      lowering.dispose();
    }
  });

  it('differs between the builds by rounding alone', async () => {
    const [simd, relaxed] = await agrees(model, 'out_relu', await images(160, 3));
    if (simd === undefined || relaxed === undefined) throw new Error('A build is missing.');
    const error = relativeError(relaxed, simd);
    expect(error).toBeGreaterThan(0);
    expect(error).toBeLessThan(1e-5);
  });

  it('folds adapted statistics and fine-tuned weights as tfjs does', async () => {
    const statistics = readStatistics(model).map((layer) => ({
      ...layer,
      mean: layer.mean.map((value, i) => value + 0.1 * Math.sin(i)),
      variance: layer.variance.map((value, i) => value * (1 + 0.5 * Math.cos(i) ** 2)),
    }));
    const adapted = overlayWeights(model, overlayOfStatistics(model, statistics));
    const tuned = overlayWeights(
      model,
      changedWeights(model, ['block_13_expand/kernel', 'block_13_expand_BN/gamma']),
    );
    const batch = await images(96);
    const plain = await engineAt(model, 'relaxed', CUT, batch);
    for (const other of [adapted, tuned]) {
      const [, relaxed = plain] = await agrees(other, CUT, batch);
      expect(relativeError(relaxed, plain)).toBeGreaterThan(1e-3);
    }
  });

  it.each(BUILDS)('can be run in two parts, to the bit, %s', async (build) => {
    const overlay = changedWeights(model, ['block_16_expand/kernel', 'Conv_1/kernel']);
    const overlaid = overlayWeights(model, overlay);
    const batch = await images(96, 2);
    const whole = await engineAt(overlaid, build, 'out_relu', batch);
    const split = splitAt(model.graph, overlay, 'out_relu');
    for (const from of [split ?? '', 'block_13_expand_relu', 'block_2_add', 'Conv1_relu']) {
      const shared = lowered(from === split ? model : overlaid, build, from);
      const rest = lowered(overlaid, build, 'out_relu', from);
      expect(await rest.run(await shared.run(batch)), from).toEqual(whole);
      shared.dispose();
      rest.dispose();
    }
  });

  it.each(BUILDS)('gives a sample the same numbers in any batch, to the bit, %s', async (build) => {
    const batch = await images(96, 5);
    const strange = {
      data: Float32Array.from(batch.data, (v, i) => (i < 96 * 96 * 3 ? Number.NaN : v)),
      shape: batch.shape,
    };
    const lowering = lowered(model, build, CUT);
    const together = await lowering.run(batch);
    const beside = await lowering.run(strange);
    for (const i of [4, 0, 2, 1, 3]) {
      const alone = await lowering.run(pick(batch, [i]));
      expect(alone, `image ${i}`).toEqual(pick(together, [i]));
      if (i > 0) expect(alone, `image ${i} beside one of NaN`).toEqual(pick(beside, [i]));
    }
    lowering.dispose();
  });
});

describe('a net of every kind of layer in odd shapes', () => {
  const { layers } = tf;
  const keras = () =>
    functional(
      (x) => {
        const stem = chain(
          x,
          layers.zeroPadding2d({
            padding: [
              [0, 1],
              [2, 1],
            ] as [[number, number], [number, number]],
          }),
          layers.conv2d({ filters: 13, kernelSize: [3, 5], strides: [2, 1], useBias: false, name: 'stem' }),
          layers.batchNormalization({ scale: false }),
          layers.leakyReLU({ alpha: 0.1 }),
        );
        const branches = [
          chain(stem, layers.conv2d({ filters: 7, kernelSize: 1, activation: 'relu' })),
          chain(stem, layers.maxPooling2d({ poolSize: 3, strides: 1, padding: 'same' })),
          chain(
            stem,
            layers.depthwiseConv2d({ kernelSize: 5, padding: 'same', depthMultiplier: 2 }),
            layers.batchNormalization(),
            layers.activation({ activation: 'tanh' }),
            layers.conv2d({ filters: 5, kernelSize: 3, padding: 'same', dilationRate: 2 }),
          ),
        ];
        const joined = apply(layers.concatenate({ name: 'joined' }), ...branches);
        const gate = chain(
          joined,
          layers.globalAveragePooling2d({}),
          layers.dense({ units: 6, activation: 'relu' }),
          layers.dense({ units: 25, activation: 'sigmoid' }),
          layers.reshape({ targetShape: [1, 1, 25] }),
        );
        const gated = apply(layers.multiply({ name: 'gated' }), joined, gate);
        const block = chain(
          gated,
          layers.conv2d({ filters: 37, kernelSize: 1, useBias: false }),
          layers.batchNormalization(),
          layers.activation({ activation: 'swish' }),
          layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false }),
          layers.batchNormalization(),
          layers.reLU({ maxValue: 6 }),
          layers.conv2d({ filters: 25, kernelSize: 1, useBias: false }),
          layers.batchNormalization(),
        );
        return chain(
          apply(layers.add({ name: 'sum' }), gated, block),
          layers.reLU({ name: 'rectified' }),
          layers.averagePooling2d({ poolSize: [2, 3], padding: 'same' }),
          layers.separableConv2d({ filters: 11, kernelSize: 3, strides: 2, padding: 'same' }),
          layers.dropout({ rate: 0.5 }),
          layers.flatten(),
          layers.dense({ units: 9, activation: 'softmax' }),
        );
      },
      [17, 23],
    );

  it('agrees with tfjs-layers at every layer', async () => {
    const { oracle, model: odd } = await netOf(keras(), { seed: 7 });
    const batch = randomImages([3, 17, 23, 3], 7);
    for (const { name } of oracle.layers)
      for (const build of BUILDS) {
        const actual = await engineAt(odd, build, name, batch);
        expect(relativeError(actual, predict(oracle, batch, name)), `${build} at ${name}`).toBeLessThan(5e-5);
      }
    oracle.dispose();
  });
});
