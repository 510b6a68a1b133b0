// How a camera was held: the EXIF orientation tag, and turning pixels upright by it.
// Reads that one tag only; everything else in EXIF (place, time, thumbnail) is never looked at.
import { viewOf } from './header.ts';
import type { Pixels } from './pixels.ts';

const ORIENTATION_TAG = 0x0112;
const TYPE_SHORT = 3;
const ENTRY_BYTES = 12;

/**
 * EXIF orientation, what makes the stored picture upright: 1 nothing, 2 mirroring left to right, 3 half a turn,
 * 4 mirroring top to bottom, 5 transposing, 6 a quarter turn clockwise, 7 transposing over the other diagonal,
 * 8 a quarter turn counter-clockwise.
 */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/**
 * Reads the orientation from an EXIF block; whatever is missing, damaged or out of range counts as upright, since
 * a picture with broken metadata is still a picture.
 * @param exif beginning with the TIFF header
 * @see CIPA DC-008 (EXIF 2.32), 4.6.4 tag 0x0112; TIFF 6.0, section 2
 */
export function readOrientation(exif: Uint8Array | null): Orientation {
  if (exif === null || exif.length < 8) return 1;
  const view = viewOf(exif);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return 1;
  const little = order === 0x4949;
  if (view.getUint16(2, little) !== 42) return 1;
  const directory = view.getUint32(4, little);
  if (directory + 2 > exif.length) return 1;
  const count = view.getUint16(directory, little);
  for (let i = 0, at = directory + 2; i < count && at + ENTRY_BYTES <= exif.length; i++, at += ENTRY_BYTES) {
    if (view.getUint16(at, little) !== ORIENTATION_TAG) continue;
    const value = view.getUint16(at + 8, little);
    return view.getUint16(at + 2, little) === TYPE_SHORT && isOrientation(value) ? value : 1;
  }
  return 1;
}

/**
 * Turns pixels as stored into pixels as seen; 5 to 8 swap width and height.
 * @returns new pixels
 */
export function orient({ width: w, height: h, data }: Pixels, orientation: Orientation): Pixels {
  const [width, height] = seenSize(w, h, orientation);
  const { origin, stepX, stepY } = walk(orientation, w, h);
  const bytes = data.byteOffset % 4 === 0 ? data : data.slice();
  const from = new Uint32Array(bytes.buffer, bytes.byteOffset, w * h);
  const to = new Uint32Array(w * h);
  for (let y = 0, i = 0; y < height; y++) {
    let at = origin + y * stepY;
    for (let x = 0; x < width; x++, i++, at += stepX) to[i] = from[at] ?? 0;
  }
  return { width, height, data: new Uint8Array(to.buffer) };
}

/** Width and height as seen of what is stored as `w` by `h`. */
export function seenSize(
  w: number,
  h: number,
  orientation: Orientation,
): readonly [width: number, height: number] {
  return orientation < 5 ? [w, h] : [h, w];
}

/** Where what is seen is stored: the pixel seen at (x, y) has the index origin + x * stepX + y * stepY. */
export interface Walk {
  readonly origin: number;
  readonly stepX: number;
  readonly stepY: number;
}

/** How to go over an image stored as `w` by `h` in the order in which it is seen. */
export function walk(orientation: Orientation, w: number, h: number): Walk {
  const end = w * h;
  switch (orientation) {
    case 1:
      return { origin: 0, stepX: 1, stepY: w };
    case 2:
      return { origin: w - 1, stepX: -1, stepY: w };
    case 3:
      return { origin: end - 1, stepX: -1, stepY: -w };
    case 4:
      return { origin: end - w, stepX: 1, stepY: -w };
    case 5:
      return { origin: 0, stepX: w, stepY: 1 };
    case 6:
      return { origin: end - w, stepX: -w, stepY: 1 };
    case 7:
      return { origin: end - 1, stepX: -w, stepY: -1 };
    case 8:
      return { origin: w - 1, stepX: w, stepY: -1 };
    default:
      return orientation satisfies never;
  }
}

function isOrientation(value: number): value is Orientation {
  return value >= 1 && value <= 8;
}
