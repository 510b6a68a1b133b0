// Shapes and multiply-accumulates of a graph, by arithmetic alone. Every layer's demands on its input are checked
// here, so that no engine meets a batch that it cannot run.
import { AppError } from '../contract/errors.ts';
import type { NdArray } from '../contract/nd-array.ts';
import { type Edges, type Graph, type Node, type Padding, type Pair, product } from './graph.ts';

/** Without the batch axis. */
type Shape = readonly number[];

/**
 * Output shape of every node without the batch axis.
 * @param inputShape [h,w,c]
 * @throws AppError `shape_mismatch`; `model_layer_unknown` for a layer that works on another axis than the last
 */
export function shapesOf(graph: Graph, inputShape: Shape): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => shapes.get(name) ?? []);
    const shape = node.op.kind === 'input' ? inputShape : outputShape(node, inputs);
    if (!shape.every((size) => Number.isSafeInteger(size) && size > 0))
      throw mismatch(node, `would have the shape [${shape.join(', ')}]: its input is too small`);
    shapes.set(node.name, shape);
  }
  return shapes;
}

/**
 * `shapesOf` for an input that need not have the size the graph was made for: every layer with weights must still see
 * the channels that its weights have (a Dense after a Flatten bears one size only).
 * @throws AppError `shape_mismatch`
 */
export function shapesFor(graph: Graph, inputShape: Shape): ReadonlyMap<string, Shape> {
  const made = shapesOf(graph, graph.inputShape);
  const given = shapesOf(graph, inputShape);
  for (const node of graph.nodes) {
    const input = node.op.kind === 'input' ? node.name : (node.inputs[0] ?? '');
    const [expected, actual] = [channels(made.get(input) ?? []), channels(given.get(input) ?? [])];
    const counts = node.op.kind === 'input' || Object.keys(node.weights).length > 0;
    if (counts && expected !== actual)
      throw mismatch(node, `was made for ${expected} channels and cannot take ${actual}`);
  }
  return given;
}

/**
 * The shape of a batch of images, or of activations, as it has to be for its values; whether the layers can take it says
 * `shapesFor`.
 * @throws AppError `shape_mismatch`
 */
export function checkBatch(graph: Graph, { data, shape }: NdArray): Shape {
  const [n = 0] = shape;
  if (shape.length !== 4 || !Number.isInteger(n) || n < 1 || data.length !== product(shape))
    throw new AppError('shape_mismatch', {
      detail: `Expected an input [n,h,w,${graph.inputShape.at(-1)}], got [${shape.join(', ')}] with ${data.length} values.`,
    });
  return shape;
}

function outputShape(node: Node, inputs: readonly Shape[]): Shape {
  const op = node.op;
  const first = inputs[0] ?? [];
  switch (op.kind) {
    case 'conv2d':
      return [...windowed(node, first, op), op.filters];
    case 'depthwiseConv2d':
      return [...windowed(node, first, op), channels(first) * op.multiplier];
    case 'maxPool':
    case 'avgPool':
      return [...windowed(node, first, { ...op, dilation: [1, 1] }), channels(first)];
    case 'zeroPad': {
      const [h, w] = mapSize(node, first);
      const [[top, bottom], [left, right]] = op.edges;
      return [h + top + bottom, w + left + right, channels(first)];
    }
    case 'globalMaxPool':
    case 'globalAvgPool':
      mapSize(node, first);
      return op.keepDims ? [1, 1, channels(first)] : [channels(first)];
    case 'dense':
      return [...first.slice(0, -1), op.units];
    case 'flatten':
      return [product(first)];
    case 'reshape': {
      const rest = product(first) / product(op.target.filter((size) => size !== -1));
      const target = op.target.map((size) => (size === -1 ? rest : size));
      if (product(target) !== product(first))
        throw mismatch(node, `cannot make [${op.target.join(', ')}] of [${first.join(', ')}]`);
      return target;
    }
    case 'concat':
      checkLastAxis(node, op.axis, first);
      return [...concatenated(node, inputs), inputs.reduce((sum, shape) => sum + channels(shape), 0)];
    case 'add':
    case 'multiply':
      return broadcast(node, inputs);
    case 'batchNorm':
      checkLastAxis(node, op.axis, first);
      return first;
    case 'activation':
      if (op.activation.fn === 'softmax') checkLastAxis(node, op.activation.axis, first);
      return first;
    case 'rescale':
    case 'dropout':
    case 'input':
      return first;
    default:
      return op satisfies never;
  }
}

