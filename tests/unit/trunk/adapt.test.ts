// Statistics estimated anew: identity, exactness, order, and what is refused.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import { adaptStatistics, compareStatistics } from '../../../src/trunk/adapt.ts';
import { digestStatistics, readStatistics } from '../../../src/trunk/batch-norm.ts';
import { lowerInfer } from '../../../src/trunk/infer.ts';
import type { TrunkModel } from '../../../src/trunk/model-files.ts';
import { overlayOfStatistics, overlayWeights } from '../../../src/trunk/overlay.ts';
import { loadTrunk, pick, realImages, type TrunkFolder } from '../../support/trunk.ts';
import { chain, functional, inferAt, netOf, randomImages } from '../../support/trunk-nets.ts';

const { layers } = tf;
const TO = 'end';
let model: TrunkModel;
const IMAGES = randomImages([6, 9, 8, 3], 11);
const ones = (data: NdArray, rows: readonly (readonly number[])[]) => rows.map((row) => pick(data, row));
const single = ones(IMAGES, [[0], [1], [2], [3], [4], [5]]);

beforeAll(async () => {
  await startBackend();
  const net = await netOf(
    functional((x) =>
      chain(
        x,
        layers.conv2d({ filters: 5, kernelSize: 3, name: 'conv1' }),
        layers.batchNormalization({ name: 'bn1' }),
        layers.reLU({ name: 'relu1' }),
        layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', useBias: false, name: 'depth' }),
        layers.batchNormalization({ name: 'bn2' }),
        layers.conv2d({ filters: 4, kernelSize: 1, useBias: false, name: 'conv3' }),
        layers.batchNormalization({ name: 'bn3' }),
        layers.reLU({ name: TO }),
      ),
    ),
    // tfjs's cut points need a variance that does not vanish to compare in standard deviations.
    { weights: { 'bn2/gamma': [1, -2, 0.5, 1, 3], 'bn3/gamma': [1, -1, 2, 0.5] } },
  );
  net.oracle.dispose();
  model = net.model;
});

/** Mean and biased variance of each channel. */
function momentsOf({ data, shape }: NdArray) {
  const c = shape.at(-1) ?? 1;
  const count = data.length / c;
  const mean = Array.from({ length: c }, (_, k) => {
    let sum = 0;
    for (let i = k; i < data.length; i += c) sum += data[i] ?? 0;
    return sum / count;
  });
  const variance = mean.map((m, k) => {
    let sum = 0;
    for (let i = k; i < data.length; i += c) sum += ((data[i] ?? 0) - m) ** 2;
    return sum / count;
  });
  return { mean, variance };
}

