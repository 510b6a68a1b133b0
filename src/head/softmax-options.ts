// What can be chosen when a softmax head is trained. Importing this file imports no tensors.

export interface SoftmaxOptions {
  /** Units of a hidden relu layer; 0: none. */
  readonly hidden?: number;
  readonly optimizer?: 'adam' | 'sgd';
  readonly learningRate?: number;
  readonly epochs?: number;
  readonly batchSize?: number;
  /** Adds l2 times the sum of squared kernels to the loss. */
  readonly l2?: number;
  /** Train on z-scores instead of raw features; the head says the same of either. */
  readonly standardize?: boolean;
  /** Let every class weigh the same in the loss. */
  readonly balance?: boolean;
  /** Share of the examples that is held out, by burst, to calibrate and judge by; 0: none. */
  readonly validation?: number;
  /** Stop after so many epochs without a lower validation loss, and go back to the lowest; 0: never. */
  readonly patience?: number;
  /** Of the initial weights, the split and the order of the batches. */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Teachable Machine's recipe, as its image library trains. @see https://github.com/googlecreativelab/teachablemachine-community */
export const TEACHABLE_MACHINE: SoftmaxOptions = {
  hidden: 100,
  optimizer: 'adam',
  learningRate: 1e-3,
  epochs: 50,
  batchSize: 16,
  standardize: false,
  balance: false,
  validation: 0.15,
};
