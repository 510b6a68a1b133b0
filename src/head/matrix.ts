// Matrices of doubles and their products, as dot products of rows, four rows by four, which is what plain JavaScript
// does fastest: 16 multiplications for 8 loads. Row and column counts are rounded up to 4 and the padding kept neutral,
// so that no loop has a remainder. No shape is checked: callers are the other files of this room.

/** Row-major doubles; rows and stride are multiples of 4. */
export interface Matrix {
  readonly data: Float64Array;
  readonly rows: number;
  /** Distance between rows, in numbers. */
  readonly stride: number;
}

/** Rows that are worked on together while they stay in the cache. */
export const PANEL = 48;

/** A zero matrix with room for `rows` by `columns`. */
export function createMatrix(rows: number, columns: number): Matrix {
  const stride = roundUp(columns);
  return { data: new Float64Array(roundUp(rows) * stride), rows: roundUp(rows), stride };
}

/** Row i as a view. */
export function rowOf({ data, stride }: Matrix, i: number): Float64Array {
  return data.subarray(i * stride, (i + 1) * stride);
}

/** Sum of a_i b_i over i < length. */
export function dot(a: Float64Array, b: Float64Array, length: number): number {
  let sum = 0;
  for (let i = 0; i < length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}

/** to += factor from, as long as `from` is. */
export function addScaled(to: Float64Array, from: Float64Array, factor: number): void {
  for (let i = 0; i < from.length; i++) to[i] = (to[i] ?? 0) + factor * (from[i] ?? 0);
}

/**
 * out += x · yᵀ: out[i][j] grows by the sum over k < inner of x[i][from + k] y[j][k].
 * @param options.lower only where j <= i (rounded up to tiles), for x = y
 */
export function addProduct(
  out: Matrix,
  x: Matrix,
  y: Matrix,
  inner: number,
  { lower = false, from = 0 }: { readonly lower?: boolean; readonly from?: number } = {},
): void {
  const sums = new Float64Array(16);
  for (let panel = 0; panel < y.rows; panel += PANEL) {
    const end = Math.min(panel + PANEL, y.rows);
    for (let i = lower ? panel : 0; i < x.rows; i += 4) {
      for (let j = panel; j < (lower ? Math.min(end, i + 4) : end); j += 4) {
        dotTile(x.data, i * x.stride + from, x.stride, y.data, j * y.stride, y.stride, inner, sums);
        for (let t = 0; t < 16; t++) {
          const at = (i + (t >> 2)) * out.stride + j + (t & 3);
          out.data[at] = (out.data[at] ?? 0) + (sums[t] ?? 0);
        }
      }
    }
  }
}

/** The next multiple of 4. */
export function roundUp(n: number): number {
  return (n + 3) & ~3;
}

/** sums[4 i + j] = the dot product, `inner` numbers long, of the i-th of four rows of x and the j-th of four of y. */
export function dotTile(
  x: Float64Array,
  xAt: number,
  xStride: number,
  y: Float64Array,
  yAt: number,
  yStride: number,
  inner: number,
  sums: Float64Array,
): void {
  let s00 = 0;
  let s01 = 0;
  let s02 = 0;
  let s03 = 0;
  let s10 = 0;
  let s11 = 0;
  let s12 = 0;
  let s13 = 0;
  let s20 = 0;
  let s21 = 0;
  let s22 = 0;
  let s23 = 0;
  let s30 = 0;
  let s31 = 0;
  let s32 = 0;
  let s33 = 0;
  const x1 = xStride;
  const x2 = 2 * xStride;
  const x3 = 3 * xStride;
  const y1 = yStride;
  const y2 = 2 * yStride;
  const y3 = 3 * yStride;
  for (let k = 0, p = xAt, q = yAt; k < inner; k++, p++, q++) {
    const a = x[p] ?? 0;
    const b = x[p + x1] ?? 0;
    const c = x[p + x2] ?? 0;
    const d = x[p + x3] ?? 0;
    const e = y[q] ?? 0;
    s00 += a * e;
    s10 += b * e;
    s20 += c * e;
    s30 += d * e;
    const f = y[q + y1] ?? 0;
    s01 += a * f;
    s11 += b * f;
    s21 += c * f;
    s31 += d * f;
    const g = y[q + y2] ?? 0;
    s02 += a * g;
    s12 += b * g;
    s22 += c * g;
    s32 += d * g;
    const h = y[q + y3] ?? 0;
    s03 += a * h;
    s13 += b * h;
    s23 += c * h;
    s33 += d * h;
  }
  sums[0] = s00;
  sums[1] = s01;
  sums[2] = s02;
  sums[3] = s03;
  sums[4] = s10;
  sums[5] = s11;
  sums[6] = s12;
  sums[7] = s13;
  sums[8] = s20;
  sums[9] = s21;
  sums[10] = s22;
  sums[11] = s23;
  sums[12] = s30;
  sums[13] = s31;
  sums[14] = s32;
  sums[15] = s33;
}
