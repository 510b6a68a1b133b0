// The lowering for training: unfolded and differentiable from one layer to another, with `trainable` and `training`
// as two independent flags, as Keras has them (batch-norm.ts). Optimisers, losses and data are the head's business.
import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../contract/errors.ts';
import { type BatchNormNode, batchNormMode, isBatchNorm, type Statistics } from './batch-norm.ts';
import { graphAfter } from './cuts.ts';
import { type Graph, type Node, product, truncate, type WeightRole } from './graph.ts';
import type { TrunkModel } from './model-files.ts';
import { shapesFor } from './shapes.ts';
import { applyStateless, asMap, asMatrix, convolutionPad, isStateless } from './stateless.ts';

/** Whether a flag is on, for all layers or by layer name. */
export type LayerFlag = boolean | ((layer: string) => boolean);

export interface TrainableTop {
  /** Layer whose activation `call` takes; null: the images. */
  readonly from: string | null;
  /** Layer whose activation `call` gives. */
  readonly to: string;
  /**
   * Runs the layers after `from` up to `to`. BatchNorm normalises by the batch, and moves its statistics, only where
   * a layer is both called with `training` and `trainable`; dropout drops where it is called with `training`.
   * @param x [n,h,w,c]
   * @returns [n,h',w',c']; caller disposes
   * @throws AppError `shape_mismatch`, also for a batch statistic over a single value per channel; nothing has moved then
   */
  call(x: tf.Tensor4D, options: { readonly training: LayerFlag }): tf.Tensor;
  /** The flag of one layer. @throws AppError `not_found` */
  setTrainable(layer: string, trainable: boolean): void;
  /** What gradient descent may update: kernels, biases, gamma and beta of the layers that are trainable now. */
  trainableVariables(): tf.Variable[];
  /** Every weight with its layer, role and flag, in the order of execution. */
  describe(): readonly WeightFacts[];
  /**
   * Bytes of memory that one example takes in a step of gradient descent: every layer's output, with what BatchNorm keeps
   * besides and its gradient. Measured on tfjs's WASM backend, 2.7 to 2.9 times the outputs, for six cuts of MobileNetV2.
   * @param map [h,w,c], of `from`
   */
  stepBytes(map: readonly number[]): number;
  /** A copy of every weight, moving statistics included, by its name in the model file. */
  weights(): ReadonlyMap<string, Float32Array>;
  /** Puts values in the place of weights, by name; the others stay. @throws AppError `internal` for an unknown name */
  assign(values: ReadonlyMap<string, Float32Array>): void;
  /** A copy of the moving statistics, in the order of execution. */
  statistics(): readonly Statistics[];
  dispose(): void;
}

/** One weight of a trainable top. */
export interface WeightFacts {
  /** In the model file. */
  readonly name: string;
  readonly layer: string;
  readonly role: WeightRole;
  readonly shape: readonly number[];
  /** Whether gradient descent may update it now. */
  readonly trainable: boolean;
}

const FLOAT = 4;
/** See `TrainableTop.stepBytes`. */
const STEP_FACTOR = 3;
const MOVING: ReadonlySet<string> = new Set<WeightRole>(['movingMean', 'movingVariance']);

/**
 * @param options.from a cut of the trunk, or null for all of it
 * @param options.to a layer after it
 * @param options.trainable which layers gradient descent updates; none, unless said
 * @param options.seed of dropout's masks
 * @throws AppError `not_found`; `not_trainable` when `from` is no cut before `to`
 */
