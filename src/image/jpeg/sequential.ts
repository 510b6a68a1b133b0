// Blocks of a baseline or extended sequential JPEG: each is whole when it is read, and becomes samples at once.
import type { BitReader } from './bit-reader.ts';
import { codeBeyondBlock, missingTable, readDc } from './blocks.ts';
import type { HuffmanTable } from './huffman.ts';
import type { Plane } from './planes.ts';
import type { BlockDecoder } from './scan.ts';
import { ZIGZAG } from './zigzag.ts';

/** Decodes the blocks of sequential scans into planes, one for each component. */
export function sequentialDecoder(planes: readonly Plane[]): BlockDecoder {
  const last = new Int32Array(planes.length);
  const block = new Int32Array(64);
  return {
    reset() {
      last.fill(0);
    },
    block(bits, { index, dc, ac, steps }, x, y) {
      const plane = planes[index];
      if (plane === undefined || dc === undefined || ac === undefined) throw missingTable();
      const mean = (last[index] ?? 0) + readDc(bits, dc);
      last[index] = mean;
      block.fill(0);
      block[0] = mean * (steps[0] ?? 0);
      readAc(bits, ac, steps, block);
      const at = plane.indexOf(x, y);
      if (at >= 0) plane.put(at, block);
    },
  };
}

/** Reads all coefficients but the first. @see ITU-T T.81, F.2.2.2 */
function readAc(bits: BitReader, table: HuffmanTable, steps: Uint16Array, block: Int32Array): void {
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(table);
    const size = symbol & 15;
    if (size === 0) {
      if (symbol !== 0xf0) return;
      k += 15;
      continue;
    }
    k += symbol >> 4;
    if (k > 63) throw codeBeyondBlock();
    block[ZIGZAG[k] ?? 0] = bits.signed(size) * (steps[k] ?? 0);
  }
}
