// The frame of a JPEG: its components, how they are sampled, and what of them is decoded at a reduced scale.
import { damaged, unsupported, viewOf } from '../header.ts';
import type { BlockSize } from './idct.ts';
import { SOF2 } from './markers.ts';

/** By how much the decoded picture is smaller than the stored one, along each side. */
export type Scale = 1 | 2 | 4 | 8;

/** One colour channel of a frame. */
export interface Component {
  readonly id: number;
  /** Sampling factors: blocks in each MCU across and down. */
  readonly h: number;
  readonly v: number;
  /** Which quantisation table. */
  readonly table: number;
  /** Samples along one side of its blocks as decoded: a coarsely sampled channel is reduced less. */
  readonly block: BlockSize;
  /** Blocks across and down in scans of its own, which leave out those that only fill up an MCU. */
  readonly across: number;
  readonly down: number;
  /** Samples across and down of the whole channel as decoded. */
  readonly width: number;
  readonly height: number;
}

export interface Frame {
  readonly progressive: boolean;
  /** px, as decoded: rounded up. */
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
  /** Greatest sampling factors. */
  readonly h: number;
  readonly v: number;
  /** MCUs across and down. */
  readonly across: number;
  readonly down: number;
  /** Pixels along one side of a block of the component that is sampled most finely, as decoded. */
  readonly block: BlockSize;
}

/**
 * Reads a frame header.
 * @param body of the segment
 * @throws AppError `image_invalid`, `image_unsupported`
 * @see ITU-T T.81, B.2.2
 */
export function readFrame(marker: number, body: Uint8Array, scale: Scale): Frame {
  const view = viewOf(body);
  const count = body[5] ?? 0;
  if (body.length < 6 + 3 * count || count === 0) throw damaged('The JPEG ends within its header.');
  const size = { width: view.getUint16(3), height: view.getUint16(1) };
  const raw = Array.from({ length: count }, (_, i) => {
    const at = 6 + 3 * i;
    const factors = view.getUint8(at + 1);
    return { id: view.getUint8(at), h: factors >> 4, v: factors & 15, table: view.getUint8(at + 2) };
  });
  if (raw.some(({ h, v, table }) => h < 1 || h > 4 || v < 1 || v > 4 || table > 3)) {
    throw damaged('The frame header of the JPEG is damaged.');
  }
  const h = Math.max(...raw.map((component) => component.h));
  const v = Math.max(...raw.map((component) => component.v));
  if (raw.some((component) => h % component.h !== 0 || v % component.v !== 0)) {
    throw unsupported('The colour channels of this JPEG are sampled in an odd ratio.');
  }
  const block = toBlockSize(8 / scale);
  return {
    progressive: marker === SOF2,
    width: Math.ceil(size.width / scale),
    height: Math.ceil(size.height / scale),
    h,
    v,
    across: Math.ceil(size.width / (8 * h)),
    down: Math.ceil(size.height / (8 * v)),
    block,
    components: raw.map((component) => {
      const own = blockSizeOf(block, h / component.h, v / component.v);
      return {
        ...component,
        block: own,
        across: Math.ceil(Math.ceil((size.width * component.h) / h) / 8),
        down: Math.ceil(Math.ceil((size.height * component.v) / v) / 8),
        width: Math.ceil((size.width * component.h * own) / (8 * h)),
        height: Math.ceil((size.height * component.v * own) / (8 * v)),
      };
    }),
  };
}

/** As in libjpeg: as long as both directions are to be enlarged afterwards, a larger block does it better. */
function blockSizeOf(block: BlockSize, h: number, v: number): BlockSize {
  let factor = 1;
  while (block * factor < 8 && h % (factor * 2) === 0 && v % (factor * 2) === 0) factor *= 2;
  return toBlockSize(block * factor);
}

function toBlockSize(size: number): BlockSize {
  return size >= 8 ? 8 : size >= 4 ? 4 : size >= 2 ? 2 : 1;
}
