// What is done to each number on its own, for tfjs: shapes and addresses, no arithmetic. Two of these kernels are ours by
// name: `RectifierGradient`, which rectifiers.ts puts behind the gradients of relu and relu6, and `AdamUpdate`.
import type * as tf from '@tensorflow/tfjs-core';
import { addressOf } from './heap.ts';
import { addresses, input, kernel, passOn, product, type Replacement } from './kernel.ts';
import type { Kernels } from './module.ts';

export const RECTIFIER_GRADIENT = 'RectifierGradient';

/**
 * One update of a variable: inputs `value`, `gradient`, `first` and `second` moment and, optionally, `scale`, a scalar
 * that the gradient is multiplied by; outputs the new value and moments.
 * @see Kingma and Ba, arXiv 1412.6980; Loshchilov and Hutter, arXiv 1711.05101
 */
interface AdamAttrs {
  readonly rate: number;
  /** What the value is multiplied by: 1 - rate · weight decay. */
  readonly kept: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Updates done, this one included. */
  readonly step: number;
}

export function elementwiseKernels(kernels: Kernels): readonly Replacement[] {
  return [
    kernel<{ readonly top: number }>(RECTIFIER_GRADIENT, ({ inputs, attrs, backend }) => {
      const [dy, x] = [input(inputs, 'dy'), input(inputs, 'x')];
      const out = backend.makeOutput(x.shape, 'float32');
      kernels.rectifierGradient(...addresses(backend, dy, x, out), product(x.shape), attrs.top);
      return out;
    }),
    kernel<AdamAttrs>('AdamUpdate', ({ inputs, attrs, backend }) => {
      const { rate, kept, beta1, beta2, epsilon, step } = attrs;
      const { shape } = input(inputs, 'value');
      const outs = [0, 1, 2].map(() => backend.makeOutput(shape, 'float32'));
      const at = (tensor: tf.TensorInfo | undefined) =>
        tensor === undefined ? 0 : addressOf(backend, tensor);
      kernels.adam(
        ...([at(inputs.value), at(inputs.gradient), at(inputs.first), at(inputs.second)] as const),
        ...([at(inputs.scale), at(outs[0]), at(outs[1]), at(outs[2]), product(shape)] as const),
        ...([rate, kept, beta1, beta2, 1 - beta1 ** step, 1 - beta2 ** step, epsilon] as const),
      );
      return outs;
    }),
    // tfjs's own copy the numbers, several times in every gradient of a product.
    kernel('Identity', ({ inputs, backend }) => share(backend, input(inputs, 'x'))),
    kernel<{ readonly dtype: tf.DataType }>('Cast', (call, stock) => {
      const x = input(call.inputs, 'x');
      return x.dtype === call.attrs.dtype ? share(call.backend, x) : passOn(stock, call as never);
    }),
  ];
}

/** Another tensor over the same numbers: no kernel writes into what it did not make. */
function share(
  backend: { incRef(id: object): void },
  { dataId, shape, dtype }: tf.TensorInfo,
): tf.TensorInfo {
  backend.incRef(dataId);
  return { dataId, shape, dtype };
}
