// Small heads and small statistics with every part that each version has, and what tests of a file need.
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { AppError, type ErrorCode } from '../../../src/contract/errors.ts';
import { HeadMetadata } from '../../../src/contract/head.ts';
import type { Head } from '../../../src/head/head.ts';
import type { Statistics } from '../../../src/trunk/batch-norm.ts';
import type { WeightOverlay } from '../../../src/trunk/overlay.ts';

/** d = 3 features, a hidden layer of 4, k = 2 classes. */
export const head: Head = {
  kind: 'softmax',
  labels: ['Äpfel', 'pears "ripe"'],
  standardize: { mean: Float32Array.of(0.5, -1, 0), deviation: Float32Array.of(1, 0.25, 2) },
  layers: [
    {
      kernel: Float32Array.from({ length: 3 * 4 }, (_, i) => (i - 6) / 8),
      bias: Float32Array.of(0, 1, -1, 0.5),
      activation: 'relu',
    },
    {
      kernel: Float32Array.from({ length: 4 * 2 }, (_, i) => i / 16),
      bias: Float32Array.of(-0.125, 0.125),
      activation: 'linear',
    },
  ],
  calibration: { temperature: 1.5, rejectAbove: null },
};

export const metadata: HeadMetadata = v.parse(HeadMetadata, {
  schema: 'topwork.head/1',
  kind: head.kind,
  labels: head.labels,
  model: 'mobilenet-v2',
  trunk: '1'.repeat(64),
  statistics: '2'.repeat(64),
  cut: 'block_13_expand_relu',
  pooling: '1x1',
  preprocessing: { size: 96, range: [0, 1] },
  batchNorm: 'stored',
  calibration: head.calibration,
  report: {
    examples: [10, 12],
    heldOut: 'split',
    accuracy: { value: 0.75, low: 0.5, high: 0.875, n: 8 },
    lambda: null,
  },
});

/** Replaced weights of every kind: kernels of halves and of floats, a bias, what BatchNorm learns and what it keeps. */
export const overlay: WeightOverlay = new Map([
  ['block_13_expand/kernel', { data: Float32Array.of(0.5, -0, 2 ** -24, -65504), shape: [1, 1, 2, 2] }],
  ['depth/depthwise_kernel', { data: Float32Array.of(0.1, 1), shape: [1, 1, 2, 1] }],
  ['depth/bias', { data: Float32Array.of(0.1, -0.2), shape: [2] }],
  ['block_13_expand_BN/gamma', { data: Float32Array.of(1, -1), shape: [2] }],
  ['block_13_expand_BN/beta', { data: Float32Array.of(0, 0.3), shape: [2] }],
  ['block_13_expand_BN/moving_mean', { data: Float32Array.of(0.25, -4), shape: [2] }],
  ['block_13_expand_BN/moving_variance', { data: Float32Array.of(0, 1e-3), shape: [2] }],
]);

/** Metadata of the same head with the overlay. */
export const overlaidMetadata: HeadMetadata = v.parse(HeadMetadata, {
  ...metadata,
  schema: 'topwork.head/2',
  tuning: {
    from: 'block_12_add',
    batchNorm: { trainable: true, training: false },
    proof: { frozenWeights: '3'.repeat(64), frozenStatistics: '4'.repeat(64), moved: [] },
  },
  adaptation: { images: 24, alpha: 0.5 },
});

/** Two layers; one with a variance of 0, which epsilon carries. */
export const statistics: readonly Statistics[] = [
  {
    layer: 'bn_Conv1',
    mean: Float32Array.of(0.5, -0.5),
    variance: Float32Array.of(1, 0),
    epsilon: 0.001,
    momentum: 0.999,
  },
  {
    layer: 'block_1/expand_BN',
    mean: Float32Array.of(3),
    variance: Float32Array.of(4),
    epsilon: 1e-7,
    momentum: 0.9,
  },
];

/** A file of tests/golden/artifact. */
export function golden(name: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(new URL(`../../golden/artifact/${name}`, import.meta.url)));
}

/** What an action was refused with, as `code: detail`; an error of any other kind fails the test. */
export function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof AppError) return error.message;
    throw error;
  }
  return 'nothing was refused';
}

/** Runs an action that may refuse with these codes and no other error. */
export function mayRefuse(codes: readonly ErrorCode[], action: () => unknown): void {
  try {
    action();
  } catch (error) {
    if (!(error instanceof AppError && codes.includes(error.code))) throw error;
  }
}

/** A file from a header given as text and a count of zero bytes as its data. */
export function fileOf(header: string | Uint8Array, dataBytes = 0): Uint8Array<ArrayBuffer> {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}