export function lowerTrain(
  model: TrunkModel,
  options: {
    readonly from: string | null;
    readonly to: string;
    readonly trainable?: LayerFlag;
    readonly seed?: number;
  },
): TrainableTop {
  const { from, to, trainable = false, seed = 1 } = options;
  const whole = truncate(model.graph, to);
  const graph = from === null ? whole : graphAfter(whole, from);
  const nodes = graph.nodes.filter((node) => node.op.kind !== 'input');
  const flags = new Map(nodes.map(({ layer }) => [layer, isOn(trainable, layer)]));
  const variables = new Map<string, tf.Variable>();
  for (const node of nodes)
    for (const name of Object.values(node.weights)) {
      const { data, shape } = model.weights.get(name);
      // The name is left to tfjs, which wants it unique among all variables of the page.
      const value = tf.tensor(data, [...shape]);
      variables.set(name, tf.variable(value, false));
      value.dispose();
    }
  // tfjs passes over a variable whose own flag is off, even where it is asked for by name.
  const setFlag = (layer: string, value: boolean) => {
    flags.set(layer, value);
    for (const node of nodes.filter((n) => n.layer === layer))
      for (const [role, name] of Object.entries(node.weights))
        need(variables, name).trainable = value && !MOVING.has(role);
  };
  for (const [layer, value] of flags) setFlag(layer, value);
  const entry = graph.nodes[0]?.name ?? '';
  let calls = 0;
  const isTrainable = (layer: string) => flags.get(layer) ?? false;
  const read = (name: string | undefined) => Float32Array.from(need(variables, name).dataSync());

  return {
    from,
    to,
    call(x, { training }) {
      const modeOf = ({ layer }: Node) => ({
        trainable: isTrainable(layer),
        training: isOn(training, layer),
      });
      const byBatch = (node: Node) =>
        isBatchNorm(node) && batchNormMode(modeOf(node)).normalizeBy === 'batch';
      checkBatch(graph, x.shape, nodes.filter(byBatch));
      calls++;
      return tf.tidy(() => {
        const live = new Map<string, tf.Tensor>([[entry, x]]);
        nodes.forEach((node, i) => {
          const inputs = node.inputs.map((input) => need(live, input));
          const maskSeed = seed + calls * nodes.length + i;
          live.set(node.name, forward(node, inputs, variables, modeOf(node), maskSeed));
        });
        return need(live, to);
      });
    },
    setTrainable(layer, value) {
      if (!flags.has(layer))
        throw new AppError('not_found', {
          detail: `There is no layer "${layer}" between "${entry}" and "${to}".`,
        });
      setFlag(layer, value);
    },
    trainableVariables() {
      return nodes
        .filter((node) => isTrainable(node.layer))
        .flatMap((node) => Object.entries(node.weights).filter(([role]) => !MOVING.has(role)))
        .map(([, name]) => need(variables, name));
    },
    describe: () =>
      nodes.flatMap(({ layer, weights }) =>
        (Object.entries(weights) as [WeightRole, string][]).map(([role, name]) => ({
          ...{ name, layer, role, shape: need(variables, name).shape },
          trainable: isTrainable(layer) && !MOVING.has(role),
        })),
      ),
    assign(values) {
      for (const [name, data] of values) {
        const variable = need(variables, name);
        tf.tidy(() => variable.assign(tf.tensor(data, variable.shape)));
      }
    },
    stepBytes: (map) =>
      STEP_FACTOR *
      FLOAT *
      [...shapesFor(graph, map).values()].reduce((sum, shape) => sum + product(shape), 0),
    weights: () => new Map([...variables.keys()].map((name) => [name, read(name)])),
    statistics: () =>
      nodes.filter(isBatchNorm).map(({ layer, op, weights }) => ({
        layer,
        mean: read(weights.movingMean),
        variance: read(weights.movingVariance),
        epsilon: op.epsilon,
        momentum: op.momentum,
      })),
    dispose() {
      for (const variable of variables.values()) variable.dispose();
      variables.clear();
    },
  };
}

/** Before anything runs, so that a batch that is refused moves no statistics. */
function checkBatch(graph: Graph, [n = 0, ...map]: readonly number[], byBatch: readonly Node[]): void {
  const shapes = shapesFor(graph, map);
  for (const node of byBatch)
    if (n * product((shapes.get(node.name) ?? []).slice(0, -1)) < 2)
      throw new AppError('shape_mismatch', {
        detail: `Layer "${node.layer}" cannot take the variance of a single value per channel: use a larger batch, or training: false.`,
      });
}

