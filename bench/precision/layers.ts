// The pointwise layers of a trunk in whole numbers: weights exactly as they are stored, less their zero point; BatchNorm's
// scale of an output channel in what the sums are multiplied by; activations in steps whose size was calibrated.
import { type FusedStep, fuse } from '../../src/trunk/fuse.ts';
import { truncate } from '../../src/trunk/graph.ts';
import type { TrunkModel } from '../../src/trunk/model-files.ts';

/** Activations as words and weights as words, or activations of 7 bits and weights of 8. */
export type Arithmetic = 'sixteen' | 'eight';

/** x = (q - zero) * step. */
export interface Steps {
  readonly step: number;
  readonly zero: number;
}

/** What activations a layer was given. */
export interface Seen {
  low: number;
  high: number;
  readonly samples: number[];
}

export interface WholeLayer {
  readonly steps: Steps;
  /** In panels of 8 output channels: pairs of words, or fours of bytes, of one channel side by side. */
  readonly weights: Int16Array<ArrayBuffer> | Int8Array<ArrayBuffer>;
  /** What a channel's sum is multiplied by, and what is added then. */
  readonly scale: Float32Array;
  readonly bias: Float32Array;
  /** What the sum of a pixel's activations is multiplied by, to make up for weights less 128 and not their zero point. */
  readonly correction: number;
}

/** Sums of 32 bits must hold whatever the weights are multiplied by. */
const MOST_SUM = 2 ** 31 - 1;
const MOST_WORD = 2 ** 15 - 1;
const MOST_SEVEN_BITS = 127;
/** Words have room to spare: for twice what was seen. */
const MARGIN = 2;
const PANEL = 8;

/** Pointwise convolutions up to a cut, in the order in which the engine packs them. */
export function pointwiseSteps(model: TrunkModel, cut: string): readonly FusedStep[] {
  return fuse(truncate(model.graph, cut), model.weights).filter(
    ({ node: { op } }) => op.kind === 'conv2d' && [...op.window, ...op.strides].every((size) => size === 1),
  );
}

/** @throws Error where the kernel is not stored in bytes, or its channels do not come in eights */
export function wholeLayer(
  { kernel, scale, bias }: FusedStep,
  { weights }: TrunkModel,
  seen: Seen,
  arithmetic: Arithmetic,
): WholeLayer {
  const { shape, quantization } = weights.spec(kernel ?? '');
  const [n = 0, k = 0] = [...shape].reverse();
  if (quantization?.dtype !== 'uint8' || n % PANEL > 0 || k % PANEL > 0)
    throw new Error(`"${kernel}" is no kernel for products in whole numbers.`);
  const stored = weights.stored(kernel ?? '');
  const zeroPoint = Math.round(-quantization.min / quantization.scale);
  const sums = new Float64Array(n);
  const sizes = new Float64Array(n);
  stored.forEach((byte, i) => {
    sums[i % n] = (sums[i % n] ?? 0) + byte - zeroPoint;
    sizes[i % n] = (sizes[i % n] ?? 0) + Math.abs(byte - zeroPoint);
  });
  const steps = arithmetic === 'sixteen' ? wordSteps(seen, Math.max(...sizes)) : sevenBitSteps(seen);
  const of = Array.from({ length: n }, (_, j) => steps.step * quantization.scale * (scale?.[j] ?? 1));
  return {
    steps,
    weights:
      arithmetic === 'sixteen'
        ? panels(stored, [k, n], zeroPoint, new Int16Array(k * n), 2)
        : panels(stored, [k, n], 128, new Int8Array(k * n), 4),
    scale: Float32Array.from(of),
    bias: Float32Array.from(of, (each, j) => (bias?.[j] ?? 0) - each * steps.zero * (sums[j] ?? 0)),
    correction: 128 - zeroPoint,
  };
}

/** @param size sum of the weights' absolute values, of the output channel that has most */
function wordSteps({ low, high }: Seen, size: number): Steps {
  const most = Math.min(MOST_WORD, Math.floor(MOST_SUM / size));
  return { step: (MARGIN * Math.max(-low, high)) / most || 1, zero: 0 };
}

/** Of the ranges from what was seen down to a third of it, that with the least squared error. */
function sevenBitSteps({ low, high, samples }: Seen): Steps {
  let best: Steps = { step: 1, zero: 0 };
  let least = Number.POSITIVE_INFINITY;
  for (let share = 20; share >= 6; share--) {
    const step = ((high - low) * share) / 20 / MOST_SEVEN_BITS || 1;
    const zero = Math.round((-low * share) / 20 / step);
    let error = 0;
    for (const x of samples) {
      const q = Math.min(MOST_SEVEN_BITS, Math.max(0, Math.round(x / step) + zero));
      error += ((q - zero) * step - x) ** 2;
    }
    if (error < least) [best, least] = [{ step, zero }, error];
  }
  return best;
}

function panels<T extends Int8Array | Int16Array>(
  stored: Uint8Array,
  [k, n]: readonly [number, number],
  less: number,
  into: T,
  group: number,
): T {
  for (let i = 0; i < k; i++)
    for (let j = 0; j < n; j++) {
      const panel = (Math.floor(j / PANEL) * k + i - (i % group)) * PANEL;
      into[panel + (j % PANEL) * group + (i % group)] = (stored[i * n + j] ?? 0) - less;
    }
  return into;
}
