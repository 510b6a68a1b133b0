// The gradients of relu and relu6 in one pass. tfjs composes them of up to five kernels; it keeps one gradient for all
// backends, so that another backend than `wasm` is given tfjs's own.
import * as tf from '@tensorflow/tfjs-core';
import { RECTIFIER_GRADIENT } from './elementwise.ts';

const TOPS: Readonly<Record<string, number>> = { Relu: Number.POSITIVE_INFINITY, Relu6: 6 };
const own = new WeakSet<object>();

/** Twice does no harm. */
export function registerRectifierGradients(): void {
  for (const [kernelName, top] of Object.entries(TOPS)) {
    const stock = tf.getGradient(kernelName);
    if (stock === undefined || own.has(stock)) continue;
    register({
      kernelName,
      inputsToSave: ['x'],
      gradFunc(dy, saved, attrs) {
        const [x] = saved;
        if (x === undefined || tf.getBackend() !== 'wasm') return stock.gradFunc(dy, saved, attrs);
        return { x: () => slope(dy as tf.Tensor, x, top) };
      },
    });
  }
  if (tf.getGradient(RECTIFIER_GRADIENT) === undefined)
    register({
      kernelName: RECTIFIER_GRADIENT,
      inputsToSave: ['x'],
      // Linear in dy, and flat in x almost everywhere.
      gradFunc(ddy, [x = none()], { top }: Readonly<Record<string, unknown>>) {
        return { dy: () => slope(ddy as tf.Tensor, x, Number(top)), x: () => tf.zerosLike(x) };
      },
    });
}

function slope(dy: tf.Tensor, x: tf.Tensor, top: number): tf.Tensor {
  return tf.engine().runKernel(RECTIFIER_GRADIENT, { dy, x }, { top });
}

function register(config: tf.GradConfig): void {
  own.add(config);
  tf.registerGradient(config);
}

function none(): never {
  throw new Error('The input of the rectifier is missing.');
}