function forward(
  node: Node,
  inputs: readonly tf.Tensor[],
  variables: ReadonlyMap<string, tf.Variable>,
  mode: { readonly trainable: boolean; readonly training: boolean },
  seed: number,
): tf.Tensor {
  const { op, weights } = node;
  const x = inputs[0];
  if (x === undefined) throw new AppError('internal', { detail: `Layer "${node.layer}" has no input.` });
  const biased = (y: tf.Tensor) =>
    weights.bias === undefined ? y : tf.add(y, need(variables, weights.bias));
  switch (op.kind) {
    case 'conv2d': {
      const kernel = asMap(need(variables, weights.kernel)); // [kh,kw,c,k]
      return biased(
        tf.conv2d(asMap(x), kernel, [...op.strides], convolutionPad(asMap(x), op), 'NHWC', [...op.dilation]),
      );
    }
    case 'depthwiseConv2d': {
      const kernel = asMap(need(variables, weights.kernel)); // [kh,kw,c,m]
      // tfjs's type for this op leaves explicit padding out; its code takes it.
      const pad = convolutionPad(asMap(x), op) as 'same';
      const y = tf.depthwiseConv2d(asMap(x), kernel, [...op.strides], pad, 'NHWC', [...op.dilation]);
      return biased(y);
    }
    case 'dense': {
      const kernel = need(variables, weights.kernel); // [d,k]
      const rows = tf.reshape(x, [-1, kernel.shape[0] ?? 0]); // [n,d]
      const y = tf.matMul(rows, asMatrix(kernel)); // [n,d]·[d,k] -> [n,k]
      return biased(tf.reshape(y, [...x.shape.slice(0, -1), op.units]));
    }
    case 'batchNorm':
      return isBatchNorm(node) ? normalise(node, x, variables, mode) : x;
    case 'dropout':
      return mode.training && op.rate > 0 ? tf.dropout(x, op.rate, undefined, seed) : tf.clone(x);
    case 'input':
      return x;
    default:
      return isStateless(op) ? applyStateless(op, inputs) : (op satisfies never);
  }
}

/**
 * y = (x - mean) / sqrt(variance + epsilon) * gamma + beta, with the batch's moments or the moving ones; the moving ones
 * then go to moving * momentum + batch * (1 - momentum), the variance biased.
 * @see https://keras.io/api/layers/normalization_layers/batch_normalization/
 */
function normalise(
  node: BatchNormNode,
  x: tf.Tensor,
  variables: ReadonlyMap<string, tf.Variable>,
  flags: { readonly trainable: boolean; readonly training: boolean },
): tf.Tensor {
  const { op, weights } = node;
  const mode = batchNormMode(flags);
  const movingMean = need(variables, weights.movingMean); // [c]
  const movingVariance = need(variables, weights.movingVariance); // [c]
  const { mean, variance } =
    mode.normalizeBy === 'batch'
      ? tf.moments(x, range(x.rank - 1)) // [c]
      : { mean: movingMean, variance: movingVariance };
  if (mode.movesStatistics) {
    moveTowards(movingMean, mean, op.momentum);
    moveTowards(movingVariance, variance, op.momentum);
  }
  const inverse = tf.rsqrt(tf.add(variance, op.epsilon)); // [c]
  const scale = weights.gamma === undefined ? inverse : tf.mul(inverse, need(variables, weights.gamma)); // [c]
  const centred = tf.mul(tf.sub(x, mean), scale); // [n,h,w,c]
  return weights.beta === undefined ? centred : tf.add(centred, need(variables, weights.beta));
}

/** 0, 1, ... up to `n`, without it. */
function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

function moveTowards(moving: tf.Variable, batch: tf.Tensor, momentum: number): void {
  moving.assign(tf.add(tf.mul(moving, momentum), tf.mul(batch, 1 - momentum)));
}

function isOn(flag: LayerFlag, layer: string): boolean {
  return typeof flag === 'boolean' ? flag : flag(layer);
}

function need<T>(map: ReadonlyMap<string, T>, name: string | undefined): T {
  const value = map.get(name ?? '');
  if (value === undefined) throw new AppError('internal', { detail: `"${name}" is not there.` });
  return value;
}
