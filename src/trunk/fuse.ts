// Graph -> steps for inference: BatchNorm folded into the convolution (or dense layer) before it, padding into the
// convolution after it, bias and activation beside it. Plain arithmetic that every engine shares; no tensors.
import type { NdArray } from '../contract/nd-array.ts';
import { affineOf, isBatchNorm } from './batch-norm.ts';
import { type Activation, consumersOf, type Edges, type Graph, type Node, type Padding } from './graph.ts';
import type { Weights } from './weights.ts';

/** One step of inference: the node that does the work and what was fused into it. */
export interface FusedStep {
  /** Name of the last node of the step: whose output it gives. */
  readonly name: string;
  readonly node: Node;
  readonly inputs: readonly string[];
  /** conv2d [kh,kw,c,k], depthwise [kh,kw,c,m], dense [d,k], batchNorm alone: the scale [c]; empty for the others. */
  readonly kernel: NdArray;
  /** [outputs], or null where there is none. */
  readonly bias: Float32Array | null;
  /** Padding of a convolution, a ZeroPadding2D before it included. */
  readonly padding: Padding | Edges;
  readonly activation: Activation | null;
}

/**
 * @param graph ends at the cut (`truncate`): nothing reads its output, so no step swallows it
 */
export function fuse(graph: Graph, weights: Weights): readonly FusedStep[] {
  const consumers = consumersOf(graph);
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const swallowed = new Set<string>();
  const soleReader = (name: string): Node | undefined => {
    const readers = consumers.get(name) ?? [];
    return readers.length === 1 ? nodes.get(readers[0] ?? '') : undefined;
  };
  const steps: FusedStep[] = [];
  for (const node of graph.nodes) {
    if (node.op.kind === 'input' || swallowed.has(node.name)) continue;
    if (node.op.kind === 'zeroPad') {
      const reader = soleReader(node.name);
      if (reader !== undefined && isConvolution(reader) && reader.op.padding === 'valid') {
        swallowed.add(node.name);
        continue;
      }
    }
    const pad = nodes.get(node.inputs[0] ?? '');
    const padded =
      pad !== undefined && swallowed.has(pad.name) && pad.op.kind === 'zeroPad' ? pad : undefined;
    const take = (wanted: (next: Node) => boolean): Node | undefined => {
      const next = soleReader(last.name);
      if (next === undefined || !wanted(next)) return undefined;
      swallowed.add(next.name);
      last = next;
      return next;
    };
    let last = node;
    const weighted = node.weights.kernel !== undefined;
    const norm = weighted ? take(isBatchNorm) : undefined;
    const activation = weighted || isBatchNorm(node) ? take(isElementwise) : undefined;
    steps.push({
      name: last.name,
      node,
      inputs: padded === undefined ? node.inputs : padded.inputs,
      ...foldWeights(node, norm, weights),
      padding:
        padded?.op.kind === 'zeroPad' ? padded.op.edges : isConvolution(node) ? node.op.padding : 'valid',
      activation: activation?.op.kind === 'activation' ? activation.op.activation : null,
    });
  }
  return steps;
}

function isConvolution(
  node: Node,
): node is Node & { readonly op: Extract<Node['op'], { kind: 'conv2d' | 'depthwiseConv2d' }> } {
  return node.op.kind === 'conv2d' || node.op.kind === 'depthwiseConv2d';
}

/** Softmax looks across channels and is left alone. */
function isElementwise(node: Node): boolean {
  return node.op.kind === 'activation' && node.op.activation.fn !== 'softmax';
}

const NOTHING: NdArray = { data: new Float32Array(), shape: [0] };

/**
 * kernel' = kernel * scale and bias' = bias * scale + shift per output channel, in doubles, rounded once. The output
 * channel is the kernel's last axis, for a depthwise kernel [kh,kw,c,m] its last two, c * m of them.
 */
function foldWeights(
  node: Node,
  norm: Node | undefined,
  weights: Weights,
): { readonly kernel: NdArray; readonly bias: Float32Array | null } {
  if (isBatchNorm(node)) {
    const { scale, shift } = affineOf(node, weights);
    return {
      kernel: { data: Float32Array.from(scale), shape: [scale.length] },
      bias: Float32Array.from(shift),
    };
  }
  if (node.weights.kernel === undefined) return { kernel: NOTHING, bias: null };
  const kernel = weights.get(node.weights.kernel);
  const bias = node.weights.bias === undefined ? null : weights.get(node.weights.bias).data;
  if (norm === undefined || !isBatchNorm(norm)) return { kernel, bias };
  const { scale, shift } = affineOf(norm, weights);
  const outputs = scale.length;
  const folded = new Float32Array(kernel.data.length);
  for (let at = 0; at < folded.length; at += outputs)
    for (let k = 0; k < outputs; k++) folded[at + k] = (kernel.data[at + k] ?? 0) * (scale[k] ?? 0);
  return {
    kernel: { data: folded, shape: kernel.shape },
    bias: Float32Array.from(shift, (value, k) => (bias?.[k] ?? 0) * (scale[k] ?? 0) + value),
  };
}
