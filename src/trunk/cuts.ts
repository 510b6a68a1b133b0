// Where a trunk can end and training can begin: the layers that every path goes through.
import { AppError } from '../contract/errors.ts';
import { consumersOf, type Graph, nodeOf } from './graph.ts';
import { macsOf, shapesOf } from './shapes.ts';

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
    if (isBridge && isMap && node.name === node.layer && endsGroup(graph, node.name, readers))
      cuts.push({ layer: node.name, shape: [h, w, c], macs });
  });
  return cuts;
}

function endsGroup(graph: Graph, name: string, readers: readonly string[]): boolean {
  const { kind } = nodeOf(graph, name).op;
  if (['input', 'zeroPad', 'dropout', 'rescale', 'reshape'].includes(kind)) return false;
  return !readers.some((reader) => ['batchNorm', 'activation'].includes(nodeOf(graph, reader).op.kind));
}

/**
 * The part of the graph after a cut; its input is the activation there.
 * @throws AppError `not_trainable` when `from` is no cut before the graph's output
 */
export function graphAfter(graph: Graph, from: string): Graph {
  const cut = cutPoints(graph).find(({ layer }) => layer === from);
  if (cut === undefined || from === graph.output)
    throw new AppError('not_trainable', {
      detail: `Training cannot begin after "${from}": it is no cut of the trunk before "${graph.output}".`,
    });
  const at = graph.nodes.findIndex((node) => node.name === from);
  return {
    nodes: [
      { ...nodeOf(graph, from), op: { kind: 'input' }, inputs: [], weights: {} },
      ...graph.nodes.slice(at + 1),
    ],
    inputShape: cut.shape,
    output: graph.output,
  };
}
