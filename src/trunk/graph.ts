// A trunk as a graph of primitive operations: pure data. What can be reckoned from it is shapes.ts and cuts.ts.
// Knows nothing of Keras's file format (keras.ts), of weights (weights.ts) or of tensors (infer.ts, train.ts).
import { AppError } from '../contract/errors.ts';

export type Pair = readonly [number, number];
/** Pixels added above, below, left and right. */
export type Edges = readonly [vertical: Pair, horizontal: Pair];
export type Padding = 'same' | 'valid';

export type Activation =
  | { readonly fn: 'relu'; readonly max: number | null }
  | { readonly fn: 'leakyRelu'; readonly slope: number }
  | { readonly fn: 'softmax'; readonly axis: number }
  | { readonly fn: 'sigmoid' | 'tanh' | 'swish' };

/**
 * Everything that a trunk can be made of; a weight's role is its field in `Node.weights`. An `axis` counts the batch
 * axis and must be the last one (`shapesOf` sees to it): files write -1 or its number.
 */
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
      readonly axis: number;
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
  | { readonly kind: 'concat'; readonly axis: number }
  | { readonly kind: 'add' | 'multiply' | 'flatten' }
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

/** The sizes multiplied; 1 for none. */
export function product(sizes: readonly number[]): number {
  return sizes.reduce((a, b) => a * b, 1);
}
