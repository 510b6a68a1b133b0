// BatchNorm statistics estimated anew on images of other conditions, with fixed weights and layer after layer, and
// blended with the stored ones. The result is an overlay: the stored statistics are never touched, and leaving the
// overlay away restores them to the bit. Runs on whatever backend is set.
import { AppError } from '../contract/errors.ts';
import type { NdArray } from '../contract/nd-array.ts';
import { type BatchNormNode, isBatchNorm, type Statistics } from './batch-norm.ts';
import { cutPoints } from './cuts.ts';
import { truncate } from './graph.ts';
import { lowerInfer } from './infer.ts';
import type { TrunkModel } from './model-files.ts';
import { overlayOfStatistics, overlayWeights } from './overlay.ts';

/** How much the new images count. */
export type Blend =
  /** statistics = (1 - alpha) stored + alpha observed; 0 is the identity, 1 forgets what was stored. */
  | { readonly alpha: number }
  /** alpha = n / (n + prior) for n images: the stored statistics count as so many images. */
  | { readonly prior: number };

/** How far what a layer meets has moved from what it has stored. */
export interface Drift {
  readonly layer: string;
  /** Mean over channels of |observed mean - stored mean| / sqrt(stored variance + epsilon), standard deviations. */
  readonly mean: number;
  /** Mean over channels of |ln((observed variance + epsilon) / (stored variance + epsilon))|, nats. */
  readonly variance: number;
}

export interface Adaptation {
  /** Blended, of every BatchNorm layer up to `to`, in the order of execution. */
  readonly statistics: readonly Statistics[];
  /** Of the images alone, each layer's with the blended ones before it. */
  readonly observed: readonly Statistics[];
  readonly drift: readonly Drift[];
}

/**
 * Estimates the population statistics of every BatchNorm layer up to `to` on images, each with the layers before it
 * already adapted; exact over all images, whatever their order and chunks.
 * @param images [n,h,w,3] each, in the trunk's range; n images in all
 * @param options.onLayer after each layer: how many are done, and of how many
 * @throws AppError `shape_mismatch` without images or for a blend out of range; `aborted`; as `lowerInfer`
 * @see Wu and Johnson, Rethinking "Batch" in BatchNorm, arXiv 2105.07576, on precise statistics
 * @see Schneider et al., Improving robustness against common corruptions by covariate shift adaptation, arXiv 2006.16971
 */
export async function adaptStatistics(
  model: TrunkModel,
  images: readonly NdArray[],
  {
    to,
    signal,
    onLayer = () => {},
    ...blend
  }: Blend & {
    readonly to: string;
    readonly signal?: AbortSignal | undefined;
    readonly onLayer?: (done: number, of: number) => void | Promise<void>;
  },
): Promise<Adaptation> {
  const alpha = weightOf(blend, images);
  const graph = truncate(model.graph, to);
  const layers = graph.nodes.filter(isBatchNorm);
  const boundaries = new Set(cutPoints(graph).map(({ layer }) => layer));
  const statistics: Statistics[] = [];
  const observed: Statistics[] = [];
  let from: string | null = null;
  let inputs = images;
  const adapted = () => overlayWeights(model, overlayOfStatistics(model, statistics));
  for (const node of graph.nodes) {
    if (isBatchNorm(node)) {
      if (signal?.aborted === true)
        throw new AppError('aborted', { detail: 'The adaptation was cancelled.', cause: signal.reason });
      const moments = await momentsAt(adapted(), inputs, { from, cut: node.inputs[0] ?? '' });
      const stored = storedOf(model, node);
      observed.push({ ...stored, ...moments });
      statistics.push({
        ...stored,
        mean: blended(stored.mean, moments.mean, alpha),
        variance: blended(stored.variance, moments.variance, alpha),
      });
      await onLayer(statistics.length, layers.length);
    }
    // What a boundary gives is kept, so that nothing before it runs again.
    if (boundaries.has(node.name) && node.name !== to && statistics.length < layers.length) {
      inputs = await runAll(adapted(), inputs, { from, cut: node.name });
      from = node.name;
    }
  }
  const stored = layers.map((node) => storedOf(model, node));
  return { statistics, observed, drift: observed.map((o, i) => driftOf(stored[i] ?? o, o)) };
}

/**
 * What the images' statistics would be with every layer as it is stored, and how far they have drifted. Changes nothing.
 * @throws as `adaptStatistics`
 */
