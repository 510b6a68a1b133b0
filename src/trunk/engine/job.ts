// What a plan is made of: a piece of work with the buffers that it needs, and how it becomes instructions.
import type { Address, Program, Range } from '../../kernels/engine.ts';
import type { FusedStep } from '../fuse.ts';
import type { Activation } from '../graph.ts';
import { FLOAT, type View } from './view.ts';

/** A step of inference, and where its packed weights are; 0 where it has none. */
export interface Layer {
  readonly step: FusedStep;
  readonly weights: Address;
  readonly bias: Address;
}

/** Where a job finds its buffers. */
export interface Places {
  readonly inputs: readonly Address[];
  readonly output: Address;
  readonly scratch: readonly Address[];
  /** As many zeros as some job asks for. */
  readonly zeros: Address;
}

export interface Job {
  /** The tensor that it makes. */
  readonly name: string;
  readonly inputs: readonly string[];
  /** Bytes of each of its own buffers. */
  readonly scratch: readonly number[];
  /** Bytes of zeros that it reads. */
  readonly zeros: number;
  emit(program: Program, places: Places): void;
}

const OPEN: Range = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** The part of an activation that a kernel applies to what it is about to store: all of a rectifier, else nothing. */
export function rangeOf(activation: Activation | null): Range {
  return activation?.fn === 'relu' ? { low: 0, high: activation.max ?? OPEN.high } : OPEN;
}

/** The other activations, in place, on what a kernel has stored. */
export function emitActivation(
  program: Program,
  activation: Activation | null,
  [x, y]: readonly [Address, Address],
  pixels: number,
  { ld, c }: Pick<View, 'ld' | 'c'>,
): void {
  if (activation === null) return;
  const count = pixels * ld;
  switch (activation.fn) {
    case 'relu': {
      const { low, high } = rangeOf(activation);
      program.activate('clamp', x, y, count, low, high);
      break;
    }
    case 'leakyRelu':
      program.activate('leakyRelu', x, y, count, activation.slope);
      break;
    case 'sigmoid':
    case 'tanh':
    case 'swish':
      program.activate(activation.fn, x, y, count);
      break;
    case 'softmax':
      if (c !== ld) program.clear(y, count * FLOAT);
      program.softmax(x, y, pixels, c, ld * FLOAT);
      break;
    default:
      activation satisfies never;
  }
}

/** In place, where the kernel's own range has not done it. */
export function finish(
  program: Program,
  activation: Activation | null,
  y: Address,
  pixels: number,
  view: View,
): void {
  if (activation?.fn !== 'relu') emitActivation(program, activation, [y, y], pixels, view);
}

/** Parts of a whole, as [first, count]: at most so many, as equal as they go. */
export function split(total: number, pieces: number): readonly (readonly [first: number, count: number])[] {
  const parts = Math.max(1, Math.min(total, pieces));
  return Array.from({ length: parts }, (_, i) => {
    const first = Math.floor((i * total) / parts);
    return [first, Math.floor(((i + 1) * total) / parts) - first] as const;
  });
}
