// How a tensor lies in the engine's memory: pixels one after the other, channels filled up to whole vectors. No addresses.
import { AppError } from '../../contract/errors.ts';
import type { Node } from '../graph.ts';

/** A map [h,w,c]; a vector [c] is one of a single pixel. */
export interface View {
  readonly h: number;
  readonly w: number;
  readonly c: number;
  /** Floats from one pixel to the next: panels of 8, or the channels alone. What is behind them never counts. */
  readonly ld: number;
}

/** Bytes. */
export const FLOAT = 4;

/** Floats of the channels filled up to panels of 8. */
export function filled(c: number): number {
  return Math.ceil(c / 8) * 8;
}

/** @throws AppError `model_layer_unknown` for more than three axes */
export function viewOf(node: Node, shape: readonly number[], ld = filled(shape.at(-1) ?? 0)): View {
  const [c = 1, w = 1, h = 1, ...rest] = [...shape].reverse();
  if (rest.length > 0) throw unknown(node, `has a shape of ${shape.length} axes`);
  return { h, w, c, ld };
}

/** The bytes of a row of pixels. */
export function rowBytes({ w, ld }: View): number {
  return w * ld * FLOAT;
}

/** With room behind the last pixel, where kernels that read four floats at once may look. */
export function viewBytes(view: View): number {
  return view.h * rowBytes(view) + (view.ld % 4 === 0 ? 0 : 16);
}

/** What callers fall back to another engine for. */
export function unknown(node: Node, what: string): AppError {
  return new AppError('model_layer_unknown', {
    detail: `Layer "${node.layer}" ${what}, which this engine does not do; run the trunk on tfjs.`,
  });
}
