// Layer options that tfjs-layers lacks, drops on saving or gets wrong: expected numbers by arithmetic.
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import type { TrunkModel } from '../../../src/trunk/model-files.ts';
import {
  inferAt,
  type LayerJson,
  randomImages,
  randomOf,
  sequentialOf,
  trainAt,
} from '../../support/trunk-nets.ts';

beforeAll(startBackend);

/** One pixel of three channels through both lowerings. */
async function pixelThrough(
  layers: readonly LayerJson[],
  pixel: readonly [number, number, number],
  weights = {},
) {
  const model = await sequentialOf(layers, weights);
  return bothAt(model, { data: Float32Array.from(pixel), shape: [1, 1, 1, 3] });
}

/** The model's output, which both lowerings must give alike. */
async function bothAt(model: TrunkModel, images: NdArray): Promise<NdArray> {
  const inferred = await inferAt(model, model.graph.output, images);
  const trained = trainAt(model, model.graph.output, images);
  expect(trained.shape).toEqual(inferred.shape);
  inferred.data.forEach((value, i) => {
    expect(trained.data[i]).toBeCloseTo(value, 5);
  });
  return inferred;
}

function expectValues(actual: NdArray, expected: readonly number[]): void {
  expect(actual.data).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expect(actual.data[i], `value ${i}`).toBeCloseTo(value, 5);
  });
}

describe('activations', () => {
  it.each<[string, LayerJson, readonly number[]]>([
    ['ReLU', ['ReLU', { name: 'a' }], [0, 3, 9]],
    ['ReLU with a maximum of 6', ['ReLU', { name: 'a', max_value: 6 }], [0, 3, 6]],
    [
      'ReLU as Keras 3 writes it',
      ['ReLU', { name: 'a', max_value: 6, negative_slope: 0, threshold: 0 }],
      [0, 3, 6],
    ],
    ['ReLU with a slope', ['ReLU', { name: 'a', negative_slope: 0.5 }], [-2 * 0.5, 3, 9]],
    ['LeakyReLU of Keras 2', ['LeakyReLU', { name: 'a', alpha: 0.25 }], [-2 * 0.25, 3, 9]],
    ['LeakyReLU of Keras 3', ['LeakyReLU', { name: 'a', negative_slope: 0.25 }], [-2 * 0.25, 3, 9]],
    ['LeakyReLU as it is by default', ['LeakyReLU', { name: 'a' }], [-2 * 0.3, 3, 9]],
    ['Activation leaky_relu', ['Activation', { name: 'a', activation: 'leaky_relu' }], [-2 * 0.2, 3, 9]],
    ['Activation relu6', ['Activation', { name: 'a', activation: 'relu6' }], [0, 3, 6]],
    [
      'Activation as an object of Keras 3',
      ['Activation', { name: 'a', activation: { class_name: 'function', config: 'relu6' } }],
      [0, 3, 6],
    ],
    [
      'Activation silu',
      ['Activation', { name: 'a', activation: 'silu' }],
      [-2, 3, 9].map((x) => x / (1 + Math.exp(-x))),
    ],
    ['Activation tanh', ['Activation', { name: 'a', activation: 'tanh' }], [-2, 3, 9].map(Math.tanh)],
    [
      'Activation softmax',
      ['Activation', { name: 'a', activation: 'softmax' }],
      [-2, 3, 9].map((x) => Math.exp(x) / (Math.exp(-2) + Math.exp(3) + Math.exp(9))),
    ],
  ])('%s', async (_, layer, expected) => {
    expectValues(await pixelThrough([layer], [-2, 3, 9]), expected);
  });
});

describe('Rescaling', () => {
  it('multiplies by scale and adds offset', async () => {
    const rescaling: LayerJson = ['Rescaling', { name: 'r', scale: 1 / 127.5, offset: -1 }];
    expectValues(await pixelThrough([rescaling], [0, 127.5, 255]), [-1, 0, 1]);
  });
});

