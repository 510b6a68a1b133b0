// A clock around the pointwise convolutions in the engine's programs: it reads the instructions and runs them in pieces.
// It computes nothing itself.
import type { Address, Engine } from '../../src/kernels/engine.ts';

/** Products that follow each other. */
export interface Span {
  readonly ms: number;
  /** Multiply-accumulates, those with zeros that channels are filled up with among them. */
  readonly macs: number;
}

/** What a matrix product is in a program, by words: see `Program` in src/kernels/engine.ts. */
const GEMM = 0;
const WORD = { kernel: 0, length: 1, segments: 7, k: 8, panels: 9, tiles: 14 } as const;
const BYTES = 4;
/** Output channels of a panel. */
const PANEL = 8;
/** Pixels of the tiles that are counted from `WORD.tiles` on. */
const TILES = [6, 5, 4, 3, 2, 1];

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
        for (const { at: from, end: to, macs } of pieces(new Int32Array(engine.memory.buffer), at, end)) {
          const start = performance.now();
          engine.run(from, to);
          if (macs > 0) this.#spans.push({ ms: performance.now() - start, macs });
        }
      },
    };
  }
}

/** Pointwise products that follow each other, and what is between them, which has no multiply-accumulates here. */
function pieces(words: Int32Array, at: Address, end: Address) {
  const found: { readonly at: Address; end: Address; macs: number }[] = [];
  for (let here = at; here < end; ) {
    const word = (offset: number) => words[here / BYTES + offset] ?? 0;
    const next = here + word(WORD.length) * BYTES;
    const pixels = TILES.reduce((sum, size, i) => sum + size * word(WORD.tiles + i), 0);
    const pointwise = word(WORD.kernel) === GEMM && word(WORD.segments) === 1;
    const macs = pointwise ? pixels * word(WORD.k) * word(WORD.panels) * PANEL : 0;
    const last = found.at(-1);
    if (last !== undefined && last.macs > 0 === macs > 0) {
      last.end = next;
      last.macs += macs;
    } else found.push({ at: here, end: next, macs });
    here = next;
  }
  return found;
}
