// Pixels -> the trunk's input: centre square, antialiased resize, value range.
// Plain arrays and whole-number sums: the same bytes on every engine. No canvas, no tensors, no decoding; alpha is
// ignored (decodeImage has laid it over white; a camera has none).
import { AppError } from '../contract/errors.ts';
import { type Axis, resizeAxis } from './axis.ts';
import { type Orientation, seenSize, walk } from './orientation.ts';
import type { Pixels } from './pixels.ts';

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
  pixels: Pixels,
  { size, range }: InputSpec,
  out?: Float32Array,
  orientation: Orientation = 1,
): Float32Array {
  checkShapes(pixels, size, out?.length);
  const result = out ?? new Float32Array(size * size * 3);
  const square = storedSquare(pixels, orientation);
  const axis = resizeAxis(square.side, size);
  const rows = new RowReader(pixels, square, axis, size);
  const sums = new Float64Array(size * 3);
  const [low, high] = range;
  const full = 255 * axis.total * axis.total;
  for (let j = 0, at = 0; j < size; j++) {
    sums.fill(0);
    const start = axis.start[j] ?? 0;
    const end = axis.start[j + 1] ?? 0;
    for (let t = start; t < end; t++) {
      const weight = axis.weights[t] ?? 0;
      const row = rows.read((axis.first[j] ?? 0) + t - start);
      for (let k = 0; k < sums.length; k++) sums[k] = (sums[k] ?? 0) + weight * (row[k] ?? 0);
    }
    for (let k = 0; k < sums.length; k++) {
      result[at++] = low + (high - low) * ((sums[k] ?? 0) / full);
    }
  }
  return turned(result, orientation, size);
}

/** Where the centre square of the upright image is stored. */
function storedSquare({ width: w, height: h }: Pixels, orientation: Orientation): Square {
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

function checkShapes({ width, height, data }: Pixels, size: number, room = size * size * 3): void {
  const whole = [width, height, size].every((n) => Number.isSafeInteger(n) && n > 0);
  if (!whole || data.length !== width * height * 4) {
    throw new AppError('shape_mismatch', {
      detail: `${data.length} bytes are not RGBA pixels of ${width}x${height}, or ${size} is not a size in px.`,
    });
  }
  if (room !== size * size * 3) {
    throw new AppError('shape_mismatch', {
      detail: `Give room for ${size * size * 3} values (${size}x${size}x3), not ${room}.`,
    });
  }
}

/** Rows of the square, resized along x and not yet divided by the total; the last two are kept, as resizing needs. */
class RowReader {
  readonly #data: Uint8Array;
  readonly #width: number;
  readonly #square: Square;
  readonly #axis: Axis;
  readonly #kept: readonly [Int32Array, Int32Array];
  readonly #index = [-1, -1];

  constructor({ data, width }: Pixels, square: Square, axis: Axis, size: number) {
    this.#data = new Uint8Array(data.buffer, data.byteOffset, data.length);
    this.#width = width;
    this.#square = square;
    this.#axis = axis;
    this.#kept = [new Int32Array(size * 3), new Int32Array(size * 3)];
  }

  /** Row `y` of the square: [size,3], each at most 255 * total; valid until two other rows were read. */
  read(y: number): Int32Array {
    const slot = y & 1;
    const row = this.#kept[slot === 0 ? 0 : 1];
    if (this.#index[slot] !== y) {
      const at = ((this.#square.y + y) * this.#width + this.#square.x) * 4;
      resizeRow(this.#data, at, this.#axis, row);
      this.#index[slot] = y;
    }
    return row;
  }
}

function resizeRow(data: Uint8Array, at: number, { first, start, weights }: Axis, row: Int32Array): void {
  for (let j = 0, k = 0; j < first.length; j++) {
    const end = start[j + 1] ?? 0;
    let p = at + (first[j] ?? 0) * 4;
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