/** What a window is moved by, over which map. */
export interface Windowed {
  readonly window: Pair;
  readonly strides: Pair;
  readonly dilation: Pair;
}

/** Padding spelled out: pixels on each side of a map. */
export function edgesOf(
  { window, strides, dilation }: Windowed,
  size: Pair,
  padding: Padding | Edges,
): Edges {
  const around = (axis: 0 | 1): Pair => {
    if (padding === 'valid') return [0, 0];
    if (padding !== 'same') return padding[axis];
    const reach = (window[axis] - 1) * dilation[axis] + 1;
    const total = (Math.ceil(size[axis] / strides[axis]) - 1) * strides[axis] + reach - size[axis];
    return [Math.floor(Math.max(0, total) / 2), Math.ceil(Math.max(0, total) / 2)];
  };
  return [around(0), around(1)];
}

function windowed(
  node: Node,
  shape: Shape,
  op: Windowed & { readonly padding: Padding },
): readonly [number, number] {
  const size = mapSize(node, shape);
  const along = (axis: 0 | 1) => {
    const reach = (op.window[axis] - 1) * op.dilation[axis] + 1;
    if (op.padding === 'same') return Math.ceil(size[axis] / op.strides[axis]);
    return Math.floor((size[axis] - reach) / op.strides[axis]) + 1;
  };
  return [along(0), along(1)];
}

function mapSize(node: Node, shape: Shape): readonly [number, number] {
  const [h, w, c, ...rest] = shape;
  if (h === undefined || w === undefined || c === undefined || rest.length > 0)
    throw mismatch(node, `needs height, width and channels, not [${shape.join(', ')}]`);
  return [h, w];
}

/** All axes but the last, which must be the same in all inputs. */
function concatenated(node: Node, inputs: readonly Shape[]): Shape {
  const [first = [], ...others] = inputs.map((shape) => shape.slice(0, -1));
  if (others.some((shape) => shape.join() !== first.join()))
    throw mismatch(node, `cannot join [${inputs.join('], [')}]`);
  return first;
}

/** Keras's rule: a shorter shape gets ones in front, and an axis of 1 fits any. */
function broadcast(node: Node, inputs: readonly Shape[]): Shape {
  const rank = Math.max(...inputs.map((shape) => shape.length));
  const aligned = inputs.map((shape) => alignRank(shape, rank));
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = new Set(aligned.map((shape) => shape[axis] ?? 1).filter((size) => size !== 1));
    if (sizes.size > 1) throw mismatch(node, `cannot combine [${inputs.join('], [')}]`);
    return [...sizes][0] ?? 1;
  });
}

/** A shape without the batch axis, with ones in front up to `rank` axes. */
export function alignRank(shape: Shape, rank: number): Shape {
  return [...new Array<number>(rank - shape.length).fill(1), ...shape];
}

function checkLastAxis(node: Node, axis: number, shape: Shape): void {
  if (axis !== -1 && axis !== shape.length)
    throw new AppError('model_layer_unknown', {
      detail: `Layer "${node.layer}" works on axis ${axis}; only the last axis, the channels, is supported.`,
    });
}

/** Multiply-accumulates of one node for one image. */
export function macsOf(node: Node, shapes: ReadonlyMap<string, Shape>): number {
  const input = shapes.get(node.inputs[0] ?? '') ?? [];
  const output = shapes.get(node.name) ?? [];
  switch (node.op.kind) {
    case 'conv2d':
      return product(output) * product(node.op.window) * channels(input);
    case 'depthwiseConv2d':
      return product(output) * product(node.op.window);
    case 'dense':
      return product(output) * channels(input);
    default:
      return 0;
  }
}

function channels(shape: Shape): number {
  return shape.at(-1) ?? 0;
}

function mismatch(node: Node, what: string): AppError {
  return new AppError('shape_mismatch', { detail: `Layer "${node.layer}" ${what}.` });
}