export async function compareStatistics(
  model: TrunkModel,
  images: readonly NdArray[],
  options: { readonly to: string; readonly signal?: AbortSignal | undefined },
): Promise<Pick<Adaptation, 'observed' | 'drift'>> {
  const { observed, drift } = await adaptStatistics(model, images, { ...options, alpha: 0 });
  return { observed, drift };
}

function weightOf(blend: Blend, images: readonly NdArray[]): number {
  const n = images.reduce((sum, { shape }) => sum + (shape[0] ?? 0), 0);
  if (n === 0) throw new AppError('shape_mismatch', { detail: 'Statistics need at least one image.' });
  const alpha = 'alpha' in blend ? blend.alpha : n / (n + blend.prior);
  if (!(alpha >= 0 && alpha <= 1))
    throw new AppError('shape_mismatch', {
      detail: 'Give alpha from 0 to 1, or a prior count of 0 or more.',
    });
  return alpha;
}

function storedOf(model: TrunkModel, { layer, op, weights }: BatchNormNode): Statistics {
  const read = (name: string | undefined) => model.weights.get(name ?? '').data;
  const { epsilon, momentum } = op;
  return { layer, mean: read(weights.movingMean), variance: read(weights.movingVariance), epsilon, momentum };
}

async function runAll(
  model: TrunkModel,
  inputs: readonly NdArray[],
  part: { readonly from: string | null; readonly cut: string },
): Promise<readonly NdArray[]> {
  const lowering = lowerInfer(model, part);
  try {
    const outputs: NdArray[] = [];
    for (const input of inputs) outputs.push(await lowering.run(input));
    return outputs;
  } finally {
    lowering.dispose();
  }
}

/** Mean and biased variance of each channel over all inputs, in doubles, about the first value of each channel. */
async function momentsAt(
  model: TrunkModel,
  inputs: readonly NdArray[],
  part: { readonly from: string | null; readonly cut: string },
): Promise<Pick<Statistics, 'mean' | 'variance'>> {
  const lowering = lowerInfer(model, part);
  try {
    let sums: Moments | null = null;
    for (const input of inputs) {
      const { data, shape } = await lowering.run(input);
      sums ??= startMoments(data.subarray(0, shape.at(-1)));
      addMoments(sums, data);
    }
    return finishMoments(sums ?? startMoments(new Float32Array()));
  } finally {
    lowering.dispose();
  }
}

interface Moments {
  /** [c], near the mean, so that squares stay small. */
  readonly origin: Float64Array;
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  count: number;
}

function startMoments(first: Float32Array): Moments {
  const c = first.length;
  return {
    origin: Float64Array.from(first),
    sum: new Float64Array(c),
    squares: new Float64Array(c),
    count: 0,
  };
}

function addMoments(moments: Moments, data: Float32Array): void {
  const { origin, sum, squares } = moments;
  const c = origin.length;
  for (let at = 0; at < data.length; at += c)
    for (let k = 0; k < c; k++) {
      const value = (data[at + k] ?? 0) - (origin[k] ?? 0);
      sum[k] = (sum[k] ?? 0) + value;
      squares[k] = (squares[k] ?? 0) + value * value;
    }
  moments.count += data.length / c;
}

function finishMoments({ origin, sum, squares, count }: Moments): Pick<Statistics, 'mean' | 'variance'> {
  return {
    mean: Float32Array.from(origin, (value, k) => value + (sum[k] ?? 0) / count),
    variance: Float32Array.from(squares, (value, k) =>
      Math.max(0, value / count - ((sum[k] ?? 0) / count) ** 2),
    ),
  };
}

function blended(stored: Float32Array, observed: Float32Array, alpha: number): Float32Array {
  return stored.map((value, k) => (1 - alpha) * value + alpha * (observed[k] ?? 0));
}

/** How far `observed` is from `stored`, both of one layer. */
export function driftOf(stored: Statistics, observed: Statistics): Drift {
  const c = stored.mean.length;
  let mean = 0;
  let variance = 0;
  for (let k = 0; k < c; k++) {
    const scale = (stored.variance[k] ?? 0) + stored.epsilon;
    mean += Math.abs((observed.mean[k] ?? 0) - (stored.mean[k] ?? 0)) / Math.sqrt(scale);
    variance += Math.abs(Math.log(((observed.variance[k] ?? 0) + stored.epsilon) / scale));
  }
  return { layer: stored.layer, mean: mean / c, variance: variance / c };
}
