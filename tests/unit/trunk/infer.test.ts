// The lowering for inference as its callers meet it: what it holds, frees and refuses.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import { foldedKernel, fuse } from '../../../src/trunk/fuse.ts';
import { truncate } from '../../../src/trunk/graph.ts';
import { lowerInfer } from '../../../src/trunk/infer.ts';
import type { Lowering } from '../../../src/trunk/lowering.ts';
import type { TrunkModel } from '../../../src/trunk/model-files.ts';
import { loadTrunk, pick, realImages } from '../../support/trunk.ts';
import { chain, functional, inferAt, netOf, randomImages } from '../../support/trunk-nets.ts';

const { layers } = tf;
const IMAGES = randomImages([2, 9, 8, 3]);
let model: TrunkModel;

beforeAll(async () => {
  await startBackend();
  const net = await netOf(
    functional((x) =>
      chain(
        x,
        layers.zeroPadding2d({ padding: 1, name: 'pad' }),
        layers.conv2d({ filters: 4, kernelSize: 3, useBias: false, name: 'conv' }),
        layers.batchNormalization({ name: 'bn' }),
        layers.reLU({ maxValue: 6, name: 'relu' }),
        layers.flatten({ name: 'flat' }),
        layers.dense({ units: 3, name: 'dense' }),
      ),
    ),
  );
  net.oracle.dispose();
  model = net.model;
});

describe('fuse', () => {
  const stepsAt = (cut: string) => fuse(truncate(model.graph, cut), model.weights);

  it('makes one step of padding, convolution, BatchNorm and activation', () => {
    const [step, ...rest] = stepsAt('relu');
    expect(rest).toEqual([]);
    expect(step).toMatchObject({
      name: 'relu',
      inputs: [model.graph.nodes[0]?.name],
      padding: [
        [1, 1],
        [1, 1],
      ],
      activation: { fn: 'relu', max: 6 },
    });
  });

  it.each([
    ['pad', ['pad']],
    ['conv', ['conv']],
    ['bn', ['bn']],
    ['relu', ['relu']],
    ['dense', ['relu', 'flat', 'dense']],
  ])('ends at the cut %s', (cut, names) => {
    expect(stepsAt(cut).map(({ name }) => name)).toEqual(names);
  });

  it('leaves softmax, which looks across channels, a step of its own', async () => {
    const net = await netOf(
      functional((x) =>
        chain(x, layers.conv2d({ filters: 4, kernelSize: 1, activation: 'softmax', name: 'c' })),
      ),
    );
    net.oracle.dispose();
    const steps = fuse(net.model.graph, net.model.weights);
    expect(steps.map(({ name, activation }) => [name, activation])).toEqual([
      ['c#linear', null],
      ['c', null],
    ]);
  });

  it('leaves the convolution as it is where the cut lies before its BatchNorm', () => {
    const [step] = stepsAt('conv');
    expect(step).toMatchObject({ kernel: 'conv/kernel', scale: null, bias: null });
    expect(step && foldedKernel(step, model.weights)).toEqual(model.weights.get('conv/kernel'));
  });
});

