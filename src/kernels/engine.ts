// The engine's WASM module, as TypeScript sees it: an instance with a memory of its own, and the programs that it runs.
// What a program computes, and where in the memory, is the caller's.

/** An instance; its memory goes when nobody holds it any more. */
export interface Engine {
  readonly memory: WebAssembly.Memory;
  /** Runs the instructions between two addresses. */
  run(at: Address, end: Address): void;
  /**
   * Where several threads run a program together: runs its tasks, which `Program` told.
   * @returns false when a thread has not come to an end with what it had claimed
   */
  share?(tasks: Address, count: number): boolean;
  /** Lets other threads go. */
  dispose?(): void;
}

/** In bytes. */
export type Address = number;

/** Addresses below this one are the module's own. */
export const FIRST_ADDRESS = 4096;

/** Starts an instance without waiting, so that it goes where compiling is forbidden. */
export function startEngine(module: WebAssembly.Module): Engine {
  return new WebAssembly.Instance(module).exports as unknown as Engine;
}

/** Makes the memory at least so large. */
export function reserve({ memory }: Engine, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
}

const PAGE = 65536;
const WORD = 4;

/** What `activate` does to each number: see assembly/engine/elementwise.ts. */
export const ACTIVATIONS = { clamp: 0, leakyRelu: 1, sigmoid: 2, tanh: 3, swish: 4, rescale: 5 } as const;

/** Numbers outside are moved to the nearer end. */
export interface Range {
  readonly low: number;
  readonly high: number;
}

/** A packed matrix, and how the pixels lie that are multiplied by it; see assembly/engine/gemm.ts. */
export interface Gemm extends Range {
  readonly weights: Address;
  readonly bias: Address;
  /** Bytes from a pixel to each run of `k` floats. */
  readonly offsets: readonly number[];
  readonly k: number;
  readonly panels: number;
  readonly ldx: number;
  readonly ldy: number;
  /** Pixels of the highest tile, at most 6. */
  readonly tile: number;
}

/** A depthwise convolution of rows; see assembly/engine/depthwise.ts. */
export interface DepthwiseRow extends Range {
  readonly weights: Address;
  readonly bias: Address;
  readonly vectors: number;
  readonly width: number;
  readonly outputs: number;
  readonly kw: number;
  readonly stride: number;
  readonly left: number;
  readonly dilation: number;
}

/**
 * Instructions in the order of execution, as words. Hundreds are written before the first answer of a fresh process, by
 * code that has not been compiled yet: so no arrays and objects in between where there are many.
 */
export class Program {
  readonly #words: number[] = [];
  /** Of each task: how many were before its phase, and the word that it begins with. */
  readonly #tasks: number[] = [];
  #before = 0;

  /** What follows needs everything before it. */
  phase(): void {
    this.#before = this.#tasks.length / 2;
    this.task();
  }

  /** What follows does not need the other tasks of its phase, nor disturb them. */
  task(): void {
    const begin = this.#words.length;
    // Nothing was written since the last one: that was none.
    if (this.#tasks.at(-1) === begin) {
      this.#tasks.length -= 2;
      this.#before = Math.min(this.#before, this.#tasks.length / 2);
    }
    this.#tasks.push(this.#before, begin);
  }

