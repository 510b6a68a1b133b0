// Convolutions and dense layers as packed matrix products, row by row. A window is not gathered: its rows lie one after
// the other in the input already, and the kernel sums over them. Only the sides have to be filled with zeros first.
import type { Address, Gemm, Program } from '../../kernels/engine.ts';
import type { Activation, Edges, Op } from '../graph.ts';
import { edgesOf, type Windowed } from '../shapes.ts';
import { finish, type Job, type Layer, rangeOf, split } from './job.ts';
import { FLOAT, rowBytes, type View, viewBytes } from './view.ts';

/** A convolution of one map. */
export interface Convolution extends Windowed {
  readonly layer: Layer;
  readonly from: View;
  readonly to: View;
  readonly edges: Edges;
  /** Its own, or that of the sum that its output goes into. */
  readonly activation: Activation | null;
  readonly product: Gemm;
}

/** A dense layer is a convolution of windows of one pixel. */
export function windowOf(op: Op): Windowed {
  return op.kind === 'conv2d' ? op : { window: [1, 1], strides: [1, 1], dilation: [1, 1] };
}

/**
 * What lies in one piece under a window: each of its rows, or each pixel where they are dilated.
 * @param ld floats of a pixel
 * @returns how many pieces, and the floats of each, filled up to fours: what is behind it has a weight of zero
 */
export function segmentsOf(
  { window: [kh, kw], dilation }: Pick<Windowed, 'window' | 'dilation'>,
  ld: number,
): { readonly segments: number; readonly k: number } {
  const isWhole = dilation[1] === 1;
  return { segments: isWhole ? kh : kh * kw, k: Math.ceil((isWhole ? kw * ld : ld) / 4) * 4 };
}

/** @param tile pixels of the kernel's highest tile */
export function convolutionOf(layer: Layer, from: View, to: View, tile: number): Convolution {
  const { node, padding, activation } = layer.step;
  const { window, strides, dilation } = windowOf(node.op);
  const edges = edgesOf({ window, strides, dilation }, [from.h, from.w], padding);
  const { segments, k } = segmentsOf({ window, dilation }, from.ld);
  const columns = segments / window[0];
  const [pixel, row] = [from.ld * FLOAT, rowBytes(paddedOf(from, edges))];
  return {
    ...{ layer, from, to, activation, window, strides, dilation, edges },
    product: {
      ...{ weights: layer.weights, bias: layer.bias, tile, ...rangeOf(activation), k },
      ...{ panels: to.ld / 8, ldx: strides[1] * pixel, ldy: to.ld * FLOAT },
      offsets: Array.from({ length: segments }, (_, i) => {
        const [ky, kx] = [Math.floor(i / columns), i % columns];
        return ky * dilation[0] * row + kx * dilation[1] * pixel;
      }),
    },
  };
}

/** With the activation of the sum that the output goes into. */
export function activated(convolution: Convolution, activation: Activation): Convolution {
  return { ...convolution, activation, product: { ...convolution.product, ...rangeOf(activation) } };
}

/** Whether each output pixel depends on the one input pixel at its place. */
export function isPointwise({ window, strides, edges }: Convolution): boolean {
  return [...window, ...strides].every((size) => size === 1) && !isPadded(edges);
}

function isPadded(edges: Edges): boolean {
  return edges.flat().some((size) => size > 0);
}

/** The input as the kernel reads it: with zeros around it. */
function paddedOf(from: View, [[top, bottom], [left, right]]: Edges): View {
  return { ...from, h: from.h + top + bottom, w: from.w + left + right };
}

/** Bytes of the padded input, one buffer if any. */
export function scratchOf(convolution: Convolution): readonly number[] {
  return isPadded(convolution.edges) ? [viewBytes(paddedOf(convolution.from, convolution.edges))] : [];
}

/** Pads the input where that is needed. Gives the address that the rows are then read from. */
export function emitPadding(
  program: Program,
  convolution: Convolution,
  x: Address,
  [padded]: readonly Address[],
): Address {
  if (padded === undefined) return x;
  const { from, edges } = convolution;
  const whole = paddedOf(from, edges);
  program.clear(padded, viewBytes(whole));
  const inner = padded + edges[0][0] * rowBytes(whole) + edges[1][0] * from.ld * FLOAT;
  program.copy(x, inner, from.h, rowBytes(from), rowBytes(from), rowBytes(whole));
  return padded;
}

/**
 * Some rows of the output.
 * @param x what `emitPadding` gave
 * @param rows the first, and how many
 * @param y where the first of them goes
 * @param residual what is added to the first of them; 0 for nothing
 */
export function emitRows(
  program: Program,
  convolution: Convolution,
  x: Address,
  [first, count]: readonly [number, number],
  y: Address,
  residual: Address = 0,
): void {
  const { from, to, strides, edges, activation, product } = convolution;
  const row = rowBytes(paddedOf(from, edges));
  if (isPointwise(convolution)) program.gemm(product, x + first * row, y, residual, count * to.w);
  else
    for (let i = 0; i < count; i++) {
      const at = i * rowBytes(to);
      const added = residual === 0 ? 0 : residual + at;
      program.gemm(product, x + (first + i) * strides[0] * row, y + at, added, to.w);
    }
  finish(program, activation, y, count * to.w, to);
}

/** All rows, in pieces that do not need each other: of rows, of pixels, or, where those are few, of output channels. */
function emitPieces(
  program: Program,
  convolution: Convolution,
  x: Address,
  y: Address,
  residual: Address,
  pieces: number,
): void {
  const { from, to, activation, product } = convolution;
  const isPlain = activation === null || activation.fn === 'relu';
  const pixels = to.h * to.w;
  if (!isPointwise(convolution)) {
    const row = rowBytes(to);
    for (const [first, count] of split(to.h, pieces)) {
      program.task();
      const added = residual === 0 ? 0 : residual + first * row;
      emitRows(program, convolution, x, [first, count], y + first * row, added);
    }
  } else if (pixels < FEW_PIXELS && isPlain && product.panels >= pieces) {
    const bytes = product.offsets.length * product.k * 8 * FLOAT;
    for (const [first, count] of split(product.panels, pieces)) {
      program.task();
      const [weights, bias] = [product.weights + first * bytes, product.bias + first * 8 * FLOAT];
      const at = first * 8 * FLOAT;
      const some = { ...product, weights, bias, panels: count };
      program.gemm(some, x, y + at, residual === 0 ? 0 : residual + at, pixels);
    }
  } else {
    const [pixel, made] = [from.ld * FLOAT, to.ld * FLOAT];
    for (const [first, count] of split(pixels, pieces)) {
      program.task();
      const at = y + first * made;
      program.gemm(product, x + first * pixel, at, residual === 0 ? 0 : residual + first * made, count);
      finish(program, activation, at, count, to);
    }
  }
}

/** Maps of fewer pixels are split by channels. */
const FEW_PIXELS = 256;

/** @param residual name of a tensor of the output's shape that is added before the activation */
export function convolutionJob(
  name: string,
  convolution: Convolution,
  residual: string | null,
  pieces: number,
): Job {
  return {
    name,
    inputs: [...convolution.layer.step.inputs, ...(residual === null ? [] : [residual])],
    scratch: scratchOf(convolution),
    zeros: 0,
    emit(program, { inputs: [x = 0, added = 0], output, scratch }) {
      const from = emitPadding(program, convolution, x, scratch);
      if (from !== x) program.phase();
      emitPieces(program, convolution, from, output, added, pieces);
    },
  };
}
