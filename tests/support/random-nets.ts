// Random small architectures of every kind of layer.
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { apply, chain, functional } from './trunk-nets.ts';

const { layers } = tf;

/** A layer, or a few, of a random architecture. */
export interface Block {
  readonly kind:
    | 'conv'
    | 'depthwise'
    | 'separable'
    | 'norm'
    | 'activation'
    | 'pad'
    | 'maxPool'
    | 'avgPool'
    | 'dropout'
    | 'residual'
    | 'inception'
    | 'gate';
  /** Side of the window. */
  readonly size: number;
  readonly strides: number;
  readonly padding: 'same' | 'valid';
  readonly flag: boolean;
  readonly activation: 'linear' | 'relu' | 'relu6' | 'sigmoid' | 'swish' | 'tanh';
}

/** Any block. */
export const block: fc.Arbitrary<Block> = fc.record({
  kind: fc.constantFrom<Block['kind'][]>(
    'conv',
    'depthwise',
    'separable',
    'norm',
    'activation',
    'pad',
    'maxPool',
    'avgPool',
    'dropout',
    'residual',
    'inception',
    'gate',
  ),
  size: fc.integer({ min: 1, max: 3 }),
  strides: fc.integer({ min: 1, max: 2 }),
  padding: fc.constantFrom('same', 'valid'),
  flag: fc.boolean(),
  activation: fc.constantFrom('linear', 'relu', 'relu6', 'sigmoid', 'swish', 'tanh'),
});

/** Applies a block to a map [h,w,c] and gives a map again. */
export function applyBlock(x: tf.SymbolicTensor, { kind, size, strides, padding, flag, activation }: Block) {
  const [, h = 0, w = 0, c = 0] = x.shape.map((axis) => axis ?? 0);
  // A window that is larger than the map goes only with padding.
  const fits = size <= Math.min(h, w);
  const window = { padding: fits ? padding : 'same', kernelSize: size, strides } as const;
  const pool = { padding: fits ? padding : 'same', poolSize: size, strides } as const;
  const act = () => layers.activation({ activation });
  switch (kind) {
    case 'conv':
      return apply(layers.conv2d({ filters: 2 + size, useBias: flag, activation, ...window }), x);
    case 'depthwise':
      // A multiplier of 2 only while there are few channels.
      return apply(layers.depthwiseConv2d({ depthMultiplier: flag && c < 8 ? 2 : 1, ...window }), x);
    case 'separable':
      return apply(layers.separableConv2d({ filters: 4, useBias: flag, activation, ...window }), x);
    case 'norm':
      return apply(layers.batchNormalization({ scale: flag, center: size > 1, epsilon: 10 ** -size }), x);
    case 'activation':
      return apply(flag ? act() : layers.reLU({ maxValue: 2 * size }), x);
    case 'pad':
      return apply(
        layers.zeroPadding2d({
          padding: [
            [strides - 1, size],
            [0, 1],
          ],
        }),
        x,
      );
    case 'maxPool':
      return apply(layers.maxPooling2d(pool), x);
    case 'avgPool':
      return apply(layers.averagePooling2d(pool), x);
    case 'dropout':
      return apply(layers.dropout({ rate: 0.3 }), x);
    case 'residual': {
      const branch = layers.conv2d({ filters: c, kernelSize: size, padding: 'same', useBias: flag });
      return apply(layers.add(), x, chain(x, branch, layers.batchNormalization(), act()));
    }
    case 'inception': {
      const branch = chain(x, layers.conv2d({ filters: 2, kernelSize: size, padding: 'same' }), act());
      const pooled = apply(layers.maxPooling2d({ poolSize: 3, strides: 1, padding: 'same' }), x);
      return apply(layers.concatenate(), branch, ...(flag ? [x] : []), pooled);
    }
    case 'gate': {
      const squeezed = chain(
        x,
        layers.globalAveragePooling2d({}),
        layers.dense({ units: c, activation: 'sigmoid' }),
      );
      const gate = flag ? apply(layers.reshape({ targetShape: [1, 1, c] }), squeezed) : squeezed;
      return apply(layers.multiply(), x, gate);
    }
    default:
      return kind satisfies never;
  }
}

/** How an architecture ends. */
export type Top = 'map' | 'flatten' | 'pool';

/** Blocks one after the other on a map of an odd size, and what comes after them. */
export function architecture(blocks: readonly Block[], end: Top): tf.LayersModel {
  return functional(
    (x) => {
      const map = blocks.reduce<tf.SymbolicTensor>(applyBlock, x);
      if (end === 'map') return map;
      const vector = end === 'flatten' ? layers.flatten() : layers.globalAveragePooling2d({});
      return chain(map, vector, layers.dense({ units: 3 }), layers.batchNormalization());
    },
    [7, 6],
  );
}