describe('lowerInfer', () => {
  it('gives the images themselves where the cut is the input', async () => {
    expect(await inferAt(model, model.graph.nodes[0]?.name ?? '', IMAGES)).toEqual(IMAGES);
  });

  it('says how many bytes of weights it holds', () => {
    const lowering = lowerInfer(model, { cut: 'dense' });
    // Convolution and dense layer, each with a bias, the convolution's from its BatchNorm.
    expect(lowering.weightBytes).toBe(4 * (3 * 3 * 3 * 4 + 4 + 9 * 8 * 4 * 3 + 3));
    lowering.dispose();
  });

  it('refuses a layer that is not there, and makes nothing', () => {
    const before = tf.memory().numTensors;
    expect(() => lowerInfer(model, { cut: 'nowhere' })).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
    expect(tf.memory().numTensors).toBe(before);
  });

  it.each<[string, NdArray]>([
    ['three axes', { data: new Float32Array(9 * 8 * 3), shape: [9, 8, 3] }],
    ['no image', { data: new Float32Array(0), shape: [0, 9, 8, 3] }],
    ['one channel', { data: new Float32Array(9 * 8), shape: [1, 9, 8, 1] }],
    ['too few values', { data: new Float32Array(9 * 8 * 3 - 1), shape: [1, 9, 8, 3] }],
    ['sizes that are no whole numbers', { data: new Float32Array(54), shape: [0.25, 9, 8, 3] }],
    ['sizes that are no numbers', { data: new Float32Array(0), shape: [Number.NaN, 9, 8, 3] }],
    ['a size that the dense layer was not made for', randomImages([1, 18, 8, 3])],
  ])('refuses %s, frees all and works as before', async (_, images) => {
    const lowering = lowerInfer(model, { cut: 'dense' });
    const expected = await lowering.run(IMAGES);
    const before = tf.memory().numTensors;
    await expect(lowering.run(images)).rejects.toMatchObject({ name: 'AppError', code: 'shape_mismatch' });
    expect(tf.memory().numTensors).toBe(before);
    expect(await lowering.run(IMAGES)).toEqual(expected);
    lowering.dispose();
  });

  it('refuses an image that is too small for its layers', async () => {
    const net = await netOf(
      functional((x) => chain(x, layers.conv2d({ filters: 2, kernelSize: 5, name: 'c' }))),
    );
    net.oracle.dispose();
    await expect(inferAt(net.model, 'c', randomImages([1, 4, 9, 3]))).rejects.toMatchObject({
      code: 'shape_mismatch',
    });
  });

  it('frees all that it made: after a run, at disposal, and in a caller’s tidy', async () => {
    const before = tf.memory().numTensors;
    // A tidy around it must not free the weights.
    const made: Lowering[] = [];
    tf.tidy(() => {
      made.push(lowerInfer(model, { cut: 'dense' }));
    });
    const [lowering] = made;
    if (lowering === undefined) throw new Error('Nothing was made.');
    const held = tf.memory().numTensors;
    await lowering.run(IMAGES);
    await lowering.run(randomImages([5, 9, 8, 3]));
    expect(tf.memory().numTensors).toBe(held);
    lowering.dispose();
    lowering.dispose();
    expect(tf.memory().numTensors).toBe(before);
    await expect(lowering.run(IMAGES)).rejects.toMatchObject({ code: 'model_invalid' });
  });

  it('frees each activation after its last use', async () => {
    const depth = 12;
    const net = await netOf(
      functional(
        (x) => chain(x, ...Array.from({ length: depth }, () => layers.conv2d({ filters: 3, kernelSize: 1 }))),
        [64, 64],
      ),
    );
    net.oracle.dispose();
    const lowering = lowerInfer(net.model, { cut: net.model.graph.output });
    const before = tf.memory().numBytes;
    const map = 64 * 64 * 3 * 4;
    const { peakBytes } = await tf.profile(async () => {
      await lowering.run(randomImages([1, 64, 64, 3]));
      return [];
    });
    lowering.dispose();
    // The input and the output of one layer, and a little.
    expect(peakBytes - before).toBeLessThan(2.5 * map);
    expect(peakBytes - before).toBeGreaterThanOrEqual(2 * map);
  });

  it('leaves the images as they were', async () => {
    const images = { data: Float32Array.from(IMAGES.data), shape: IMAGES.shape };
    const y = await inferAt(model, 'relu', images);
    y.data.fill(7);
    expect(images).toEqual(IMAGES);
  });
});

describe('the default trunk, lowered for inference', () => {
  it('gives the same numbers to calls at the same time, and leaves nothing behind', async () => {
    const trunk = await loadTrunk();
    const images = await realImages(4, { size: 96, range: trunk.manifest.input.range });
    const before = tf.memory().numTensors;
    const lowering = lowerInfer(trunk.model, { cut: 'block_13_expand_relu' });
    const singly = [];
    for (const i of [0, 1, 2, 3]) singly.push(await lowering.run(pick(images, [i])));
    const held = tf.memory().numTensors;
    const together = await Promise.all([0, 1, 2, 3].map((i) => lowering.run(pick(images, [i]))));
    expect(together).toEqual(singly);
    expect(tf.memory().numTensors).toBe(held);
    // A run that is under way when the trunk is disposed still ends well.
    const last = lowering.run(pick(images, [0]));
    lowering.dispose();
    expect(await last).toEqual(singly[0]);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('runs at any size that its layers can take', async () => {
    const { model: trunk } = await loadTrunk();
    for (const [height, width] of [
      [32, 32],
      [33, 65],
    ] as const) {
      const { shape } = await inferAt(trunk, 'out_relu', randomImages([1, height, width, 3]));
      expect(shape).toEqual([1, Math.floor(height / 32), Math.floor(width / 32), 1280]);
    }
  });
});
