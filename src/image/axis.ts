// Where each output sample of a one-dimensional resize takes its input from, and with what weight.
// All weights are whole numbers over one common total, so that sums of them are exact on every engine.

/** The taps of every output sample: sample j reads `start[j + 1] - start[j]` inputs in a row, from `first[j]` on. */
export interface Axis {
  /** First input index of each output sample. */
  readonly first: Int32Array;
  /** Where the weights of each output sample start in `weights`; one more entry than there are samples. */
  readonly start: Int32Array;
  /** Weights, sample after sample; those of one sample sum to `total`. */
  readonly weights: Int32Array;
  /** What the weights of any one sample sum to. */
  readonly total: number;
}

/** Which part of a line of samples is resized. */
export interface Part {
  /** Where the part begins, px. */
  readonly from?: number;
  /** How many px one sample stands for: more than 1 only when shrinking. */
  readonly step?: number;
}

/**
 * The taps that take `length` px to `size` samples.
 * Shrinking (`size <= length`) is the area average: output j covers the interval [j, j+1) * length/size and each
 * input weighs as much as it is covered; in units of 1/size of a px every overlap is a whole number and they sum to
 * `length`. Enlarging is linear between the two nearest sample centres, the edge repeated: the position
 * (j + 1/2) * length/size - 1/2 is a whole number of 1/(2*size), so the weights sum to 2*size.
 * @param length px, at least 1
 * @param size output samples, at least 1
 * @see https://docs.opencv.org/4.x/da/d54/group__imgproc__transform.html INTER_AREA (shrinking), INTER_LINEAR
 */
export function resizeAxis(length: number, size: number, { from = 0, step = 1 }: Part = {}): Axis {
  return size <= length ? areaAxis(length, size, from, step) : linearAxis(length, size, from);
}

function areaAxis(length: number, size: number, from: number, step: number): Axis {
  const unit = step * size;
  return collect(size, length, (j) => {
    const low = from * size + j * length;
    const high = low + length;
    const first = Math.floor(low / unit);
    const weights: number[] = [];
    for (let i = first; i * unit < high; i++) {
      weights.push(Math.min(high, (i + 1) * unit) - Math.max(low, i * unit));
    }
    return { from: first, weights };
  });
}

function linearAxis(length: number, size: number, from: number): Axis {
  const unit = 2 * size;
  return collect(size, unit, (j) => {
    const position = (2 * j + 1) * length - size;
    const left = Math.floor(position / unit);
    const part = position - left * unit;
    if (left < 0) return { from, weights: [unit] };
    if (left + 1 >= length) return { from: from + length - 1, weights: [unit] };
    return { from: from + left, weights: [unit - part, part] };
  });
}

function collect(
  size: number,
  total: number,
  tapsOf: (j: number) => { readonly from: number; readonly weights: readonly number[] },
): Axis {
  const first = new Int32Array(size);
  const start = new Int32Array(size + 1);
  const weights: number[] = [];
  for (let j = 0; j < size; j++) {
    const taps = tapsOf(j);
    first[j] = taps.from;
    weights.push(...taps.weights);
    start[j + 1] = weights.length;
  }
  return { first, start, weights: Int32Array.from(weights), total };
}
