// What reading the blocks of sequential and of progressive scans has in common.
import type { AppError } from '../../contract/errors.ts';
import { damaged } from '../header.ts';
import type { BitReader } from './bit-reader.ts';
import type { HuffmanTable } from './huffman.ts';

/** By how much a block's mean differs from the one before. @see ITU-T T.81, F.2.2.1 */
export function readDc(bits: BitReader, table: HuffmanTable): number {
  const size = bits.symbol(table);
  if (size > 15) throw damaged('The JPEG is damaged: a code of it means nothing.');
  return size === 0 ? 0 : bits.signed(size);
}

/** The error for a scan that needs a Huffman table which was never defined. */
export function missingTable(): AppError {
  return damaged('The JPEG is damaged: a Huffman table is missing.');
}

/** The error for a block of more than 64 coefficients. */
export function codeBeyondBlock(): AppError {
  return damaged('The JPEG is damaged: a block of it has no end.');
}