describe('adaptStatistics', () => {
  it('is the identity at alpha 0', async () => {
    const { statistics } = await adaptStatistics(model, single, { to: TO, alpha: 0 });
    expect(await digestStatistics(statistics)).toBe(await digestStatistics(readStatistics(model)));
  });

  it('gives every BatchNorm output mean beta and variance gamma² s / (s + epsilon) at alpha 1', async () => {
    const { statistics } = await adaptStatistics(model, single, { to: TO, alpha: 1 });
    const adapted = overlayWeights(model, overlayOfStatistics(model, statistics));
    for (const { layer, variance, epsilon } of statistics) {
      const output = momentsOf(await inferAt(adapted, layer, IMAGES));
      const gamma = model.weights.get(`${layer}/gamma`).data;
      const beta = model.weights.get(`${layer}/beta`).data;
      output.mean.forEach((mean, k) => {
        const s = variance[k] ?? 0;
        expect(mean, `${layer} mean ${k}`).toBeCloseTo(beta[k] ?? 0, 4);
        expect(output.variance[k], `${layer} variance ${k}`).toBeCloseTo(
          ((gamma[k] ?? 0) ** 2 * s) / (s + epsilon),
          3,
        );
      });
    }
  });

  it('does not depend on the order and the chunks of the images', async () => {
    const one = await adaptStatistics(model, single, { to: TO, alpha: 1 });
    const other = await adaptStatistics(model, ones(IMAGES, [[5, 3], [0], [4, 2, 1]]), { to: TO, alpha: 1 });
    one.statistics.forEach(({ layer, mean, variance }, i) => {
      mean.forEach((value, k) => {
        expect(other.statistics[i]?.mean[k], layer).toBeCloseTo(value, 4);
        expect(other.statistics[i]?.variance[k], layer).toBeCloseTo(variance[k] ?? 0, 4);
      });
    });
  });

  it('blends by alpha, or as if the stored statistics had been so many images', async () => {
    const [stored] = readStatistics(model);
    const { statistics, observed } = await adaptStatistics(model, single, { to: TO, alpha: 0.25 });
    const expected = 0.75 * (stored?.mean[0] ?? 0) + 0.25 * (observed[0]?.mean[0] ?? 0);
    expect(statistics[0]?.mean[0]).toBeCloseTo(expected, 5);
    // 6 images against a prior of 18: alpha = 6 / 24.
    const byPrior = await adaptStatistics(model, single, { to: TO, prior: 18 });
    expect(byPrior.statistics).toEqual(statistics);
  });

  it('touches nothing that is stored', async () => {
    const before = await inferAt(model, TO, IMAGES);
    await adaptStatistics(model, single, { to: TO, alpha: 1 });
    expect(await inferAt(model, TO, IMAGES)).toEqual(before);
  });

  it('leaks no tensor', async () => {
    const before = tf.memory().numTensors;
    await adaptStatistics(model, single, { to: TO, alpha: 0.5 });
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each([
    ['no image', [], { alpha: 0.5 }],
    ['an alpha above 1', single, { alpha: 1.5 }],
    ['an alpha that is not a number', single, { alpha: Number.NaN }],
    ['a prior below 0', single, { prior: -1 }],
  ] as const)('refuses %s', async (_, images, blend) => {
    await expect(adaptStatistics(model, images, { to: TO, ...blend })).rejects.toMatchObject({
      code: 'shape_mismatch',
    });
  });

  it('stops when it is aborted', async () => {
    const signal = AbortSignal.abort('enough');
    await expect(adaptStatistics(model, single, { to: TO, alpha: 1, signal })).rejects.toMatchObject({
      code: 'aborted',
    });
  });
});

describe('compareStatistics', () => {
  it('finds the layers of the real trunk moved by dark images, and more than by the images as they are', async () => {
    const { model: trunk, manifest }: TrunkFolder = await loadTrunk();
    const images = await realImages(10, { size: 96, range: manifest.input.range });
    const dark = { ...images, data: images.data.map((value) => 0.25 * value) };
    const to = 'block_3_expand_relu';
    const plain = await compareStatistics(trunk, [images], { to });
    const moved = await compareStatistics(trunk, [dark], { to });
    const total = ({ drift }: typeof plain) => drift.reduce((sum, { variance }) => sum + variance, 0);
    expect(total(moved)).toBeGreaterThan(total(plain));
    expect(plain.drift.map(({ layer }) => layer)).toEqual(
      readStatistics(trunk)
        .map(({ layer }) => layer)
        .slice(0, plain.drift.length),
    );
  });
});

describe('overlayWeights', () => {
  it('refuses a weight that the trunk does not have, and one of another shape', () => {
    const weight = { data: new Float32Array(3), shape: [3] };
    expect(() => overlayWeights(model, new Map([['nothing', weight]]))).toThrow('model_weight_missing');
    expect(() => overlayWeights(model, new Map([['bn1/gamma', weight]]))).toThrow('shape_mismatch');
  });

  it('refuses statistics of a layer that is no BatchNormalization', () => {
    const [first] = readStatistics(model);
    expect(() => overlayOfStatistics(model, first ? [{ ...first, layer: 'conv1' }] : [])).toThrow(
      'not_found',
    );
  });
});

describe('lowerInfer from a cut', () => {
  it('gives what the whole gives, to the bit', async () => {
    const lower = lowerInfer(model, { cut: 'relu1' });
    const upper = lowerInfer(model, { from: 'relu1', cut: TO });
    const whole = await inferAt(model, TO, IMAGES);
    expect(await upper.run(await lower.run(IMAGES))).toEqual(whole);
    lower.dispose();
    upper.dispose();
  });
});
