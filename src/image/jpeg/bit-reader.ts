// The bits of a JPEG's entropy-coded data: byte stuffing removed, Huffman codes looked up, restart markers passed.
import { damaged } from '../header.ts';
import { FAST_BITS, type HuffmanTable } from './huffman.ts';
import { nextMarker } from './markers.ts';

const RST0 = 0xd0;

/**
 * Reads bits from `position` on, up to the next marker. Behind that come zeros, without end but counted: call `check`
 * now and then, so that a picture which ends early is found out soon.
 */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at: number;
  /** The lowest `#count` bits are still to be read. */
  #bits = 0;
  #count = 0;
  /** How many of the bits read so far were made up. */
  #madeUp = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.#bytes = bytes;
    this.#at = position;
  }

  /** Where the next byte would be read: at a marker once the data has ended. */
  get position(): number {
    return this.#at;
  }

  /** The next symbol. @throws AppError `image_invalid` when the next bits are no code of the table */
  symbol({ fast, end, offset, symbols }: HuffmanTable): number {
    if (this.#count < 16) this.#fill();
    const entry = fast[(this.#bits >>> (this.#count - FAST_BITS)) & ((1 << FAST_BITS) - 1)] ?? 0;
    if (entry !== 0) {
      this.#count -= entry >> 8;
      return entry & 255;
    }
    for (let bits = FAST_BITS + 1; bits <= 16; bits++) {
      const code = (this.#bits >>> (this.#count - bits)) & ((1 << bits) - 1);
      if (code < (end[bits] ?? 0)) {
        this.#count -= bits;
        return symbols[code + (offset[bits] ?? 0)] ?? 0;
      }
    }
    throw damaged('The JPEG is damaged: a code of it means nothing.');
  }

  /** The next `n` bits as a number. @param n at most 16 */
  take(n: number): number {
    if (this.#count < n) this.#fill();
    this.#count -= n;
    return (this.#bits >>> this.#count) & ((1 << n) - 1);
  }

  /** The next `n` bits as JPEG writes a number other than 0: half of the values are negative. @see T.81, F.2.2.1 */
  signed(n: number): number {
    const value = this.take(n);
    return value < 1 << (n - 1) ? value - (1 << n) + 1 : value;
  }

  /** @throws AppError `image_invalid` when bits were read that are not there */
  check(): void {
    if (this.#count < this.#madeUp) throw damaged('The JPEG is damaged or incomplete.');
  }

  /** Goes on behind the restart marker with this number. @throws AppError `image_invalid` when another one comes */
  restart(number: number): void {
    const { marker, next } = nextMarker(this.#bytes, this.#at);
    if (marker !== RST0 + (number & 7)) throw damaged('The JPEG is damaged: a part of it is missing.');
    this.#at = next;
    this.#bits = 0;
    this.#count = 0;
    this.#madeUp = 0;
  }

  #fill(): void {
    while (this.#count <= 24) {
      let byte = this.#bytes[this.#at] ?? 0xff;
      if (byte !== 0xff) this.#at++;
      else if (this.#bytes[this.#at + 1] === 0) this.#at += 2;
      else {
        byte = 0;
        this.#madeUp += 8;
      }
      this.#bits = (this.#bits << 8) | byte;
      this.#count += 8;
    }
  }
}
