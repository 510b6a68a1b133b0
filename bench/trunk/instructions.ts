// The pointwise products among the instructions of an engine's program. It reads them; see `Program` in
// src/kernels/engine.ts for who writes them.
import type { Address } from '../../src/kernels/engine.ts';

const GEMM = 0;
const WORD = {
  kernel: 0,
  length: 1,
  x: 2,
  weights: 3,
  y: 5,
  residual: 6,
  segments: 7,
  k: 8,
  panels: 9,
} as const;
const MORE = { ldx: 10, ldy: 11, low: 12, high: 13, tiles: 14, offset: 20 } as const;
const BYTES = 4;
/** Output channels of a panel. */
const PANEL = 8;
/** Pixels of the tiles that are counted from `MORE.tiles` on. */
const TILES = [6, 5, 4, 3, 2, 1];

/** [pixels,k]·[k,8 panels]; addresses, and bytes from one pixel to the next. */
export interface PointwiseProduct {
  readonly x: Address;
  readonly weights: Address;
  readonly y: Address;
  /** 0 for none. */
  readonly residual: Address;
  readonly pixels: number;
  readonly k: number;
  readonly panels: number;
  readonly ldx: number;
  readonly ldy: number;
  readonly low: number;
  readonly high: number;
  /** Multiply-accumulates, those with zeros that channels are filled up with among them. */
  readonly macs: number;
}

export interface Instruction {
  readonly at: Address;
  readonly end: Address;
  /** Null: something else. */
  readonly product: PointwiseProduct | null;
}

/** The instructions between two addresses. */
export function readInstructions(
  memory: WebAssembly.Memory,
  at: Address,
  end: Address,
): readonly Instruction[] {
  const words = new Int32Array(memory.buffer);
  const floats = new Float32Array(memory.buffer);
  const found: Instruction[] = [];
  for (let here = at; here < end; ) {
    const word = (offset: number) => words[here / BYTES + offset] ?? 0;
    const float = (offset: number) => floats[here / BYTES + offset] ?? 0;
    const next = here + word(WORD.length) * BYTES;
    const pixels = TILES.reduce((sum, size, i) => sum + size * word(MORE.tiles + i), 0);
    const [k, panels] = [word(WORD.k), word(WORD.panels)];
    const isPointwise = word(WORD.kernel) === GEMM && word(WORD.segments) === 1;
    const product = {
      ...{ x: word(WORD.x) + word(MORE.offset), weights: word(WORD.weights) },
      ...{ y: word(WORD.y), residual: word(WORD.residual), pixels, k, panels },
      ...{ ldx: word(MORE.ldx), ldy: word(MORE.ldy), low: float(MORE.low), high: float(MORE.high) },
      macs: pixels * k * panels * PANEL,
    };
    found.push({ at: here, end: next, product: isPointwise ? product : null });
    here = next;
  }
  return found;
}
