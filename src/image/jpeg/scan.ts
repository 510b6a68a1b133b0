// One scan of a JPEG: its header, and the walk over its blocks. What a block holds is the business of the decoders.
import { damaged, unsupported, viewOf } from '../header.ts';
import { BitReader } from './bit-reader.ts';
import type { Component, Frame } from './frame.ts';
import type { HuffmanTable } from './huffman.ts';
import type { Tables } from './tables.ts';

/** What a scan says of itself. */
export interface ScanHeader {
  readonly parts: readonly ScanPart[];
  /** First and last coefficient, in zigzag order. */
  readonly start: number;
  readonly end: number;
  /** Bit up to which the coefficients are known already, 0 at the first pass, and up to which they are now. */
  readonly high: number;
  readonly low: number;
}

/** A component's part in a scan. */
export interface ScanPart {
  /** Which component of the frame. */
  readonly index: number;
  readonly component: Component;
  readonly dc: HuffmanTable | undefined;
  readonly ac: HuffmanTable | undefined;
  /** Of the quantisation, in zigzag order. */
  readonly steps: Uint16Array;
}

/**
 * @param body of the segment
 * @throws AppError `image_invalid`
 * @see ITU-T T.81, B.2.3 and G.1.1.1
 */
export function readScan(body: Uint8Array, { components, progressive }: Frame, tables: Tables): ScanHeader {
  const count = body[0] ?? 0;
  if (count < 1 || count > 4 || body.length < 4 + 2 * count)
    throw damaged('A scan header of the JPEG is damaged.');
  const view = viewOf(body);
  const parts = Array.from({ length: count }, (_, i) => {
    const id = view.getUint8(1 + 2 * i);
    const index = components.findIndex((component) => component.id === id);
    const component = components[index];
    if (component === undefined) throw damaged('A scan of the JPEG is of no known channel.');
    const which = view.getUint8(2 + 2 * i);
    const steps = tables.steps[component.table];
    if (steps === undefined) throw damaged('A quantisation table of the JPEG is missing.');
    return { index, component, dc: tables.dc[which >> 4], ac: tables.ac[which & 15], steps };
  });
  if (new Set(parts.map(({ index }) => index)).size < count)
    throw damaged('A scan of the JPEG repeats a channel.');
  if (count > 1 && parts.reduce((sum, { component: { h, v } }) => sum + h * v, 0) > 10) {
    throw unsupported('The colour channels of this JPEG are sampled in an odd ratio.');
  }
  if (!progressive) return { parts, start: 0, end: 63, high: 0, low: 0 };
  const at = 1 + 2 * count;
  const [start, end] = [view.getUint8(at), view.getUint8(at + 1)];
  const [high, low] = [view.getUint8(at + 2) >> 4, view.getUint8(at + 2) & 15];
  const isBand = start === 0 ? end === 0 : start <= end && end < 64 && count === 1;
  if (!isBand || low > 13 || (high !== 0 && low !== high - 1)) {
    throw damaged('A scan header of the JPEG is damaged.');
  }
  return { parts, start, end, high, low };
}

/** Decodes the blocks of one scan, one after the other. */
export interface BlockDecoder {
  /** At the start, and after each restart marker: forgets the blocks before. */
  reset(): void;
  /** @param x block's place in the component's part of the frame, in blocks from the left and from the top */
  block(bits: BitReader, part: ScanPart, x: number, y: number): void;
}

/**
 * Walks over all blocks of a scan in the order in which they are stored.
 * @param from where the entropy-coded data begins
 * @param interval MCUs between restart markers, 0 for none
 * @returns where the data ends, or a little before
 * @throws AppError `image_invalid`
 * @see ITU-T T.81, A.2
 */
export function walkScan(
  bytes: Uint8Array,
  from: number,
  frame: Frame,
  { parts }: ScanHeader,
  interval: number,
  decoder: BlockDecoder,
): number {
  const bits = new BitReader(bytes, from);
  const [first] = parts;
  const alone = parts.length === 1 ? first?.component : undefined;
  const across = alone?.across ?? frame.across;
  const down = alone?.down ?? frame.down;
  let restarts = 0;
  let left = interval;
  decoder.reset();
  for (let my = 0; my < down; my++) {
    for (let mx = 0; mx < across; mx++) {
      if (interval > 0 && left-- === 0) {
        bits.restart(restarts++);
        decoder.reset();
        left = interval - 1;
      }
      for (const part of parts) {
        const h = alone === undefined ? part.component.h : 1;
        const v = alone === undefined ? part.component.v : 1;
        for (let y = 0; y < v; y++) {
          for (let x = 0; x < h; x++) decoder.block(bits, part, mx * h + x, my * v + y);
        }
      }
      bits.check();
    }
  }
  return bits.position;
}
