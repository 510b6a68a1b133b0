// Graph -> steps for inference: BatchNorm folded into the convolution (or dense layer) before it, padding into the
// convolution after it, bias and activation beside it. Plain arithmetic that every engine shares; no tensors. Kernels are
// not touched here: an engine multiplies them when it makes them its own.
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
  /** The weight that is its kernel, conv2d [kh,kw,c,k], depthwise [kh,kw,c,m], dense [d,k]; null for the others. */
  readonly kernel: string | null;
  /**
   * What each output channel of the kernel is to be multiplied by, [outputs]; of BatchNorm alone, what each channel of
   * its input is, [c]. Null: nothing is.
   */
  readonly scale: Float64Array | null;
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

/** bias' = bias * scale + shift per output channel, in doubles, rounded once. */
function foldWeights(
  node: Node,
  norm: Node | undefined,
  weights: Weights,
): Pick<FusedStep, 'kernel' | 'scale' | 'bias'> {
  if (isBatchNorm(node)) {
    const { scale, shift } = affineOf(node, weights);
    return { kernel: null, scale, bias: Float32Array.from(shift) };
  }
  const { kernel = null } = node.weights;
  const bias = node.weights.bias === undefined ? null : weights.get(node.weights.bias).data;
  if (norm === undefined || !isBatchNorm(norm)) return { kernel, scale: null, bias };
  const { scale, shift } = affineOf(norm, weights);
  const folded = Float32Array.from(shift);
  for (let k = 0; bias !== null && k < folded.length; k++)
    folded[k] = (bias[k] ?? 0) * (scale[k] ?? 0) + (shift[k] ?? 0);
  return { kernel, scale, bias: folded };
}

/**
 * kernel * scale, in doubles, rounded once, for engines that take floats; the scale itself where there is no kernel. The
 * output channel is the kernel's last axis, for a depthwise kernel [kh,kw,c,m] its last two, c * m of them.
 */
export function foldedKernel({ kernel, scale }: FusedStep, weights: Weights): NdArray {
  if (kernel === null)
    return { data: Float32Array.from(scale ?? []), shape: scale === null ? [0] : [scale.length] };
  const { data, shape } = weights.get(kernel);
  if (scale === null) return { data, shape };
  const folded = new Float32Array(data.length);
  for (let at = 0; at < folded.length; at += scale.length)
    for (let k = 0; k < scale.length; k++) folded[at + k] = (data[at + k] ?? 0) * (scale[k] ?? 0);
  return { data: folded, shape };
}
