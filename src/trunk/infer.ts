// The lowering for inference: BatchNorm folded, convolution + bias + activation in one op, only what the cut needs.
// Runs on whatever tfjs backend is set; gives and takes plain arrays.
import * as tf from '@tensorflow/tfjs-core';
import { AppError } from '../contract/errors.ts';
import type { NdArray } from '../contract/nd-array.ts';
import { graphAfter } from './cuts.ts';
import { type FusedStep, foldedKernel, fuse } from './fuse.ts';
import { type Activation, type Node, truncate } from './graph.ts';
import type { Lowering } from './lowering.ts';
import type { TrunkModel } from './model-files.ts';
import { poolFeatures } from './pool.ts';
import { checkBatch, shapesFor } from './shapes.ts';
import { activate, applyStateless, asMap, convolutionPad, isStateless } from './stateless.ts';

interface Step {
  readonly name: string;
  readonly inputs: readonly string[];
  /** Caller disposes the result; the inputs stay. */
  readonly run: (inputs: readonly tf.Tensor[]) => tf.Tensor;
  readonly weights: readonly tf.Tensor[];
}

/**
 * Makes a trunk, or the part of it after `from`, ready to run up to `cut` on the backend that is set now.
 * @param options.from a cut before `cut`, whose activation is then the input; null, or left out: images are
 * @throws AppError `not_found` when there is no such layer; `not_trainable` when `from` is no cut before `cut`
 */
export function lowerInfer(
  model: TrunkModel,
  { cut, from = null }: { readonly cut: string; readonly from?: string | null },
): Lowering {
  const whole = truncate(model.graph, cut);
  const graph = from === null ? whole : graphAfter(whole, from);
  const steps = fuse(graph, model.weights).map((step) => compile(step, foldedKernel(step, model.weights)));
  const lastUse = new Map<string, number>();
  steps.forEach((step, i) => {
    for (const input of step.inputs) lastUse.set(input, i);
  });
  const input = graph.nodes.find((node) => node.op.kind === 'input')?.name ?? '';
  let disposed = false;
  const lowering: Lowering = {
    cut,
    weightBytes: steps.reduce((sum, step) => sum + step.weights.reduce((s, w) => s + w.size * 4, 0), 0),
    async run(images) {
      if (disposed)
        throw new AppError('model_invalid', { detail: 'This trunk was disposed; load it again.' });
      shapesFor(graph, checkBatch(graph, images).slice(1));
      const result = execute(steps, lastUse, input, cut, images);
      try {
        return { data: await floats(result), shape: result.shape };
      } finally {
        result.dispose();
      }
    },
    features: async (images, pooling) => poolFeatures(await lowering.run(images), pooling),
    dispose() {
      disposed = true;
      for (const step of steps) tf.dispose([...step.weights]);
    },
  };
  return lowering;
}

async function floats(tensor: tf.Tensor): Promise<Float32Array> {
  const data = await tensor.data();
  return data instanceof Float32Array ? data : Float32Array.from(data);
}

/** Runs the steps, freeing each activation after its last use, and all of them on an error. */
function execute(
  steps: readonly Step[],
  lastUse: ReadonlyMap<string, number>,
  input: string,
  cut: string,
  images: NdArray,
): tf.Tensor {
  const [n = 0, h = 0, w = 0, c = 0] = images.shape;
  const live = new Map<string, tf.Tensor>([[input, tf.tensor4d(images.data, [n, h, w, c])]]); // [n,h,w,c]
  try {
    steps.forEach((step, i) => {
      const inputs = step.inputs.map((name) => live.get(name)).filter((t) => t !== undefined);
      live.set(
        step.name,
        tf.tidy(() => step.run(inputs)),
      );
      for (const name of step.inputs)
        if (lastUse.get(name) === i) {
          live.get(name)?.dispose();
          live.delete(name);
        }
    });
    const result = live.get(cut);
    if (result === undefined) throw new AppError('internal', { detail: `Nothing computed "${cut}".` });
    live.delete(cut);
    return result;
  } finally {
    for (const tensor of live.values()) tensor.dispose();
  }
}

