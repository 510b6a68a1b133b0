// The table of `trainable` and `training` for every BatchNorm layer of the default trunk, on real images at 96 px.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import {
  digestStatistics,
  isBatchNorm,
  readStatistics,
  type Statistics,
} from '../../../src/trunk/batch-norm.ts';
import { graphAfter } from '../../../src/trunk/cuts.ts';
import { type Graph, truncate } from '../../../src/trunk/graph.ts';
import { lowerTrain, type TrainableTop } from '../../../src/trunk/train.ts';
import { loadOracle, loadTrunk, realImages, type TrunkFolder } from '../../support/trunk.ts';
import { asTensor, evaluate, relativeError, trainAt } from '../../support/trunk-nets.ts';

const LAYERS = 52;

interface Moments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

let trunk: TrunkFolder;
let images: NdArray;
/** What the model stores, by the layer's name. */
let stored: ReadonlyMap<string, Statistics>;
/** What enters each BatchNorm layer in inference, by the layer's name. */
const inputs = new Map<string, NdArray>();
/** Moments of what enters each BatchNorm layer, by the layer's name. */
const moments = new Map<string, Moments>();
/** The last cut before each BatchNorm layer, and the activation there. */
const cuts = new Map<string, { readonly from: string | null; readonly x: NdArray }>();

beforeAll(async () => {
  await startBackend();
  trunk = await loadTrunk();
  images = await realImages(2, { size: 96, range: trunk.manifest.input.range });
  stored = new Map(readStatistics(trunk.model).map((statistics) => [statistics.layer, statistics]));
  const { graph } = trunk.model;
  let from: string | null = null;
  let x = images;
  for (const { layer: to } of trunk.manifest.cuts) {
    for (const node of nodesBetween(graph, from, to)) {
      if (!isBatchNorm(node)) continue;
      cuts.set(node.layer, { from, x });
      const input = inferFrom(from, node.inputs[0] ?? '', x);
      inputs.set(node.layer, input);
      moments.set(node.layer, momentsOf(input));
    }
    x = inferFrom(from, to, x);
    from = to;
  }
});

function nodesBetween(graph: Graph, from: string | null, to: string) {
  const whole = truncate(graph, to);
  return from === null ? whole.nodes : graphAfter(whole, from).nodes;
}

function inferFrom(from: string | null, to: string, x: NdArray): NdArray {
  const top = lowerTrain(trunk.model, { from, to });
  const y = evaluate(() => top.call(asTensor(x), { training: false }));
  top.dispose();
  return y;
}

/** Mean and biased variance of each channel, in doubles and in two passes. */
function momentsOf({ data, shape }: NdArray): {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
} {
  const c = shape.at(-1) ?? 1;
  const [mean, variance] = [new Float64Array(c), new Float64Array(c)];
  const count = data.length / c;
  data.forEach((x, i) => {
    mean[i % c] = (mean[i % c] ?? 0) + x / count;
  });
  data.forEach((x, i) => {
    variance[i % c] = (variance[i % c] ?? 0) + (x - (mean[i % c] ?? 0)) ** 2 / count;
  });
  return { mean, variance };
}

/** The layer by hand: normalised by the given moments, and the normalised values before gamma and beta. */
function normaliseByHand(layer: string, by: { mean: ArrayLike<number>; variance: ArrayLike<number> }) {
  const { data, shape } = need(inputs, layer);
  const { weights } = trunk.model;
  const [gamma, beta] = ['gamma', 'beta'].map((role) => weights.get(`${layer}/${role}`).data);
  const c = shape.at(-1) ?? 1;
  const inverse = Float64Array.from(by.variance, (value) => 1 / Math.sqrt(value + 0.001));
  const unit = Float64Array.from(data, (x, i) => (x - (by.mean[i % c] ?? 0)) * (inverse[i % c] ?? 0));
  const y = Float32Array.from(unit, (u, i) => u * (gamma?.[i % c] ?? 0) + (beta?.[i % c] ?? 0));
  return { unit, y: { data: y, shape } };
}

function need<T>(map: ReadonlyMap<string, T>, layer: string): T {
  const value = map.get(layer);
  if (value === undefined) throw new Error(`Nothing is known of ${layer}.`);
  return value;
}

/** moving * 0.999 + batch * 0.001 */
function moved(stored: Float32Array, batch: Float64Array): number[] {
  return [...batch].map((value, c) => (stored[c] ?? Number.NaN) * 0.999 + value * 0.001);
}

/** Largest difference, each divided by the size of the expected value (at least 1e-3). */
function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return Array.from(
    expected,
    (value, i) => Math.abs((actual[i] ?? Number.NaN) - value) / Math.max(Math.abs(value), 1e-3),
  ).reduce((a, b) => (b > a || Number.isNaN(b) ? b : a), 0);
}

/** Gradients of the sum of the outputs, each times its place modulo 7 less 3. */
function gradients(top: TrainableTop, x: NdArray, training: boolean) {
  const variables = top.trainableVariables();
  const { value, grads } = tf.variableGrads(() => {
    const y = top.call(asTensor(x), { training });
    return tf.sum(tf.mul(y, tf.tensor(placeFactors(y.size), y.shape)));
  }, variables);
  const values = variables.map(({ name }) => Float32Array.from(grads[name]?.dataSync() ?? []));
  tf.dispose([value, ...Object.values(grads)]);
  return values;
}

