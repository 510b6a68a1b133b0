// The coefficients of one channel of a progressive JPEG, which come a few at a time.
// Only those that the wanted scale looks at are kept, of the blocks that are wanted. Of all others it keeps one bit,
// whether they are zero, because later scans are written differently for those that are.
import type { Component, Frame } from './frame.ts';
import { isUsed } from './idct.ts';
import type { Plane } from './planes.ts';
import { ZIGZAG } from './zigzag.ts';

/** Coefficients by block and by `k`, their place in zigzag order. */
export class Coefficients {
  readonly #plane: Plane;
  /** Place of each coefficient among those kept of a block; -1 where it is not. */
  readonly #slots: Int8Array;
  readonly #kept: number;
  readonly #values: Int16Array;
  /** Two words a block, a bit a coefficient. */
  readonly #nonzero: Uint32Array;
  /** Blocks in a row, those that only fill up an MCU included. */
  readonly #across: number;

  constructor(frame: Frame, { h, v }: Component, plane: Plane) {
    let kept = 0;
    this.#slots = Int8Array.from(ZIGZAG, (index) => (isUsed(plane.size, index) ? kept++ : -1));
    this.#kept = kept;
    this.#plane = plane;
    this.#values = new Int16Array(plane.across * plane.down * kept);
    this.#across = frame.across * h;
    this.#nonzero = new Uint32Array(this.#across * frame.down * v * 2);
  }

  /** Makes block (x, y) the one that all else is about. */
  select(x: number, y: number): void {
    const at = this.#plane.indexOf(x, y);
    this.#base = at < 0 ? -1 : at * this.#kept;
    this.#word = (y * this.#across + x) * 2;
  }
  #base = -1;
  #word = 0;

  isNonzero(k: number): boolean {
    return (((this.#nonzero[this.#word + (k >> 5)] ?? 0) >>> (k & 31)) & 1) === 1;
  }

  /** Sets a coefficient that was zero. */
  set(k: number, value: number): void {
    const word = this.#word + (k >> 5);
    this.#nonzero[word] = (this.#nonzero[word] ?? 0) | (1 << (k & 31));
    const slot = this.#slots[k] ?? -1;
    if (slot >= 0 && this.#base >= 0) this.#values[this.#base + slot] = value;
  }

  /** Moves a coefficient that is not zero away from it by `bit`, unless it has that bit already. */
  grow(k: number, bit: number): void {
    const slot = this.#slots[k] ?? -1;
    if (slot < 0 || this.#base < 0) return;
    const value = this.#values[this.#base + slot] ?? 0;
    if ((value & bit) === 0) this.#values[this.#base + slot] = value < 0 ? value - bit : value + bit;
  }

  /** Sets a bit of the mean, whose negative values are two's complements. */
  setMeanBit(bit: number): void {
    if (this.#base >= 0) this.#values[this.#base] = (this.#values[this.#base] ?? 0) | bit;
  }

  /** Turns all blocks into samples. @param steps of the quantisation, in zigzag order */
  toSamples(steps: Uint16Array): void {
    const block = new Int32Array(64);
    const blocks = this.#plane.across * this.#plane.down;
    for (let at = 0, base = 0; at < blocks; at++, base += this.#kept) {
      for (let k = 0; k < 64; k++) {
        const slot = this.#slots[k] ?? -1;
        if (slot >= 0) block[ZIGZAG[k] ?? 0] = (this.#values[base + slot] ?? 0) * (steps[k] ?? 0);
      }
      this.#plane.put(at, block);
    }
  }
}
