// What gradient descent on the layers of a softmax head is, whoever computes it: softmax-descent.ts by tfjs's tensors,
// softmax-wasm.ts by kernels of its own. No tensors here.
import type { DenseLayer } from './head.ts';

export interface DescentExample {
  /** [d] */
  readonly input: Float32Array;
  readonly label: number;
  /** In the loss. */
  readonly weight: number;
}

export interface DescentOptions {
  readonly kind: 'adam' | 'sgd';
  readonly learningRate: number;
  /** Adds l2 times the sum of squared kernels to the loss. */
  readonly l2: number;
  /** Of the initial kernels. */
  readonly rng: () => number;
}

/** A descent under way; dispose it. */
export interface Descent {
  /** One update by a batch of b examples. */
  step(batch: readonly DescentExample[]): void;
  /**
   * The layers as they are, and what the batches since the last call said before their updates: loss in nats and right
   * predictions, each summed over the examples.
   */
  read(): Promise<{ readonly loss: number; readonly right: number; readonly layers: readonly DenseLayer[] }>;
  /** What the layers as they are make of m inputs [d]. @returns [m,k] */
  logits(inputs: readonly Float32Array[]): Promise<Float32Array>;
  dispose(): void;
}

/** @param widths of the layers: d, hidden ones if any (a relu follows each), k */
export type StartDescent = (widths: readonly number[], options: DescentOptions) => Descent;

/**
 * A kernel [inputs,outputs] that keeps the variance of what goes in: uniform in ±sqrt(3 / inputs), Keras's
 * `variance_scaling` with its default gain of one. Biases start at zero.
 */
export function initialKernel(inputs: number, outputs: number, rng: () => number): Float32Array {
  const limit = Math.sqrt(3 / inputs);
  return Float32Array.from({ length: inputs * outputs }, () => (2 * rng() - 1) * limit);
}