describe('BatchNormalization', () => {
  const norm: LayerJson = ['BatchNormalization', { name: 'bn', epsilon: 1, axis: [3] }];
  const statistics = {
    'bn/moving_mean': [[3], [1, 2, -1]],
    'bn/moving_variance': [[3], [3, 0, 8]],
  } as const;

  it('normalises by the stored statistics: negative and zero gamma, zero variance', async () => {
    const weights = { 'bn/gamma': [[3], [-2, 3, 0]], 'bn/beta': [[3], [0.5, -1, 7]], ...statistics } as const;
    expectValues(await pixelThrough([norm], [5, 4, 100], weights), [
      ((5 - 1) / Math.sqrt(3 + 1)) * -2 + 0.5,
      ((4 - 2) / Math.sqrt(0 + 1)) * 3 - 1,
      0 + 7,
    ]);
  });

  it('does without gamma and beta', async () => {
    const bare: LayerJson = ['BatchNormalization', { name: 'bn', epsilon: 1, scale: false, center: false }];
    expectValues(await pixelThrough([bare], [5, 4, 100], statistics), [
      (5 - 1) / Math.sqrt(3 + 1),
      (4 - 2) / Math.sqrt(0 + 1),
      (100 + 1) / Math.sqrt(8 + 1),
    ]);
  });

  it('folds into a dense layer with a bias', async () => {
    const dense: LayerJson = ['Dense', { name: 'd', units: 1 }];
    const weights = {
      'd/kernel': [
        [3, 1],
        [1, 2, 3],
      ],
      'd/bias': [[1], [-4]],
      'bn/gamma': [[1], [-2]],
      'bn/beta': [[1], [0.5]],
      'bn/moving_mean': [[1], [6]],
      'bn/moving_variance': [[1], [3]],
    } as const;
    // 10 * 1 + 20 * 2 + 30 * 3 - 4 = 136
    expectValues(await pixelThrough([dense, norm], [10, 20, 30], weights), [
      ((136 - 6) / Math.sqrt(3 + 1)) * -2 + 0.5,
    ]);
  });
});

describe('GlobalAveragePooling2D and GlobalMaxPooling2D', () => {
  const images = { data: Float32Array.of(1, 2, 3, 5, 6, 10), shape: [1, 1, 2, 3] };

  it.each<[string, readonly number[]]>([
    ['GlobalAveragePooling2D', [(1 + 5) / 2, (2 + 6) / 2, (3 + 10) / 2]],
    ['GlobalMaxPooling2D', [5, 6, 10]],
  ])('%s keeps the axes where it is told to', async (name, expected) => {
    for (const [keepdims, shape] of [
      [true, [1, 1, 1, 3]],
      [false, [1, 3]],
    ] as const) {
      const y = await bothAt(await sequentialOf([[name, { name: 'g', keepdims }]], {}, [1, 2]), images);
      expect(y.shape).toEqual(shape);
      expectValues(y, expected);
    }
  });
});

describe('AveragePooling2D', () => {
  it('leaves the padding out of the mean', async () => {
    const pool: LayerJson = [
      'AveragePooling2D',
      { name: 'p', pool_size: [2, 2], padding: 'same', strides: null },
    ];
    const model = await sequentialOf([pool], {}, [3, 3]);
    const data = Float32Array.from({ length: 27 }, (_, i) => Math.floor(i / 3)); // cells 0..8, channels alike
    const cells = [(0 + 1 + 3 + 4) / 4, (2 + 5) / 2, (6 + 7) / 2, 8];
    expectValues(
      await bothAt(model, { data, shape: [1, 3, 3, 3] }),
      cells.flatMap((cell) => [cell, cell, cell]),
    );
  });
});

describe('ZeroPadding2D', () => {
  it.each<[unknown, readonly number[]]>([
    [2, [1, 1 + 2 + 2, 1 + 2 + 2, 3]],
    [
      [1, 2],
      [1, 1 + 1 + 1, 1 + 2 + 2, 3],
    ],
    [
      [
        [1, 0],
        [2, 3],
      ],
      [1, 1 + 1 + 0, 1 + 2 + 3, 3],
    ],
  ])('reads the padding %j', async (padding, shape) => {
    const model = await sequentialOf([['ZeroPadding2D', { name: 'z', padding }]]);
    expect((await bothAt(model, randomImages([1, 1, 1, 3]))).shape).toEqual(shape);
  });
});

