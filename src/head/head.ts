// A head as a value, and what it says of features. Plain arithmetic in doubles, in a fixed order, so that Node,
// workerd and every browser give the same numbers to the last bit. No training here.
import type { Calibration } from '../contract/head.ts';

/** y = activation(x · kernel + bias) */
export interface DenseLayer {
  /** [inputs, outputs], row-major */
  readonly kernel: Float32Array;
  /** [outputs] */
  readonly bias: Float32Array;
  readonly activation: 'linear' | 'relu';
}

/** A classifier on trunk features: z-score, dense layers, calibrated softmax. */
export interface Head {
  readonly kind: 'ridge' | 'softmax';
  /** k class names, in the order of the last layer's outputs. */
  readonly labels: readonly string[];
  /** z = (x - mean) / deviation, each [d]; a feature that never varied has deviation 1. */
  readonly standardize: { readonly mean: Float32Array; readonly deviation: Float32Array };
  readonly layers: readonly DenseLayer[];
  readonly calibration: Calibration;
  /** [k,k], row c the mean logits of class c's held-out examples; what the rejection score is measured from, or null. */
  readonly centroids: Float32Array | null;
}
