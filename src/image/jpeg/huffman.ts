// Huffman tables of a JPEG, made ready for looking codes up. Reads no bits.
import { damaged } from '../header.ts';

/** Codes up to this many bits are found in one step. */
export const FAST_BITS = 9;
const MAX_BITS = 16;

/** A table ready for decoding. */
export interface HuffmanTable {
  /** By the next `FAST_BITS` bits: length of the code times 256 plus its symbol; 0 where the code is longer. */
  readonly fast: Uint16Array;
  /** By length: the first number that is no code of this length any more. */
  readonly end: Int32Array;
  /** By length: what to add to a code of this length to get the index of its symbol. */
  readonly offset: Int32Array;
  readonly symbols: Uint8Array;
}

/**
 * @param counts how many codes there are of 1 to 16 bits
 * @param symbols in the order of their codes
 * @throws AppError `image_invalid` when there are more codes of a length than fit
 * @see ITU-T T.81, annex C
 */
export function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const fast = new Uint16Array(1 << FAST_BITS);
  const end = new Int32Array(MAX_BITS + 1);
  const offset = new Int32Array(MAX_BITS + 1);
  let code = 0;
  let index = 0;
  for (let bits = 1; bits <= MAX_BITS; bits++, code <<= 1) {
    const count = counts[bits - 1] ?? 0;
    offset[bits] = index - code;
    if (code + count > 1 << bits) throw damaged('A Huffman table of the JPEG is damaged.');
    for (let i = 0; i < count && bits <= FAST_BITS; i++) {
      const from = (code + i) << (FAST_BITS - bits);
      fast.fill((bits << 8) | (symbols[index + i] ?? 0), from, from + (1 << (FAST_BITS - bits)));
    }
    code += count;
    index += count;
    end[bits] = count > 0 ? code : 0;
  }
  return { fast, end, offset, symbols };
}
