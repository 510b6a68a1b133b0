// Depthwise convolutions, row by row; rows above and below the map are ones of zeros.
import type { Address, DepthwiseRow, Program } from '../../kernels/engine.ts';
import type { Activation, Edges } from '../graph.ts';
import { edgesOf, type Windowed } from '../shapes.ts';
import { finish, type Job, type Layer, rangeOf, split } from './job.ts';
import { FLOAT, filled, rowBytes, unknown, type View, viewBytes } from './view.ts';

/** A depthwise convolution of one map. */
export interface Depthwise extends Windowed {
  readonly layer: Layer;
  /** With the channels repeated where there is a multiplier. */
  readonly from: View;
  readonly to: View;
  readonly multiplier: number;
  readonly edges: Edges;
  readonly activation: Activation | null;
  readonly kernel: DepthwiseRow;
}

export function depthwiseOf(layer: Layer, input: View, to: View): Depthwise {
  const { node, padding, activation } = layer.step;
  if (node.op.kind !== 'depthwiseConv2d') throw unknown(node, 'is no depthwise convolution');
  const { window, strides, dilation, multiplier } = node.op;
  const c = input.c * multiplier;
  const edges = edgesOf(node.op, [input.h, input.w], padding);
  return {
    ...{ layer, to, activation, multiplier, window, strides, dilation, edges },
    from: { ...input, c, ld: filled(c) },
    kernel: {
      ...{ weights: layer.weights, bias: layer.bias, ...rangeOf(activation) },
      ...{ vectors: to.ld / 4, width: input.w, outputs: to.w },
      ...{ kw: window[1], stride: strides[1], left: edges[1][0], dilation: dilation[1] },
    },
  };
}

/** The last input row that an output row reads, and one more. */
export function rowsBefore({ from, window, strides, dilation, edges }: Depthwise, row: number): number {
  return Math.min(from.h, row * strides[0] - edges[0][0] + (window[0] - 1) * dilation[0] + 1);
}

/** @param at gives the address of an input row that is inside */
export function emitRow(
  program: Program,
  depthwise: Depthwise,
  row: number,
  { at, y, zeros }: { readonly at: (row: number) => Address; readonly y: Address; readonly zeros: Address },
): void {
  const { kernel, from, window, strides, dilation, edges } = depthwise;
  const rows: Address[] = [];
  for (let ky = 0; ky < window[0]; ky++) {
    const input = row * strides[0] - edges[0][0] + ky * dilation[0];
    rows.push(input < 0 || input >= from.h ? zeros : at(input));
  }
  program.depthwise(kernel, rows, y);
}

export function depthwiseJob(name: string, depthwise: Depthwise, input: View, pieces: number): Job {
  const { layer, from, to, multiplier, activation } = depthwise;
  return {
    name,
    inputs: layer.step.inputs,
    scratch: multiplier === 1 ? [] : [viewBytes(from)],
    zeros: rowBytes(from),
    emit(program, { inputs: [x = 0], output, scratch: [repeated = x], zeros }) {
      if (multiplier > 1) {
        if (from.c !== from.ld) program.clear(repeated, viewBytes(from));
        const pixels = from.h * from.w;
        program.repeat(x, repeated, pixels, input.c, multiplier, input.ld * FLOAT, from.ld * FLOAT);
        program.phase();
      }
      const at = (row: number) => repeated + row * rowBytes(from);
      for (const [first, count] of split(to.h, pieces)) {
        program.task();
        const y = output + first * rowBytes(to);
        for (let i = 0; i < count; i++)
          emitRow(program, depthwise, first + i, { at, y: y + i * rowBytes(to), zeros });
        finish(program, activation, y, count * to.w, to);
      }
    },
  };
}
