// The differentiable part of fine-tuning above the trunk's layers: pooling, z-scores, a dense layer, cross-entropy; and
// the update of the variables. On the caller's backend.
import * as tf from '@tensorflow/tfjs-core';
import type { Pooling } from '../contract/manifest.ts';
import type { DenseLayer } from './head.ts';
import type { Standardization } from './standardize.ts';

/** Means over the map's cells, as `poolFeatures` takes them. @param map [n,h,w,c] @returns [n,c] or [n,4c]; caller disposes */
export function poolTensor(map: tf.Tensor, pooling: Pooling): tf.Tensor2D {
  if (pooling === '1x1') return tf.mean(map, [1, 2]);
  const [, h = 0, w = 0, c = 0] = map.shape;
  return tf.tidy(() => {
    const cells = [0, 1].flatMap((row) =>
      [0, 1].map((column) => {
        const [top, bottom] = half(h, row);
        const [left, right] = half(w, column);
        const part = tf.slice(map, [0, top, left, 0], [-1, bottom - top, right - left, c]); // [n,h',w',c]
        return tf.mean<tf.Tensor2D>(part, [1, 2]); // [n,c]
      }),
    );
    return tf.concat(cells, 1); // [n,4c]
  });
}

function half(size: number, cell: number): readonly [from: number, to: number] {
  return [Math.floor((cell * size) / 2), Math.ceil(((cell + 1) * size) / 2)];
}

/** The dense layer on top and what it reads. */
export interface TopHead {
  readonly kernel: tf.Variable;
  readonly bias: tf.Variable;
  /** [d] */
  readonly mean: tf.Tensor1D;
  readonly deviation: tf.Tensor1D;
}

export function createTopHead({ kernel, bias }: DenseLayer, { mean, deviation }: Standardization): TopHead {
  return tf.tidy(() => ({
    kernel: tf.variable(tf.tensor2d(kernel, [mean.length, bias.length])), // [d,k]
    bias: tf.variable(tf.tensor1d(bias)), // [k]
    mean: tf.keep(tf.tensor1d(mean)),
    deviation: tf.keep(tf.tensor1d(deviation)),
  }));
}

export function disposeTopHead(head: TopHead): void {
  tf.dispose([head.kernel, head.bias, head.mean, head.deviation]);
}

/**
 * Mean over the batch of weight · cross-entropy of softmax(z W + b), z = (x - mean) / deviation, in nats.
 * @param features [b,d]
 * @param labels [b,k], one-hot
 * @param weights [b]
 * @returns a scalar; caller disposes
 */
export function lossOf(
  { kernel, bias, mean, deviation }: TopHead,
  features: tf.Tensor2D,
  labels: tf.Tensor2D,
  weights: tf.Tensor1D,
): tf.Scalar {
  const z = tf.div(tf.sub(features, mean), deviation); // [b,d]
  const logits = tf.add(tf.matMul(z, kernel as tf.Tensor as tf.Tensor2D), bias); // [b,d]·[d,k] -> [b,k]
  const NONE = tf.Reduction.NONE;
  const losses = tf.losses.softmaxCrossEntropy(labels, logits, undefined, 0, NONE); // [b]
  return tf.mean(tf.mul(losses, weights));
}

export interface UpdateRule {
  readonly optimizer: 'adam' | 'sgd';
  /** Of SGD. */
  readonly momentum: number;
  /** Decoupled: kernels shrink by rate · weightDecay a step. */
  readonly weightDecay: number;
  /** Gradients are scaled down to this global norm; 0: never. */
  readonly clipNorm: number;
}

const BETA1 = 0.9;
const BETA2 = 0.999;
const EPSILON = 1e-7;

/** First and second moments of one variable; SGD has the first alone. */
type Slots = readonly tf.Variable[];

/** State of an optimizer as plain numbers, for a checkpoint: steps done, and the slots of each variable in order. */
export interface UpdaterState {
  readonly steps: number;
  readonly slots: readonly (readonly Float32Array[])[];
}

/**
 * Adam or SGD with momentum, with decoupled weight decay and clipping by the global norm.
 * @see Kingma and Ba, arXiv 1412.6980; Loshchilov and Hutter, arXiv 1711.05101
 */