function compile(step: FusedStep, folded: NdArray): Step {
  const { node, inputs, name } = step;
  const tail = fusable(step.activation);
  const rest = tail === undefined ? step.activation : null;
  const finish = (x: tf.Tensor) => (rest === null ? x : activate(rest, x));
  const bias = step.bias === null ? undefined : tf.tensor1d(step.bias); // [c]
  const of = (run: Step['run'], kernel?: tf.Tensor): Step => ({
    name,
    inputs,
    run: (tensors) => finish(run(tensors)),
    // Kept: a caller's tidy must not free them.
    weights: [kernel, bias].filter((t) => t !== undefined).map((t) => tf.keep(t)),
  });
  const op = node.op;
  switch (op.kind) {
    case 'conv2d': {
      const filter = tf.tensor4d(folded.data, shape4(folded.shape)); // [kh,kw,c,k]
      const options = { strides: both(op.strides), dilations: both(op.dilation) };
      return of(([input]) => {
        const x = asMap(need(input, node));
        const pad = convolutionPad(x, op, step.padding);
        return tf.fused.conv2d({ x, filter, pad, ...options, ...optional(bias, tail) });
      }, filter);
    }
    case 'depthwiseConv2d': {
      const filter = tf.tensor4d(folded.data, shape4(folded.shape)); // [kh,kw,c,m]
      const options = { strides: both(op.strides), dilations: both(op.dilation) };
      return of(([input]) => {
        const x = asMap(need(input, node));
        // tfjs's type for this op leaves explicit padding out; its code takes it.
        const pad = convolutionPad(x, op, step.padding) as 'same';
        return tf.fused.depthwiseConv2d({ x, filter, pad, ...options, ...optional(bias, tail) });
      }, filter);
    }
    case 'dense': {
      const kernel = tf.tensor2d(folded.data, [folded.shape[0] ?? 0, op.units]); // [d,k]
      return of(([x]) => {
        const a = need(x, node);
        const rows = tf.reshape(a, [-1, kernel.shape[0]]); // [n,d]
        const y = tf.fused.matMul({ a: rows, b: kernel, ...optional(bias, tail) }); // [n,d]·[d,k] -> [n,k]
        return tf.reshape(y, [...a.shape.slice(0, -1), op.units]);
      }, kernel);
    }
    case 'batchNorm': {
      const scale = tf.tensor1d(folded.data); // [c]
      return of(([x]) => {
        const y = tf.add(tf.mul(need(x, node), scale), bias ?? 0);
        return tail === undefined ? y : activate({ fn: 'relu', max: tail === 'relu' ? null : 6 }, y);
      }, scale);
    }
    default:
      if (!isStateless(op)) throw new AppError('internal', { detail: `No lowering for ${op.kind}.` });
      return of((tensors) => applyStateless(op, tensors));
  }
}

/** The activations that tfjs's fused ops apply in place. */
function fusable(activation: Activation | null): 'relu' | 'relu6' | undefined {
  if (activation?.fn !== 'relu') return undefined;
  if (activation.max === null) return 'relu';
  return activation.max === 6 ? 'relu6' : undefined;
}

function optional(bias: tf.Tensor1D | undefined, activation: 'relu' | 'relu6' | undefined) {
  return {
    ...(bias === undefined ? {} : { bias }),
    ...(activation === undefined ? {} : { activation }),
  };
}

function need(x: tf.Tensor | undefined, node: Node): tf.Tensor {
  if (x === undefined)
    throw new AppError('internal', { detail: `Layer "${node.layer}" ran without its input.` });
  return x;
}

function both([a, b]: readonly [number, number]): [number, number] {
  return [a, b];
}

function shape4([a = 0, b = 0, c = 0, d = 0]: readonly number[]): [number, number, number, number] {
  return [a, b, c, d];
}
