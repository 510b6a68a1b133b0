// The operations without weights, as tfjs ops: one home for both lowerings.
import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../contract/errors.ts';
import type { Activation, Edges, Op, Padding } from './graph.ts';
import { alignRank, edgesOf } from './shapes.ts';

type Stateless = Exclude<Op, { kind: 'conv2d' | 'depthwiseConv2d' | 'dense' | 'batchNorm' | 'input' }>;

/** Whether an operation has no weights. */
export function isStateless(op: Op): op is Stateless {
  return !['conv2d', 'depthwiseConv2d', 'dense', 'batchNorm', 'input'].includes(op.kind);
}

/** Applies an operation to its inputs [n,...]; dropout is the identity, as in inference. Caller disposes. */
export function applyStateless(op: Stateless, inputs: readonly tf.Tensor[]): tf.Tensor {
  const [x] = inputs;
  if (x === undefined) throw new AppError('model_invalid', { detail: `A ${op.kind} layer has no input.` });
  switch (op.kind) {
    case 'activation':
      return activate(op.activation, x);
    case 'add':
      return align(inputs).reduce((sum, next) => tf.add(sum, next));
    case 'multiply':
      return align(inputs).reduce((result, next) => tf.mul(result, next));
    case 'concat':
      return tf.concat([...inputs], -1);
    case 'zeroPad':
      return tf.pad(x, [[0, 0], ...op.edges.map(([a, b]): [number, number] => [a, b]), [0, 0]]);
    case 'maxPool':
      return tf.maxPool(asMap(x), [...op.window], [...op.strides], op.padding);
    case 'avgPool':
      return tf.avgPool(asMap(x), [...op.window], [...op.strides], op.padding);
    case 'globalMaxPool':
      return tf.max(x, [1, 2], op.keepDims);
    case 'globalAvgPool':
      return tf.mean(x, [1, 2], op.keepDims);
    case 'flatten':
      return tf.reshape(x, [x.shape[0] ?? -1, -1]);
    case 'reshape':
      return tf.reshape(x, [x.shape[0] ?? -1, ...op.target]);
    case 'rescale':
      return tf.add(tf.mul(x, op.scale), op.offset);
    case 'dropout':
      return tf.clone(x);
    default:
      return op satisfies never;
  }
}

/** Ones after the batch axis of a shorter tensor, as Keras merges [n,c] with [n,h,w,c]. */
function align(inputs: readonly tf.Tensor[]): readonly tf.Tensor[] {
  const rank = Math.max(...inputs.map((x) => x.rank));
  return inputs.map((x) =>
    x.rank === rank ? x : tf.reshape(x, [x.shape[0] ?? -1, ...alignRank(x.shape.slice(1), rank - 1)]),
  );
}

/** Caller disposes. */
export function activate(activation: Activation, x: tf.Tensor): tf.Tensor {
  switch (activation.fn) {
    case 'relu':
      if (activation.max === null) return tf.relu(x);
      return activation.max === 6 ? tf.relu6(x) : tf.clipByValue(x, 0, activation.max);
    case 'leakyRelu':
      return tf.leakyRelu(x, activation.slope);
    case 'sigmoid':
      return tf.sigmoid(x);
    case 'tanh':
      return tf.tanh(x);
    case 'softmax':
      return tf.softmax(x);
    case 'swish':
      return tf.mul(x, tf.sigmoid(x));
    default:
      return activation satisfies never;
  }
}

/** @throws AppError `shape_mismatch` when the tensor is no batch of maps [n,h,w,c] */
export function asMap(x: tf.Tensor): tf.Tensor4D {
  if (x.rank !== 4)
    throw new AppError('shape_mismatch', { detail: `Expected [n,h,w,c], got [${x.shape.join(', ')}].` });
  return x as tf.Tensor4D;
}

/** @throws AppError `shape_mismatch` when the tensor is no matrix [n,d] */
export function asMatrix(x: tf.Tensor): tf.Tensor2D {
  if (x.rank !== 2)
    throw new AppError('shape_mismatch', { detail: `Expected [n,d], got [${x.shape.join(', ')}].` });
  return x as tf.Tensor2D;
}

type TfPadding = 'same' | 'valid' | [[0, 0], [number, number], [number, number], [0, 0]];

/**
 * A convolution's padding as tfjs takes it. Where a stride steps over pixels, "same" is spelled out: told "same", tfjs's
 * WASM kernels then leave zeros where the sums should be.
 * @param padding what the convolution has, or a ZeroPadding2D that was fused into it
 */
export function convolutionPad(
  x: tf.Tensor4D,
  op: Extract<Op, { kind: 'conv2d' | 'depthwiseConv2d' }>,
  padding: Padding | Edges = op.padding,
): TfPadding {
  const { window, strides } = op;
  const stepsOver = strides[0] > window[0] || strides[1] > window[1];
  if (padding === 'valid' || (padding === 'same' && !stepsOver)) return padding;
  const [[top, bottom], [left, right]] = edgesOf(op, [x.shape[1], x.shape[2]], padding);
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}
