// Pixels -> the trunk's input: centre square, antialiased resize, value range.
// Plain arrays and whole-number sums: the same bytes on every engine. No canvas, no tensors, no decoding; alpha is
// ignored (decodeImage has laid it over white; a camera has none).
import { AppError } from '../contract/errors.ts';
import { type Axis, resizeAxis } from './axis.ts';
import { type Orientation, seenSize, walk } from './orientation.ts';
import type { Pixels, Rectangle } from './pixels.ts';

/** What a trunk takes; the manifest's `Preprocessing` is one. */
export interface InputSpec {
  /** Side of the square input, px. */
  readonly size: number;
  /** What black and white become. */
  readonly range: readonly [low: number, high: number];
}

/** The square that preprocessing looks at, px. */
export interface Square {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** The centre square of an image; where the remainder is odd, the extra column (row) is cut at the right (bottom). */
export function centreSquare(width: number, height: number): Square {
  const side = Math.min(width, height);
  return { x: Math.floor((width - side) / 2), y: Math.floor((height - side) / 2), side };
}

/**
 * Crops the centre square, resizes it to `size` (area average when shrinking, bilinear when enlarging) and maps
 * [0,255] to `range`: out = low + (high - low) * sum(wy * wx * value) / (255 * total^2), where the sum of whole
 * numbers is exact in a double and the result is rounded to float32 once.
 * @param out where to write, [size,size,3]; give a subarray of a batch [n,size,size,3] to fill it image by image
 * @param orientation of pixels that are not upright yet; the result is the same, to the bit, as after `orient`, since
 * the sums are exact and the weights symmetric, but no turned copy of a large photo is made
 * @returns `out`, or a new array, [size,size,3], channels red, green, blue
 * @throws AppError `shape_mismatch` when the pixels, the size or `out` do not fit
 * @see resizeAxis
 */
export function preprocess(
  { width, height, data }: Pixels,
  input: InputSpec,
  out?: Float32Array,
  orientation: Orientation = 1,
): Float32Array {
  const resizer = new Resizer({ width, height }, input, { orientation, ...(out && { out }) });
  if (data.length !== width * height * 4) {
    throw new AppError('shape_mismatch', {
      detail: `${data.length} bytes are not RGBA pixels of ${width}x${height}.`,
    });
  }
  for (let y = 0; y < height; y++) resizer.add(y, data.subarray(y * width * 4, (y + 1) * width * 4));
  return resizer.finish();
}

interface Size {
  /** px */
  readonly width: number;
  /** px */
  readonly height: number;
}

export interface ResizerOptions {
  /** As for `preprocess`. */
  readonly orientation?: Orientation;
  /** As for `preprocess`. */
  readonly out?: Float32Array;
  /** How many times smaller, along each side, the rows are than the image: each pixel is the mean of a square. */
  readonly scale?: number;
}

/**
 * What `preprocess` does, row by row: for images that are never in memory whole. Since the sums are exact, rows may
 * come in any order, and one row in several parts, with zeros in place of the pixels of the other parts.
 */
export class Resizer {
  /** What is looked at of the reduced image, px. */
  readonly region: Rectangle;
  readonly #input: InputSpec;
  readonly #orientation: Orientation;
  readonly #across: Axis;
  readonly #down: Axis;
  readonly #out: Float32Array;
  /** [size,size,3] */
  readonly #sums: Float64Array;
  /** One row, resized along x: [size,3], each at most 255 * total. */
  readonly #row: Int32Array;
  /** The first output row that the last row added to; rows mostly come in order. */
  #from = 0;

  /**
   * @param image size as stored, at full scale
   * @throws AppError `shape_mismatch`
   */
  constructor(image: Size, input: InputSpec, { orientation = 1, out, scale = 1 }: ResizerOptions = {}) {
    const { size } = input;
    checkShapes(image, size, out?.length);
    const { x, y, side } = storedSquare(image, orientation);
    this.#input = input;
    this.#orientation = orientation;
    this.#across = resizeAxis(side, size, { from: x, step: scale });
    this.#down = resizeAxis(side, size, { from: y, step: scale });
    this.region = {
      x: Math.floor(x / scale),
      y: Math.floor(y / scale),
      width: Math.ceil((x + side) / scale) - Math.floor(x / scale),
      height: Math.ceil((y + side) / scale) - Math.floor(y / scale),
    };
    this.#out = out ?? new Float32Array(size * size * 3);
    this.#sums = new Float64Array(size * size * 3);
    this.#row = new Int32Array(size * 3);
  }