export class Updater {
  readonly #variables: readonly tf.Variable[];
  readonly #decays: readonly boolean[];
  readonly #rule: UpdateRule;
  readonly #slots: readonly Slots[];
  #steps = 0;

  /** @param decays which variables shrink: kernels */
  constructor(variables: readonly tf.Variable[], decays: readonly boolean[], rule: UpdateRule) {
    this.#variables = variables;
    this.#decays = decays;
    this.#rule = rule;
    const count = rule.optimizer === 'adam' ? 2 : 1;
    this.#slots = variables.map(({ shape }) =>
      Array.from({ length: count }, () => tf.tidy(() => tf.variable(tf.zeros(shape), false))),
    );
  }

  /** One update. @param gradients by the variables' names; left to the caller */
  step(gradients: tf.NamedTensorMap, rate: number): void {
    this.#steps++;
    tf.tidy(() => {
      const scale = this.#clip(gradients);
      this.#variables.forEach((variable, i) => {
        const gradient = gradients[variable.name];
        if (gradient === undefined) return;
        const slots = this.#slots[i] ?? [];
        const kept = this.#decays[i] === true ? 1 - rate * this.#rule.weightDecay : 1;
        if (this.#fused(variable, { gradient, scale, slots, rate, kept })) return;
        const change = this.#change(scale === null ? gradient : tf.mul(gradient, scale), slots);
        variable.assign(tf.sub(kept === 1 ? variable : tf.mul(variable, kept), tf.mul(change, rate)));
      });
    });
  }

  async read(): Promise<UpdaterState> {
    const slots = await Promise.all(
      this.#slots.map((each) => Promise.all(each.map(async (slot) => Float32Array.from(await slot.data())))),
    );
    return { steps: this.#steps, slots };
  }

  restore({ steps, slots }: UpdaterState): void {
    this.#steps = steps;
    this.#slots.forEach((each, i) => {
      each.forEach((slot, j) => {
        const values = slots[i]?.[j];
        if (values !== undefined) tf.tidy(() => slot.assign(tf.tensor(values, slot.shape)));
      });
    });
  }

  dispose(): void {
    tf.dispose(this.#slots.flat());
  }

  #clip(gradients: tf.NamedTensorMap): tf.Scalar | null {
    const { clipNorm } = this.#rule;
    if (clipNorm === 0) return null;
    const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
    const norm = tf.sqrt(tf.addN(squares)); // scalar
    return tf.minimum(1, tf.div(clipNorm, tf.add(norm, EPSILON)));
  }

  /** Adam in one pass, where src/kernels has registered its kernel. @returns whether it was done */
  #fused(
    variable: tf.Variable,
    update: {
      readonly gradient: tf.Tensor;
      readonly scale: tf.Scalar | null;
      readonly slots: Slots;
      readonly rate: number;
      readonly kept: number;
    },
  ): boolean {
    const { gradient, scale, rate, kept } = update;
    const [first, second] = update.slots;
    if (first === undefined || second === undefined) return false;
    if (tf.getKernel('AdamUpdate', tf.getBackend()) === undefined) return false;
    const [value = variable, ...moments] = tf
      .engine()
      .runKernel<tf.Tensor[]>(
        'AdamUpdate',
        { ...{ value: variable, gradient, first, second }, ...(scale === null ? {} : { scale }) },
        { ...{ rate, kept, beta1: BETA1, beta2: BETA2, epsilon: EPSILON }, step: this.#steps },
      );
    variable.assign(value);
    first.assign(moments[0] ?? first);
    second.assign(moments[1] ?? second);
    return true;
  }

  #change(gradient: tf.Tensor, [first, second]: Slots): tf.Tensor {
    if (first === undefined) return gradient;
    if (second === undefined) {
      first.assign(tf.add(tf.mul(first, this.#rule.momentum), gradient));
      return first;
    }
    first.assign(tf.add(tf.mul(first, BETA1), tf.mul(gradient, 1 - BETA1)));
    second.assign(tf.add(tf.mul(second, BETA2), tf.mul(tf.square(gradient), 1 - BETA2)));
    const m = tf.div(first, 1 - BETA1 ** this.#steps);
    const v = tf.div(second, 1 - BETA2 ** this.#steps);
    return tf.div(m, tf.add(tf.sqrt(v), EPSILON));
  }
}
