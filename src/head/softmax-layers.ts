// Dense layers with relu between them and softmax cross-entropy on top, as tensors: forward, loss and gradients in closed
// form. The gradients are written out, so that tfjs-core needs no gradient registered, and transpose by themselves, since
// the WASM backend is slow at `matMul` with a transposed operand.
import * as tf from '@tensorflow/tfjs-core';

/** kernel [inputs, outputs], bias [outputs]; relu follows all but the last. */
export interface LayerTensors<T extends tf.Tensor = tf.Tensor> {
  readonly kernel: T;
  readonly bias: T;
}

/** b examples. */
export interface Batch {
  /** [b,d] */
  readonly x: tf.Tensor2D;
  /** [b,k], one-hot */
  readonly y: tf.Tensor2D;
  /** [b,1], the weight of each example in the loss */
  readonly weights: tf.Tensor2D;
}

/** Caller disposes. */
export interface Step {
  /** Scalar, nats: mean over the batch of weight times cross-entropy, plus l2 times the sum of squared kernels. */
  readonly loss: tf.Tensor;
  /** Scalar: how many of the batch are predicted right. */
  readonly right: tf.Tensor;
  /** Derivatives of the loss, in the shapes of the layers. */
  readonly gradients: readonly LayerTensors[];
}

/** What goes into each layer, x first, and the logits [b,k]. To be called inside `tf.tidy`. */
export function forward(
  layers: readonly LayerTensors[],
  x: tf.Tensor2D,
): { readonly inputs: readonly tf.Tensor[]; readonly logits: tf.Tensor } {
  const inputs: tf.Tensor[] = [x];
  const logits = layers.reduce<tf.Tensor>((input, { kernel, bias }, i) => {
    const output = tf.add(tf.matMul(input, kernel), bias); // [b,inputs]·[inputs,outputs] + [outputs] -> [b,outputs]
    if (i === layers.length - 1) return output;
    const open = tf.relu(output); // [b,outputs]
    inputs.push(open);
    return open;
  }, x);
  return { inputs, logits };
}

/**
 * Loss and gradients of one batch. With p = softmax(logits), the derivative by the logits is w (p - y) / b; through a
 * layer x K + c it gives xᵀ δ for K, the column sums of δ for c, and δ Kᵀ where relu was open for what is below.
 * To be called inside `tf.tidy`, which frees what is in between.
 */
export function lossAndGradients(
  layers: readonly LayerTensors[],
  { x, y, weights }: Batch,
  l2: number,
): Step {
  const { inputs, logits } = forward(layers, x);
  const shifted = tf.sub(logits, tf.max(logits, 1, true)); // [b,k] - [b,1]
  const logSum = tf.log(tf.sum(tf.exp(shifted), 1, true)); // [b,1]
  const logP = tf.sub(shifted, logSum); // [b,k]
  const b = x.shape[0];
  const entropy = tf.div(tf.neg(tf.sum(tf.mul(tf.mul(y, logP), weights))), b); // []
  const loss = layers.reduce<tf.Tensor>(
    (sum, { kernel }) => (l2 === 0 ? sum : tf.add(sum, tf.mul(tf.sum(tf.square(kernel)), l2))), // []
    entropy,
  );
  const right = tf.sum(tf.cast(tf.equal(tf.argMax(logP, 1), tf.argMax(y, 1)), 'float32')); // []
  const gradients: LayerTensors[] = [];
  let delta: tf.Tensor = tf.mul(tf.sub(tf.exp(logP), y), tf.div(weights, b)); // [b,k]·[b,1]
  for (let i = layers.length - 1; i >= 0; i--) {
    const layer = layers[i];
    const input = inputs[i];
    if (layer === undefined || input === undefined) break;
    const slope = tf.matMul(tf.transpose(input), delta); // [inputs,b]·[b,outputs]
    gradients.unshift({
      kernel: l2 === 0 ? slope : tf.add(slope, tf.mul(layer.kernel, 2 * l2)), // [inputs,outputs]
      bias: tf.sum(delta, 0), // [outputs]
    });
    if (i > 0) delta = tf.mul(tf.matMul(delta, tf.transpose(layer.kernel)), tf.step(input)); // [b,inputs]
  }
  return { loss, right, gradients };
}