  /**
   * @param y which row of the reduced image, as stored
   * @param rgba its pixels
   * @param left which column they begin with; at most `region.x`
   */
  add(y: number, rgba: Uint8Array | Uint8ClampedArray, left = 0): void {
    if (y < this.region.y || y >= this.region.y + this.region.height) return;
    resizeRow(rgba, left, this.#across, this.#row);
    const { first, start, weights } = this.#down;
    const { size } = this.#input;
    const endOf = (j: number) => (first[j] ?? 0) + (start[j + 1] ?? 0) - (start[j] ?? 0);
    let j = this.#from;
    while (j > 0 && endOf(j - 1) > y) j--;
    while (j < size && endOf(j) <= y) j++;
    this.#from = j;
    for (; j < size && (first[j] ?? 0) <= y; j++) {
      const weight = weights[(start[j] ?? 0) + y - (first[j] ?? 0)] ?? 0;
      addRow(this.#row, weight, this.#sums, j * size * 3);
    }
  }

  /** @returns the trunk's input, [size,size,3], once every row has been added */
  finish(): Float32Array {
    const { size, range } = this.#input;
    const [low, high] = range;
    const full = 255 * this.#across.total * this.#down.total;
    const [sums, out] = [this.#sums, this.#out];
    for (let k = 0; k < out.length; k++) out[k] = low + (high - low) * ((sums[k] ?? 0) / full);
    return turned(out, this.#orientation, size);
  }
}

function addRow(row: Int32Array, weight: number, sums: Float64Array, at: number): void {
  for (let k = 0; k < row.length; k++) sums[at + k] = (sums[at + k] ?? 0) + weight * (row[k] ?? 0);
}

/** Where the centre square of the upright image is stored. */
function storedSquare({ width: w, height: h }: Size, orientation: Orientation): Square {
  const { x, y, side } = centreSquare(...seenSize(w, h, orientation));
  const { origin, stepX, stepY } = walk(orientation, w, h);
  const first = origin + x * stepX + y * stepY;
  const last = first + (side - 1) * (stepX + stepY);
  return {
    x: Math.min(first % w, last % w),
    y: Math.min(Math.floor(first / w), Math.floor(last / w)),
    side,
  };
}

/** Turns [size,size,3] upright, in place. */
function turned(floats: Float32Array, orientation: Orientation, size: number): Float32Array {
  if (orientation === 1) return floats;
  const stored = floats.slice();
  const { origin, stepX, stepY } = walk(orientation, size, size);
  for (let y = 0, k = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const from = (origin + x * stepX + y * stepY) * 3;
      for (let c = 0; c < 3; c++) floats[k++] = stored[from + c] ?? 0;
    }
  }
  return floats;
}

function checkShapes({ width, height }: Size, size: number, room = size * size * 3): void {
  if (![width, height, size].every((n) => Number.isSafeInteger(n) && n > 0)) {
    throw new AppError('shape_mismatch', {
      detail: `${width}x${height} or ${size} is not a size in px.`,
    });
  }
  if (room !== size * size * 3) {
    throw new AppError('shape_mismatch', {
      detail: `Give room for ${size * size * 3} values (${size}x${size}x3), not ${room}.`,
    });
  }
}

function resizeRow(
  data: Uint8Array | Uint8ClampedArray,
  left: number,
  { first, start, weights }: Axis,
  row: Int32Array,
): void {
  for (let j = 0, k = 0; j < first.length; j++) {
    const end = start[j + 1] ?? 0;
    let p = ((first[j] ?? 0) - left) * 4;
    let r = 0;
    let g = 0;
    let b = 0;
    for (let t = start[j] ?? 0; t < end; t++, p += 4) {
      const weight = weights[t] ?? 0;
      r += weight * (data[p] ?? 0);
      g += weight * (data[p + 1] ?? 0);
      b += weight * (data[p + 2] ?? 0);
    }
    row[k++] = r;
    row[k++] = g;
    row[k++] = b;
  }
}
