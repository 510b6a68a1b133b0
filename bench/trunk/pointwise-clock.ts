// A clock around the pointwise convolutions in the engine's programs: it reads the instructions and runs them in pieces.
// It computes nothing itself.
import type { Engine } from '../../src/kernels/engine.ts';
import { type Instruction, readInstructions } from './instructions.ts';

/** Products that follow each other. */
export interface Span {
  readonly ms: number;
  /** Multiply-accumulates, those with zeros that channels are filled up with among them. */
  readonly macs: number;
}

export class PointwiseClock {
  #spans: Span[] = [];

  /** Of all programs since the last reset, in order. */
  get spans(): readonly Span[] {
    return this.#spans;
  }

  get macs(): number {
    return this.#spans.reduce((sum, { macs }) => sum + macs, 0);
  }

  reset(): void {
    this.#spans = [];
  }

  /** The same engine with the clock. */
  watch(engine: Engine): Engine {
    return {
      memory: engine.memory,
      run: (at, end) => {
        for (const { at: from, end: to, macs } of pieces(readInstructions(engine.memory, at, end))) {
          const start = performance.now();
          engine.run(from, to);
          if (macs > 0) this.#spans.push({ ms: performance.now() - start, macs });
        }
      },
    };
  }
}

/** Pointwise products that follow each other, and what is between them, which has no multiply-accumulates here. */
function pieces(instructions: readonly Instruction[]) {
  const found: { readonly at: number; end: number; macs: number }[] = [];
  for (const { at, end, product } of instructions) {
    const macs = product?.macs ?? 0;
    const last = found.at(-1);
    if (last !== undefined && last.macs > 0 === macs > 0) {
      last.end = end;
      last.macs += macs;
    } else found.push({ at, end, macs });
  }
  return found;
}