  /** `count` pixels. @param residual 0 for none */
  gemm(g: Gemm, x: Address, y: Address, residual: Address, count: number): void {
    const { offsets, tile } = g;
    this.#words.push(
      0,
      20 + offsets.length,
      x,
      g.weights,
      g.bias,
      y,
      residual,
      offsets.length,
      g.k,
      g.panels,
    );
    this.#words.push(g.ldx, g.ldy, bits(g.low), bits(g.high));
    // Tiles of 6, 5, 4, 3, 2 and 1 pixels: as few as go, and as equal.
    const tiles = Math.ceil(count / tile);
    const least = Math.floor(count / tiles);
    const higher = count - least * tiles;
    for (let m = 6; m > 0; m--) this.#words.push(m === least ? tiles - higher : m === least + 1 ? higher : 0);
    for (const offset of offsets) this.#words.push(offset);
  }

  /** One row. @param rows of the input, a row of zeros where one is outside */
  depthwise(d: DepthwiseRow, rows: readonly Address[], y: Address): void {
    this.#words.push(1, 15 + rows.length, d.weights, d.bias, y, d.vectors, d.width, d.outputs, rows.length);
    this.#words.push(d.kw, d.stride, d.left, d.dilation, bits(d.low), bits(d.high));
    for (const row of rows) this.#words.push(row);
  }

  /** @param p, q parameters of the kind: low and high; slope; scale and offset */
  activate(kind: keyof typeof ACTIVATIONS, x: Address, y: Address, count: number, p = 0, q = 0): void {
    this.#add(2, ACTIVATIONS[kind], x, y, count, bits(p), bits(q));
  }

  affine(
    ...[x, scale, shift, y, pixels, vectors, { low, high }]: [
      ...[x: Address, scale: Address, shift: Address, y: Address, pixels: number, vectors: number],
      range: Range,
    ]
  ): void {
    this.#add(3, x, scale, shift, y, pixels, vectors, bits(low), bits(high));
  }

  /** @param steps bytes from row to row and column to column, and 1 where one number goes for all channels, of a and b */
  combine(
    kind: 'add' | 'multiply',
    [a, b, y]: readonly [Address, Address, Address],
    sizes: readonly [h: number, w: number, floats: number],
    steps: readonly number[],
  ): void {
    this.#add(4, kind === 'multiply' ? 1 : 0, a, b, y, ...sizes, ...steps);
  }

  softmax(x: Address, y: Address, rows: number, channels: number, ld: number): void {
    this.#add(5, x, y, rows, channels, ld);
  }

  /** @param sizes h, w, oh, ow, vectors, kh, kw, sh, sw, top, left */
  pool(kind: 'max' | 'mean', x: Address, y: Address, sizes: readonly number[]): void {
    this.#add(6, kind === 'mean' ? 1 : 0, x, y, ...sizes);
  }

  copy(x: Address, y: Address, rows: number, bytes: number, ldx: number, ldy: number): void {
    this.#add(7, x, y, rows, bytes, ldx, ldy);
  }

  clear(y: Address, bytes: number): void {
    this.#add(8, y, bytes);
  }

  repeat(
    ...args: [
      x: Address,
      y: Address,
      pixels: number,
      channels: number,
      times: number,
      ldx: number,
      ldy: number,
    ]
  ): void {
    this.#add(9, ...args);
  }

  reflow(
    ...args: [x: Address, y: Address, count: number, cx: number, ldx: number, cy: number, ldy: number]
  ): void {
    this.#add(10, ...args);
  }

  /** @param sizes segments, taps, c, k, length, ld: see assembly/engine/pack.ts */
  packPanels(bytes: boolean, x: Address, scale: Address, y: Address, sizes: readonly number[]): void {
    this.#add(11, bytes ? 1 : 0, x, scale, y, ...sizes);
  }

  packDepthwise(
    bytes: boolean,
    x: Address,
    scale: Address,
    y: Address,
    taps: number,
    channels: number,
  ): void {
    this.#add(12, bytes ? 1 : 0, x, scale, y, taps, channels);
  }

  means(x: Address, y: Address, h: number, w: number, vectors: number, row: number): void {
    this.#add(13, x, y, h, w, vectors, row);
  }

  /**
   * The tasks, three words each: see assembly/engine/threads.ts.
   * @param at where the program is
   */
  tasks(at: Address): Int32Array<ArrayBuffer> {
    const table: number[] = [];
    for (let i = 0; i < this.#tasks.length; i += 2) {
      const [before = 0, begin = 0] = this.#tasks.slice(i, i + 2);
      table.push(before, at + begin * WORD, at + (this.#tasks[i + 3] ?? this.#words.length) * WORD);
    }
    return Int32Array.from(table);
  }

  /** The program as it goes into the memory, at a multiple of 4. */
  words(): Int32Array<ArrayBuffer> {
    return Int32Array.from(this.#words);
  }

  #add(kernel: number, ...args: readonly number[]): void {
    this.#words.push(kernel, args.length + 2, ...args);
  }
}

const float = new Float32Array(1);
const word = new Int32Array(float.buffer);

/** A number's 32 bits. */
function bits(value: number): number {
  float[0] = value;
  return word[0] ?? 0;
}
