// The gradients that tfjs's WASM backend lacks, composed of ops that it has: the least that trains MobileNetV2's last
// blocks (1x1 convolutions, depthwise ones of 3x3 and stride 1), in the fastest order that was found. What a program would
// do without kernels of its own.
import * as tf from '@tensorflow/tfjs-core';

type Inputs = Readonly<Record<string, tf.Tensor>>;
type Attrs = Readonly<Record<string, unknown>>;

const COMPOSED: Readonly<Record<string, (inputs: Inputs, attrs: Attrs) => tf.Tensor>> = {
  Conv2DBackpropFilter({ x, dy }, { filterShape }) {
    const [, , c = 0, k = 0] = pointwise(filterShape as number[]);
    // The transpose first: transposeA is a slow path.
    const rows = tf.transpose(tf.reshape(need(x), [-1, c])); // [c,n]
    return tf.reshape(tf.matMul(rows, tf.reshape(need(dy), [-1, k])), [1, 1, c, k]); // [c,n]·[n,k]
  },
  Conv2DBackpropInput({ dy, filter }, { inputShape }) {
    const [, , c = 0, k = 0] = pointwise(need(filter).shape);
    const turned = tf.transpose(tf.reshape(need(filter), [c, k])); // [k,c]
    return tf.reshape(tf.matMul(tf.reshape(need(dy), [-1, k]), turned), inputShape as number[]); // [n,k]·[k,c]
  },
  DepthwiseConv2dNativeBackpropInput({ dy, filter }) {
    const turned = tf.reverse(need(filter), [0, 1]) as tf.Tensor4D;
    return tf.depthwiseConv2d(need(dy) as tf.Tensor4D, turned, 1, 'same');
  },
  DepthwiseConv2dNativeBackpropFilter({ x, dy }) {
    const [n = 0, h = 0, w = 0, c = 0] = need(x).shape;
    const padded = tf.pad(need(x), [
      [0, 0],
      [1, 1],
      [1, 1],
      [0, 0],
    ]);
    const slopes = tf.reshape(need(dy), [-1, c]);
    const taps = Array.from({ length: 9 }, (_, i) => {
      const met = tf.slice(padded, [0, Math.floor(i / 3), i % 3, 0], [n, h, w, c]);
      return tf.sum(tf.mul(tf.reshape(met, [-1, c]), slopes), 0); // [c]
    });
    return tf.reshape(tf.stack(taps), [3, 3, c, 1]);
  },
};

/** Kernels of the WASM backend by name, and the gradients of rectifiers, as they were at one moment. */
export interface KernelSet {
  readonly kernels: readonly tf.KernelConfig[];
  readonly gradients: readonly tf.GradConfig[];
}

export function takeKernels(): KernelSet {
  return {
    kernels: tf.getKernelsForBackend('wasm'),
    gradients: ['Relu', 'Relu6'].map((name) => tf.getGradient(name)),
  };
}

export function useKernels({ kernels, gradients }: KernelSet): void {
  for (const { kernelName } of tf.getKernelsForBackend('wasm')) tf.unregisterKernel(kernelName, 'wasm');
  for (const kernel of kernels) tf.registerKernel(kernel);
  for (const gradient of gradients) {
    tf.unregisterGradient(gradient.kernelName);
    tf.registerGradient(gradient);
  }
}

/** Adds the composed ones to tfjs's own. */
export function composeKernels(): void {
  for (const [kernelName, compose] of Object.entries(COMPOSED)) {
    if (tf.getKernel(kernelName, 'wasm') !== undefined) tf.unregisterKernel(kernelName, 'wasm');
    const kernelFunc = ({
      inputs,
      attrs,
    }: {
      readonly inputs: object;
      readonly attrs?: object | undefined;
    }) => tf.tidy(() => compose(inputs as Inputs, (attrs ?? {}) as Attrs));
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc: kernelFunc as tf.KernelFunc });
  }
}

function pointwise(shape: readonly number[]): readonly number[] {
  if (shape[0] !== 1 || shape[1] !== 1) throw new Error('Only 1x1 convolutions are composed here.');
  return shape;
}

function need(tensor: tf.Tensor | undefined): tf.Tensor {
  if (tensor === undefined) throw new Error('An input is missing.');
  return tensor;
}