describe('DepthwiseConv2D', () => {
  // tfjs-layers leaves the dilation out.
  it.each(['same', 'valid'] as const)('applies its dilation, %s padding', async (padding) => {
    const random = randomOf(7);
    const kernel = Array.from({ length: 2 * 3 * 3 * 2 }, () => random() - 0.5); // [2,3,3,2]
    const layer: LayerJson = [
      'DepthwiseConv2D',
      {
        name: 'd',
        kernel_size: [2, 3],
        depth_multiplier: 2,
        dilation_rate: [2, 2],
        padding,
        use_bias: false,
      },
    ];
    const images = randomImages([1, 6, 7, 3]);
    const y = await bothAt(
      await sequentialOf([layer], { 'd/depthwise_kernel': [[2, 3, 3, 2], kernel] }, [6, 7]),
      images,
    );
    // The window reaches over (2 - 1) * 2 + 1 = 3 rows and (3 - 1) * 2 + 1 = 5 columns.
    const [height, width, before] =
      padding === 'same' ? [6, 7, [1, 2] as const] : [6 - 2, 7 - 4, [0, 0] as const];
    expect(y.shape).toEqual([1, height, width, 3 * 2]);
    const at = (i: number, j: number, c: number) =>
      i < 0 || j < 0 || i >= 6 || j >= 7 ? 0 : (images.data[(i * 7 + j) * 3 + c] ?? Number.NaN);
    const expected = [];
    for (let i = 0; i < height; i++)
      for (let j = 0; j < width; j++)
        for (let c = 0; c < 3; c++)
          for (let m = 0; m < 2; m++) {
            let sum = 0;
            for (let a = 0; a < 2; a++)
              for (let b = 0; b < 3; b++)
                sum +=
                  at(i + a * 2 - before[0], j + b * 2 - before[1], c) *
                  (kernel[((a * 3 + b) * 3 + c) * 2 + m] ?? Number.NaN);
            expected.push(sum);
          }
    expectValues(y, expected);
  });
});

describe('SeparableConv2D', () => {
  // tfjs-layers forgets the multiplier when it saves.
  it('is a depthwise convolution with its multiplier, a pointwise one and a bias', async () => {
    const random = randomOf(8);
    const values = (length: number) => Array.from({ length }, () => random() - 0.5);
    const [depthwise, pointwise, bias] = [values(2 * 2 * 3 * 2), values(6 * 4), values(4)];
    const window = { kernel_size: [2, 2], strides: [2, 2], padding: 'same' };
    const separable = await sequentialOf(
      [['SeparableConv2D', { name: 's', filters: 4, depth_multiplier: 2, activation: 'relu', ...window }]],
      {
        's/depthwise_kernel': [[2, 2, 3, 2], depthwise],
        's/pointwise_kernel': [[1, 1, 6, 4], pointwise],
        's/bias': [[4], bias],
      },
      [5, 5],
    );
    const apart = await sequentialOf(
      [
        ['DepthwiseConv2D', { name: 'd', depth_multiplier: 2, use_bias: false, ...window }],
        ['Conv2D', { name: 'p', filters: 4, kernel_size: 1, activation: 'relu' }],
      ],
      {
        'd/depthwise_kernel': [[2, 2, 3, 2], depthwise],
        'p/kernel': [[1, 1, 6, 4], pointwise],
        'p/bias': [[4], bias],
      },
      [5, 5],
    );
    const images = randomImages([2, 5, 5, 3]);
    expect(await bothAt(separable, images)).toEqual(await bothAt(apart, images));
  });
});

describe('a stride that steps over pixels', () => {
  const ones = (size: number): NdArray => ({
    data: new Float32Array(size * size * 3).fill(1),
    shape: [1, size, size, 3],
  });
  const window = { kernel_size: 3, strides: 4, padding: 'same', use_bias: false };

  // Eight windows a side start at 0, 4 ... 28 and all lie inside, since 28 + 3 <= 32: nothing is padded.
  it.each<[string, LayerJson, readonly number[], number]>([
    ['Conv2D', ['Conv2D', { name: 'a', filters: 1, ...window }], [3, 3, 3, 1], 27 * 0.1],
    ['DepthwiseConv2D', ['DepthwiseConv2D', { name: 'a', ...window }], [3, 3, 3, 1], 9 * 0.1],
  ])('keeps its sums in %s with padding "same"', async (kind, layer, shape, expected) => {
    const values = new Array<number>(27).fill(0.1);
    const weight = kind === 'Conv2D' ? 'kernel' : 'depthwise_kernel';
    const model = await sequentialOf([layer], { [`a/${weight}`]: [shape, values] });
    const { data, shape: out } = await bothAt(model, ones(32));
    expect(out.slice(0, 3)).toEqual([1, 8, 8]);
    expect(Math.min(...data)).toBeCloseTo(expected, 5);
    expect(Math.max(...data)).toBeCloseTo(expected, 5);
  });

  it.each(['MaxPooling2D', 'AveragePooling2D'])('keeps its value in %s', async (kind) => {
    const model = await sequentialOf([[kind, { name: 'a', pool_size: 2, strides: 3, padding: 'same' }]], {});
    const { data } = await bothAt(model, ones(32));
    expect(Math.min(...data)).toBe(1);
    expect(Math.max(...data)).toBe(1);
  });
});
