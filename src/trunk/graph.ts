// A trunk as a graph of primitive operations. Pure data and its arithmetic: shapes, multiply-accumulates, cuts.
// Knows nothing of Keras's file format (keras.ts), of weights (weights.ts) or of tensors (infer.ts, train.ts).
import { AppError } from '../contract/errors.ts';

export type Pair = readonly [number, number];
/** Pixels added above, below, left and right. */
export type Edges = readonly [vertical: Pair, horizontal: Pair];
export type Padding = 'same' | 'valid';

export type Activation =
  | { readonly fn: 'relu'; readonly max: number | null }
  | { readonly fn: 'leakyRelu'; readonly slope: number }
  | { readonly fn: 'sigmoid' | 'tanh' | 'softmax' | 'swish' };

/** Everything that a trunk can be made of; a weight's role is its field in `Node.weights`. */
export type Op =
  | {
      readonly kind: 'conv2d';
      readonly filters: number;
      readonly window: Pair;
      readonly strides: Pair;
      readonly padding: Padding;
      readonly dilation: Pair;
    }
  | {
      readonly kind: 'depthwiseConv2d';
      readonly multiplier: number;
      readonly window: Pair;
      readonly strides: Pair;
      readonly padding: Padding;
      readonly dilation: Pair;
    }
  | { readonly kind: 'dense'; readonly units: number }
  | {
      readonly kind: 'batchNorm';
      readonly epsilon: number;
      readonly momentum: number;
      readonly scale: boolean;
      readonly center: boolean;
    }
  | { readonly kind: 'activation'; readonly activation: Activation }
  | {
      readonly kind: 'maxPool' | 'avgPool';
      readonly window: Pair;
      readonly strides: Pair;
      readonly padding: Padding;
    }
  | { readonly kind: 'globalMaxPool' | 'globalAvgPool'; readonly keepDims: boolean }
  | { readonly kind: 'zeroPad'; readonly edges: Edges }
  | { readonly kind: 'rescale'; readonly scale: number; readonly offset: number }
  | { readonly kind: 'reshape'; readonly target: readonly number[] }
  | { readonly kind: 'dropout'; readonly rate: number }
  | { readonly kind: 'add' | 'multiply' | 'concat' | 'flatten' }
  | { readonly kind: 'input' };

export type WeightRole = 'kernel' | 'bias' | 'gamma' | 'beta' | 'movingMean' | 'movingVariance';

/** One primitive operation. A Keras layer is one node, or several whose last one bears the layer's name. */
export interface Node {
  readonly name: string;
  readonly layer: string;
  readonly op: Op;
  readonly inputs: readonly string[];
  /** Role to name in the weight file, for example kernel: "Conv1/kernel". */
  readonly weights: Readonly<Partial<Record<WeightRole, string>>>;
  /** The `trainable` flag stored with the layer. */
  readonly trainable: boolean;
}

/** Nodes in an order in which each comes after its inputs; the first is the only input. */
export interface Graph {
  readonly nodes: readonly Node[];
  /** Height, width, channels that the model was made for. */
  readonly inputShape: readonly [number, number, number];
  readonly output: string;
}

/** @throws AppError `not_found` when the graph has no such node */
export function nodeOf(graph: Graph, name: string): Node {
  const node = graph.nodes.find((candidate) => candidate.name === name);
  if (node === undefined)
    throw new AppError('not_found', {
      detail: `The trunk has no layer "${name}"; the manifest lists its cuts.`,
    });
  return node;
}

/** Names of the nodes that read each node's output. */
export function consumersOf(graph: Graph): ReadonlyMap<string, readonly string[]> {
  const consumers = new Map<string, string[]>(graph.nodes.map((node) => [node.name, []]));
  for (const node of graph.nodes) for (const input of node.inputs) consumers.get(input)?.push(node.name);
  return consumers;
}

/** The part of the graph that `output` needs: the same nodes, fewer of them. */
export function truncate(graph: Graph, output: string): Graph {
  const wanted = new Set([nodeOf(graph, output).name]);
  for (const node of [...graph.nodes].reverse())
    if (wanted.has(node.name)) for (const input of node.inputs) wanted.add(input);
  return { ...graph, nodes: graph.nodes.filter((node) => wanted.has(node.name)), output };
}

/**
 * Output shape of every node without the batch axis, for an input of [height, width, 3].
 * @throws AppError `shape_mismatch`
 */