function placeFactors(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => (i % 7) - 3);
}

function channelSums(values: Float64Array, c: number): Float64Array {
  const sums = new Float64Array(c);
  values.forEach((value, i) => {
    sums[i % c] = (sums[i % c] ?? 0) + value;
  });
  return sums;
}

describe('each BatchNorm layer of the default trunk', () => {
  it('is among those that are checked', () => {
    expect([...inputs.keys()]).toEqual([...stored.keys()]);
    expect(inputs.size).toBe(LAYERS);
  });

  it.each([
    { trainable: true, training: true },
    { trainable: true, training: false },
    { trainable: false, training: true },
    { trainable: false, training: false },
  ])('called with trainable $trainable and training $training', ({ trainable, training }) => {
    const byBatch = trainable && training;
    for (const [layer, own] of stored) {
      const { from, x } = need(cuts, layer);
      const batch = need(moments, layer);
      const top = lowerTrain(trunk.model, {
        from,
        to: layer,
        trainable: (name) => trainable && name === layer,
      });

      // Which statistics normalise: those of the batch, by hand, or the stored ones, by hand.
      const y = evaluate(() => top.call(asTensor(x), { training }));
      const { unit, y: byHand } = normaliseByHand(layer, byBatch ? batch : own);
      expect(relativeError(y, byHand), `${layer}: output`).toBeLessThan(1e-4);

      // Whether they move, and no others.
      for (const after of top.statistics()) {
        if (after.layer === layer && byBatch) {
          expect(worst(after.mean, moved(own.mean, batch.mean)), `${layer}: mean`).toBeLessThan(1e-4);
          expect(
            worst(after.variance, moved(own.variance, batch.variance)),
            `${layer}: variance`,
          ).toBeLessThan(1e-4);
          expect(after.mean).not.toEqual(own.mean);
        } else expect(after).toEqual(stored.get(after.layer));
      }

      // Whether gamma and beta get gradients.
      expect(top.trainableVariables()).toHaveLength(trainable ? 2 : 0);
      if (trainable) {
        const [gamma, beta] = gradients(top, x, training);
        const factors = Float64Array.from(placeFactors(unit.length));
        const c = own.mean.length;
        const sizes = channelSums(
          unit.map((u, i) => Math.abs(u * (factors[i] ?? 0))),
          c,
        );
        const slopes = channelSums(
          unit.map((u, i) => u * (factors[i] ?? 0)),
          c,
        );
        const errors = slopes.map(
          (slope, i) => Math.abs((gamma?.[i] ?? Number.NaN) - slope) / Math.max(sizes[i] ?? 0, 1e-3),
        );
        expect(Math.max(...errors), `${layer}: gradient of gamma`).toBeLessThan(1e-4);
        expect([...(beta ?? [])], `${layer}: gradient of beta`).toEqual([...channelSums(factors, c)]);
      }
      top.dispose();
    }
  });
});

describe('the default trunk as a whole', () => {
  it('frozen and called with training is inference, bit for bit, and its statistics keep their digest', async () => {
    const top = lowerTrain(trunk.model, { from: null, to: 'out_relu' });
    const y = evaluate(() => top.call(asTensor(images), { training: true }));
    expect(y).toEqual(trainAt(trunk.model, 'out_relu', images));
    expect(await digestStatistics(top.statistics())).toBe(trunk.manifest.statistics);
    top.dispose();
  });

  it('moves every layer where all are trainable, and the digest with them', async () => {
    const top = lowerTrain(trunk.model, { from: null, to: 'out_relu', trainable: true });
    evaluate(() => top.call(asTensor(images), { training: true }));
    for (const { layer, mean, variance } of top.statistics()) {
      expect(mean, layer).not.toEqual(stored.get(layer)?.mean);
      expect(variance, layer).not.toEqual(stored.get(layer)?.variance);
    }
    expect(await digestStatistics(top.statistics())).not.toBe(trunk.manifest.statistics);
    top.dispose();
  });

  it('does what tfjs-layers does where all layers are trainable: the same output, the same moves', async () => {
    const oracle = await loadOracle();
    const top = lowerTrain(trunk.model, { from: null, to: 'out_relu', trainable: true });
    const y = evaluate(() => top.call(asTensor(images), { training: true }));
    const expected = evaluate(() => oracle.apply(asTensor(images), { training: true }) as tf.Tensor);
    expect(relativeError(y, expected)).toBeLessThan(1e-3);
    for (const { layer, mean, variance } of top.statistics()) {
      const [, , movingMean, movingVariance] = oracle.getLayer(layer).getWeights();
      expect(worst(mean, movingMean?.dataSync() ?? []), `${layer}: mean`).toBeLessThan(1e-4);
      expect(worst(variance, movingVariance?.dataSync() ?? []), `${layer}: variance`).toBeLessThan(1e-4);
    }
    top.dispose();
    oracle.dispose();
  });
});
