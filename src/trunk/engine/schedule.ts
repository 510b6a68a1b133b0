// Steps of inference for one input size -> jobs: additions and rectifiers go into the convolution before them, and
// convolutions around a depthwise one become a block.
import type { Activation } from '../graph.ts';
import { type Block, blockJob } from './block.ts';
import { activated, type Convolution, convolutionJob, convolutionOf, isPointwise } from './convolution.ts';
import { depthwiseJob, depthwiseOf } from './depthwise.ts';
import type { Job, Layer } from './job.ts';
import { plainJob } from './plain.ts';
import { rowBytes, unknown, type View } from './view.ts';

/** A map that a depthwise convolution reads, so large that threads had better not make all of it. */
const WHOLE_BYTES = 640 * 1024;

/** What a schedule is made from. */
export interface Sources {
  readonly layers: readonly Layer[];
  /** Of every tensor, by name. */
  readonly views: ReadonlyMap<string, View>;
  /** The tensor that is asked for. */
  readonly output: string;
  /** Pixels of the highest tile of the matrix product. */
  readonly tile: number;
  /** Into how many pieces a job is split for threads to share; 1 for one thread. */
  readonly pieces: number;
}

/** Jobs in the order of execution. @throws AppError `model_layer_unknown` */
export function schedule({ layers, views, output, tile, pieces }: Sources): readonly Job[] {
  const byName = new Map(layers.map((layer) => [layer.step.name, layer]));
  const readers = new Map<string, number>([[output, 2]]);
  for (const { step } of layers)
    for (const input of step.inputs) readers.set(input, (readers.get(input) ?? 0) + 1);
  const absorbed = new Set<string>();
  const viewAt = (layer: Layer, name: string | undefined): View => {
    const view = views.get(name ?? '');
    if (view === undefined) throw unknown(layer.step.node, 'has no input');
    return view;
  };
  /** What makes a tensor, if nothing else reads it. */
  const maker = (name: string | undefined): Layer | undefined =>
    name !== undefined && readers.get(name) === 1 ? byName.get(name) : undefined;
  const convolution = (layer: Layer): Convolution | null =>
    layer.step.node.op.kind === 'conv2d' || layer.step.node.op.kind === 'dense'
      ? convolutionOf(layer, viewAt(layer, layer.step.inputs[0]), viewAt(layer, layer.step.name), tile)
      : null;

  /** The convolution that a sum of two tensors goes into, and the other tensor. */
  const summed = ({
    step,
  }: Layer): { readonly into: Convolution; readonly residual: string | null } | null => {
    const [a, b, ...more] = step.inputs;
    if (step.node.op.kind !== 'add' || a === undefined || b === undefined || more.length > 0) return null;
    for (const [name, residual] of [[b, a] as const, [a, b] as const]) {
      const layer = maker(name);
      const into = layer === undefined ? null : convolution(layer);
      const other = views.get(residual);
      const fits = into !== null && other?.h === into.to.h && other.w === into.to.w && other.c === into.to.c;
      if (into !== null && fits && into.activation === null) return { into, residual };
    }
    return null;
  };

  const blockOf = (project: Convolution, residual: string | null): Block | null => {
    const middle = maker(project.layer.step.inputs[0]);
    if (!isPointwise(project) || middle?.step.node.op.kind !== 'depthwiseConv2d') return null;
    const depthwise = depthwiseOf(
      middle,
      viewAt(middle, middle.step.inputs[0]),
      viewAt(middle, middle.step.name),
    );
    if (depthwise.multiplier !== 1) return null;
    // Each thread would make the rows between two pieces, and of small maps these are many.
    if (pieces > 1 && depthwise.from.h * rowBytes(depthwise.from) <= WHOLE_BYTES) return null;
    const first = maker(middle.step.inputs[0]);
    return { expand: first === undefined ? null : convolution(first), depthwise, project, residual };
  };

  /** What a layer comes down to, if that is a convolution: itself, a sum with one, or a rectifier of such a sum. */
  const productOf = (layer: Layer): ReturnType<typeof summed> => {
    const own = convolution(layer);
    if (own !== null) return { into: own, residual: null };
    const rectifier = rectifierOf(layer);
    const sum = rectifier === null ? layer : maker(layer.step.inputs[0]);
    const found = sum === undefined ? null : summed(sum);
    if (sum === undefined || found === null) return null;
    absorbed.add(sum.step.name);
    return rectifier === null ? found : { ...found, into: activated(found.into, rectifier) };
  };

  const jobOf = (layer: Layer): Job => {
    const { name, node, inputs } = layer.step;
    const to = viewAt(layer, name);
    const product = productOf(layer);
    if (product !== null) {
      const { into, residual } = product;
      const block = blockOf(into, residual);
      for (const part of [into, block?.depthwise, block?.expand])
        if (part !== undefined && part !== null) absorbed.add(part.layer.step.name);
      return block === null ? convolutionJob(name, into, residual, pieces) : blockJob(name, block, pieces);
    }
    const views = inputs.map((input) => viewAt(layer, input));
    const [from = to] = views;
    if (node.op.kind === 'depthwiseConv2d')
      return depthwiseJob(name, depthwiseOf(layer, from, to), from, pieces);
    return plainJob(layer, views, to);
  };

  // From the end, so that whatever a job takes in has not become one of its own.
  const jobs: Job[] = [];
  for (const layer of [...layers].reverse()) if (!absorbed.has(layer.step.name)) jobs.push(jobOf(layer));
  return jobs.reverse();
}

function rectifierOf({ step }: Layer): Activation | null {
  const { op } = step.node;
  return op.kind === 'activation' && op.activation.fn === 'relu' ? op.activation : null;
}