export function shapesOf(
  graph: Graph,
  inputShape: readonly number[],
): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const node of graph.nodes) {
    const inputs = node.inputs.map((name) => shapes.get(name) ?? []);
    const shape = node.op.kind === 'input' ? inputShape : outputShape(node, inputs);
    if (shape.some((size) => !Number.isInteger(size) || size < 1))
      throw new AppError('shape_mismatch', {
        detail: `Layer "${node.layer}" would have the shape [${shape.join(', ')}]: the input is too small for it.`,
      });
    shapes.set(node.name, shape);
  }
  return shapes;
}

function outputShape(node: Node, inputs: readonly (readonly number[])[]): readonly number[] {
  const op = node.op;
  const first = inputs[0] ?? [];
  const size = product(first);
  switch (op.kind) {
    case 'conv2d':
      return [...windowed(node, first, op), op.filters];
    case 'depthwiseConv2d':
      return [...windowed(node, first, op), channels(first) * op.multiplier];
    case 'maxPool':
    case 'avgPool':
      return [...windowed(node, first, { ...op, dilation: [1, 1] }), channels(first)];
    case 'zeroPad': {
      const [h = 0, w = 0, c = 0] = first;
      const [[top, bottom], [left, right]] = op.edges;
      return [h + top + bottom, w + left + right, c];
    }
    case 'globalMaxPool':
    case 'globalAvgPool':
      return op.keepDims ? [1, 1, channels(first)] : [channels(first)];
    case 'dense':
      return [...first.slice(0, -1), op.units];
    case 'flatten':
      return [size];
    case 'reshape': {
      const known = product(op.target.filter((d) => d !== -1));
      const target = op.target.map((d) => (d === -1 ? size / known : d));
      return product(target) === size ? target : [Number.NaN];
    }
    case 'concat':
      return [...first.slice(0, -1), inputs.reduce((sum, shape) => sum + channels(shape), 0)];
    case 'add':
    case 'multiply':
      return first.map((_, axis) => Math.max(...inputs.map((shape) => shape[axis] ?? 1)));
    case 'batchNorm':
    case 'activation':
    case 'rescale':
    case 'dropout':
    case 'input':
      return first;
    default:
      return op satisfies never;
  }
}

function windowed(
  node: Node,
  shape: readonly number[],
  op: { readonly window: Pair; readonly strides: Pair; readonly padding: Padding; readonly dilation: Pair },
): readonly [number, number] {
  if (shape.length !== 3)
    throw new AppError('shape_mismatch', {
      detail: `Layer "${node.layer}" needs height, width and channels, not [${shape.join(', ')}].`,
    });
  const along = (axis: 0 | 1) => {
    const size = shape[axis] ?? 0;
    const reach = (op.window[axis] - 1) * op.dilation[axis] + 1;
    if (op.padding === 'same') return Math.ceil(size / op.strides[axis]);
    return Math.floor((size - reach) / op.strides[axis]) + 1;
  };
  return [along(0), along(1)];
}

/** Multiply-accumulates of one node for one image. */
export function macsOf(node: Node, shapes: ReadonlyMap<string, readonly number[]>): number {
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

/** A place where the trunk can end and training can begin. */
export interface CutPoint {
  readonly layer: string;
  readonly shape: readonly [number, number, number];
  /** Multiply-accumulates of one image from the input to here. */
  readonly macs: number;
}

/**
 * The nodes that every path from input to output goes through, that give a map [h,w,c], and that end a group of
 * operations (not a convolution whose BatchNorm or activation is still to come). At the native input size.
 */
export function cutPoints(graph: Graph): readonly CutPoint[] {
  const index = new Map(graph.nodes.map((node, i) => [node.name, i]));
  const consumers = consumersOf(graph);
  const shapes = shapesOf(graph, graph.inputShape);
  const cuts: CutPoint[] = [];
  let openUntil = 0;
  let macs = 0;
  graph.nodes.forEach((node, i) => {
    macs += macsOf(node, shapes);
    const isBridge = openUntil <= i;
    const readers = consumers.get(node.name) ?? [];
    openUntil = Math.max(openUntil, ...readers.map((name) => index.get(name) ?? 0));
    const [h = 0, w = 0, c = 0, ...rest] = shapes.get(node.name) ?? [];
    const isMap = h > 1 && w > 1 && c > 0 && rest.length === 0;
    if (isBridge && isMap && node.name === node.layer && endsGroup(graph, node, readers))
      cuts.push({ layer: node.name, shape: [h, w, c], macs });
  });
  return cuts;
}

function endsGroup(graph: Graph, node: Node, readers: readonly string[]): boolean {
  if (['input', 'zeroPad', 'dropout', 'rescale', 'reshape'].includes(node.op.kind)) return false;
  return !readers.some((name) => ['batchNorm', 'activation'].includes(nodeOf(graph, name).op.kind));
}

export function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}

function channels(shape: readonly number[]): number {
  return shape.at(-1) ?? 0;
}
