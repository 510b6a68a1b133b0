// Inflated PNG data -> rows: cut into scanlines and unfiltered, passes of an interlaced picture told apart.
import { damaged } from '../header.ts';
import type { PngFormat } from './format.ts';

/** Which pixels a pass brings: every `dx`-th from `x` on of every `dy`-th row from `y` on. */
export interface Pass {
  readonly x: number;
  readonly y: number;
  readonly dx: number;
  readonly dy: number;
}

const WHOLE: readonly Pass[] = [{ x: 0, y: 0, dx: 1, dy: 1 }];
/** @see https://www.w3.org/TR/png-3/#8InterlaceMethods */
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, dx: 8, dy: 8 },
  { x: 4, y: 0, dx: 8, dy: 8 },
  { x: 0, y: 4, dx: 4, dy: 8 },
  { x: 2, y: 0, dx: 4, dy: 4 },
  { x: 0, y: 2, dx: 2, dy: 4 },
  { x: 1, y: 0, dx: 2, dy: 2 },
  { x: 0, y: 1, dx: 1, dy: 2 },
];

/** Takes a scanline: `count` stored pixels of row `y`, unfiltered; valid during the call. */
export type TakeLine = (line: Uint8Array, count: number, pass: Pass, y: number) => void;

/** Collects inflated data until a scanline is whole. */
export class Scanlines {
  readonly #format: PngFormat;
  readonly #take: TakeLine;
  readonly #passes: readonly Pass[];
  /** Of a whole pixel, at least 1: how far back a filter looks. */
  readonly #pixelBytes: number;
  #pass = 0;
  #y = 0;
  /** Filter type and filtered bytes of the scanline that is being filled. */
  #line = new Uint8Array(0);
  #filled = 0;
  #above = new Uint8Array(0);

  constructor(format: PngFormat, take: TakeLine) {
    this.#format = format;
    this.#take = take;
    this.#passes = format.interlaced ? ADAM7 : WHOLE;
    this.#pixelBytes = Math.max(1, format.pixelBits >> 3);
    this.#beginPass();
  }

  /** Whether all scanlines have come. */
  get isComplete(): boolean {
    return this.#pass >= this.#passes.length;
  }

  /** What comes after the last scanline is ignored. @throws AppError `image_invalid` */
  push(data: Uint8Array): void {
    for (let at = 0; at < data.length && !this.isComplete; ) {
      const part = data.subarray(at, at + this.#line.length - this.#filled);
      this.#line.set(part, this.#filled);
      this.#filled += part.length;
      at += part.length;
      if (this.#filled === this.#line.length) this.#endLine();
    }
  }

  #endLine(): void {
    const pass = this.#passes[this.#pass];
    if (pass === undefined) return;
    const line = this.#line.subarray(1);
    unfilter(this.#line[0] ?? 0, line, this.#above.subarray(1), this.#pixelBytes);
    this.#take(line, countOf(this.#format.width, pass.x, pass.dx), pass, this.#y);
    [this.#line, this.#above] = [this.#above, this.#line];
    this.#filled = 0;
    this.#y += pass.dy;
    if (this.#y >= this.#format.height) {
      this.#pass++;
      this.#beginPass();
    }
  }

  /** Goes on to the next pass that has pixels: of a small picture some have none. */
  #beginPass(): void {
    for (; this.#pass < this.#passes.length; this.#pass++) {
      const pass = this.#passes[this.#pass];
      if (pass === undefined) return;
      const count = countOf(this.#format.width, pass.x, pass.dx);
      if (count === 0 || pass.y >= this.#format.height) continue;
      const bytes = 1 + Math.ceil((count * this.#format.pixelBits) / 8);
      this.#line = new Uint8Array(bytes);
      this.#above = new Uint8Array(bytes);
      this.#filled = 0;
      this.#y = pass.y;
      return;
    }
  }
}

function countOf(length: number, from: number, step: number): number {
  return Math.max(0, Math.ceil((length - from) / step));
}

/** In place. @param back bytes to the pixel on the left @see https://www.w3.org/TR/png-3/#9Filters */
function unfilter(type: number, line: Uint8Array, above: Uint8Array, back: number): void {
  switch (type) {
    case 0:
      return;
    case 1:
      for (let i = back; i < line.length; i++) line[i] = (line[i] ?? 0) + (line[i - back] ?? 0);
      return;
    case 2:
      for (let i = 0; i < line.length; i++) line[i] = (line[i] ?? 0) + (above[i] ?? 0);
      return;
    case 3:
      for (let i = 0; i < line.length; i++) {
        const left = i < back ? 0 : (line[i - back] ?? 0);
        line[i] = (line[i] ?? 0) + ((left + (above[i] ?? 0)) >> 1);
      }
      return;
    case 4:
      for (let i = 0; i < line.length; i++) {
        const left = i < back ? 0 : (line[i - back] ?? 0);
        const corner = i < back ? 0 : (above[i - back] ?? 0);
        line[i] = (line[i] ?? 0) + paeth(left, above[i] ?? 0, corner);
      }
      return;
    default:
      throw damaged('The PNG is damaged: a row of it cannot be read.');
  }
}

function paeth(left: number, up: number, corner: number): number {
  const toLeft = Math.abs(up - corner);
  const toUp = Math.abs(left - corner);
  const toCorner = Math.abs(left + up - 2 * corner);
  return toLeft <= toUp && toLeft <= toCorner ? left : toUp <= toCorner ? up : corner;
}
