// Every layer kind with its options, against tfjs-layers on the same backend. What tfjs-layers lacks or gets wrong is
// in layers-by-hand.test.ts.
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import { apply, chain, expectAgreement, functional, netOf, randomImages } from '../../support/trunk-nets.ts';

const { layers } = tf;
const IMAGES = randomImages([2, 9, 8, 3]);

beforeAll(startBackend);

type Build = (x: tf.SymbolicTensor) => tf.SymbolicTensor;

const conv = (options: Partial<Parameters<typeof layers.conv2d>[0]> = {}) =>
  layers.conv2d({ filters: 4, kernelSize: 3, ...options });
const depthwise = (options: Partial<Parameters<typeof layers.depthwiseConv2d>[0]> = {}) =>
  layers.depthwiseConv2d({ kernelSize: 3, ...options });
const norm = layers.batchNormalization;

const NETS: Readonly<Record<string, Build>> = {
  'conv2d, valid': (x) => apply(conv(), x),
  'conv2d, same, even window, strides': (x) =>
    apply(conv({ kernelSize: [2, 4], strides: [2, 3], padding: 'same' }), x),
  'conv2d, same, dilation, no bias': (x) =>
    apply(conv({ dilationRate: [2, 1], padding: 'same', useBias: false }), x),
  'conv2d, valid, dilation': (x) => apply(conv({ dilationRate: 2 }), x),
  'conv2d with each activation': (x) =>
    chain(
      x,
      conv({ activation: 'relu' }),
      conv({ kernelSize: 1, activation: 'relu6' }),
      conv({ kernelSize: 1, activation: 'sigmoid' }),
      conv({ kernelSize: 1, activation: 'tanh' }),
      conv({ kernelSize: 1, activation: 'swish' }),
      conv({ kernelSize: 1, activation: 'softmax' }),
    ),
  'depthwise, same, strides': (x) => apply(depthwise({ strides: [2, 2], padding: 'same' }), x),
  'depthwise, multiplier 2, no bias, activation': (x) =>
    apply(depthwise({ depthMultiplier: 2, useBias: false, activation: 'relu' }), x),
  'separable with dilation and activation': (x) =>
    apply(layers.separableConv2d({ filters: 5, kernelSize: 3, dilationRate: 2, activation: 'relu' }), x),
  'separable, same, strides, no bias, then batchNorm': (x) =>
    chain(
      x,
      layers.separableConv2d({ filters: 5, kernelSize: 3, strides: 2, padding: 'same', useBias: false }),
      norm(),
    ),
  'batchNorm first, then a padding': (x) => chain(x, norm({ epsilon: 1e-5 }), conv({ padding: 'same' })),
  'batchNorm first, with relu': (x) => chain(x, norm(), layers.reLU(), conv()),
  'batchNorm first, with leaky relu': (x) => chain(x, norm(), layers.leakyReLU({ alpha: 0.1 })),
  'batchNorm twice': (x) => chain(x, conv(), norm(), norm({ epsilon: 0.1 })),
  'batchNorm without scale': (x) => chain(x, conv(), norm({ scale: false })),
  'batchNorm without center': (x) => chain(x, conv({ useBias: false }), norm({ center: false })),
  'batchNorm without either': (x) => chain(x, conv(), norm({ scale: false, center: false, epsilon: 1e-2 })),
  'batchNorm after depthwise with multiplier 2': (x) =>
    chain(x, depthwise({ depthMultiplier: 2 }), norm(), layers.reLU({ maxValue: 6 })),
  'batchNorm after a convolution with an activation of its own': (x) =>
    chain(x, conv({ activation: 'relu' }), norm()),
  'batchNorm after dense': (x) =>
    chain(x, layers.flatten(), layers.dense({ units: 6 }), norm(), layers.activation({ activation: 'relu' })),
  'batchNorm after dense, axis 1 as Keras writes it': (x) =>
    chain(x, layers.flatten(), layers.dense({ units: 6 }), norm({ axis: 1 })),
  'dense on a map, then batchNorm': (x) => chain(x, layers.dense({ units: 6, useBias: false }), norm()),
  'relu with maximum 6, 1.5 and none': (x) =>
    chain(x, conv(), layers.reLU({ maxValue: 6 }), conv(), layers.reLU({ maxValue: 1.5 }), layers.reLU()),
  'activations as layers': (x) =>
    chain(
      x,
      conv(),
      norm(),
      layers.activation({ activation: 'relu6' }),
      layers.activation({ activation: 'linear' }),
      conv(),
      layers.activation({ activation: 'sigmoid' }),
      layers.softmax({ axis: -1 }),
    ),
  'a convolution with two readers, one of them batchNorm': (x) => {
    const y = apply(conv({ padding: 'same' }), x);
    return apply(layers.add(), apply(norm(), y), y);
  },
  'a batchNorm with two readers, one of them relu': (x) => {
    const y = chain(x, conv({ padding: 'same' }), norm());
    return apply(layers.concatenate(), apply(layers.reLU(), y), y);
  },
  'the same tensor added to itself': (x) => apply(layers.add(), x, x, x),
  'zero padding before a valid convolution': (x) =>
    chain(
      x,
      layers.zeroPadding2d({
        padding: [
          [0, 1],
          [2, 3],
        ],
      }),
      conv({ strides: 2 }),
      norm(),
    ),
  'zero padding before a depthwise convolution': (x) =>
    chain(x, layers.zeroPadding2d({ padding: [1, 2] }), depthwise({ strides: [2, 2] })),
  'zero padding before a same convolution': (x) =>
    chain(x, layers.zeroPadding2d({ padding: 1 }), conv({ padding: 'same', strides: 2 })),
  'zero padding before pools': (x) =>
    chain(
      x,
      conv(),
      layers.zeroPadding2d({
        padding: [
          [1, 0],
          [0, 1],
        ],
      }),
      layers.maxPooling2d({ poolSize: 3, strides: 2 }),
      layers.zeroPadding2d({ padding: 1 }),
      layers.averagePooling2d({ poolSize: 2, strides: 1 }),
    ),
  'zero padding with two readers': (x) => {
    const y = apply(layers.zeroPadding2d({ padding: 1 }), x);
    return apply(
      layers.concatenate(),
      apply(conv(), y),
      apply(layers.maxPooling2d({ poolSize: 3, strides: 1 }), y),
    );
  },
  'zero padding twice': (x) =>
    chain(x, layers.zeroPadding2d({ padding: 1 }), layers.zeroPadding2d({ padding: 2 }), conv()),
  'pools, same padding': (x) =>
    chain(
      x,
      conv({ padding: 'same' }),
      layers.maxPooling2d({ poolSize: [2, 3], strides: [1, 2], padding: 'same' }),
      layers.averagePooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
    ),
  'add of three branches': (x) =>
    apply(
      layers.add(),
      apply(conv({ kernelSize: 1 }), x),
      chain(x, conv({ padding: 'same' }), norm()),
      chain(x, conv({ kernelSize: 1 }), layers.reLU()),
    ),
  'concatenation of branches and the input': (x) =>
    apply(layers.concatenate({ axis: 3 }), x, apply(conv({ padding: 'same' }), x), apply(norm(), x)),
  'concatenation of vectors, axis 1': (x) => {
    const y = layers.globalAveragePooling2d({}).apply(x) as tf.SymbolicTensor;
    const z = layers.globalMaxPooling2d({}).apply(x) as tf.SymbolicTensor;
    return apply(layers.concatenate({ axis: 1 }), y, z);
  },
  'squeeze and excite: multiply broadcasts [1,1,c]': (x) => {
    const y = chain(x, conv(), norm());
    const gate = chain(
      y,
      layers.globalAveragePooling2d({}),
      layers.reshape({ targetShape: [1, 1, 4] }),
      conv({ filters: 2, kernelSize: 1, activation: 'relu' }),
      conv({ kernelSize: 1, activation: 'sigmoid' }),
    );
    return apply(layers.multiply(), y, gate);
  },
  'multiply and add broadcast [c] over the map, either way round': (x) => {
    const y = apply(conv(), x);
    const gate = chain(y, layers.globalMaxPooling2d({}), layers.dense({ units: 4, activation: 'sigmoid' }));
    return apply(layers.add(), gate, apply(layers.multiply(), y, gate));
  },
  'reshape with an open size': (x) =>
    chain(x, layers.reshape({ targetShape: [-1, 4, 3] }), conv({ kernelSize: 2 })),
  'flatten, dense, softmax': (x) =>
    chain(x, layers.flatten(), layers.dense({ units: 5, activation: 'softmax' })),
  'global pools': (x) => chain(x, layers.globalMaxPooling2d({}), layers.dense({ units: 3 })),
  'dropout at inference': (x) => chain(x, conv(), layers.dropout({ rate: 0.5 }), norm()),
  'rescaling first': (x) => chain(x, layers.rescaling({ scale: 2, offset: -1 }), conv({ padding: 'same' })),
};

describe('the lowerings against tfjs-layers', () => {
  it.each(Object.entries(NETS))('%s', async (_, build) => {
    const net = await netOf(functional(build));
    await expectAgreement(net, IMAGES);
    net.oracle.dispose();
  });
});
