// Blocks of a progressive JPEG: a scan brings the means or a band of coefficients, at first down to some bit, and then
// bit by bit.
import type { BitReader } from './bit-reader.ts';
import { codeBeyondBlock, missingTable, readDc } from './blocks.ts';
import type { Coefficients } from './coefficients.ts';
import type { HuffmanTable } from './huffman.ts';
import type { BlockDecoder, ScanHeader } from './scan.ts';

/** Decodes the blocks of one progressive scan into the coefficients of each component. */
export function progressiveDecoder(
  components: readonly Coefficients[],
  { start, end, high, low }: ScanHeader,
): BlockDecoder {
  const last = new Int32Array(components.length);
  const band = { start, end, bit: 1 << low, run: 0 };
  return {
    reset() {
      last.fill(0);
      band.run = 0;
    },
    block(bits, { index, dc, ac }, x, y) {
      const block = components[index];
      if (block === undefined) return;
      block.select(x, y);
      if (start > 0) {
        if (ac === undefined) throw missingTable();
        if (high === 0) readBand(bits, ac, block, band);
        else refineBand(bits, ac, block, band);
      } else if (high > 0) {
        if (bits.take(1) === 1) block.setMeanBit(band.bit);
      } else {
        if (dc === undefined) throw missingTable();
        const mean = (last[index] ?? 0) + readDc(bits, dc);
        last[index] = mean;
        block.set(0, mean * band.bit);
      }
    },
  };
}

/** Which coefficients a scan brings, and down to which bit. */
interface Band {
  readonly start: number;
  readonly end: number;
  readonly bit: number;
  /** How many more blocks have nothing new. */
  run: number;
}

/** @see ITU-T T.81, G.1.2.2 */
function readBand(bits: BitReader, table: HuffmanTable, block: Coefficients, band: Band): void {
  if (band.run > 0) {
    band.run--;
    return;
  }
  for (let k = band.start; k <= band.end; k++) {
    const symbol = bits.symbol(table);
    const zeros = symbol >> 4;
    const size = symbol & 15;
    if (size === 0 && zeros < 15) {
      band.run = readRun(bits, zeros) - 1;
      return;
    }
    k += zeros;
    if (size === 0) continue;
    if (k > band.end) throw codeBeyondBlock();
    block.set(k, bits.signed(size) * band.bit);
  }
}

/** Bits for what is known not to be zero come between those that say what becomes so. @see ITU-T T.81, G.1.2.3 */
function refineBand(bits: BitReader, table: HuffmanTable, block: Coefficients, band: Band): void {
  let k = band.start;
  while (band.run === 0 && k <= band.end) {
    const symbol = bits.symbol(table);
    const zeros = symbol >> 4;
    const size = symbol & 15;
    if (size === 0 && zeros < 15) {
      band.run = readRun(bits, zeros);
      break;
    }
    const value = size === 0 ? 0 : bits.take(1) === 1 ? band.bit : -band.bit;
    k = refineUpTo(bits, block, band, k, zeros);
    if (value !== 0) {
      if (k > band.end) throw codeBeyondBlock();
      block.set(k, value);
    }
    k++;
  }
  if (band.run > 0) {
    refineUpTo(bits, block, band, k, 64);
    band.run--;
  }
}

/** Reads a bit for each coefficient that is not zero. @returns the place behind so many zeros, or behind the band */
function refineUpTo(
  bits: BitReader,
  block: Coefficients,
  { end, bit }: Band,
  from: number,
  zeros: number,
): number {
  let left = zeros;
  let k = from;
  for (; k <= end; k++) {
    if (block.isNonzero(k)) {
      if (bits.take(1) === 1) block.grow(k, bit);
    } else if (left-- === 0) break;
  }
  return k;
}

/** How many blocks, this one included, have nothing more. */
function readRun(bits: BitReader, size: number): number {
  return (1 << size) + (size === 0 ? 0 : bits.take(size));
}
