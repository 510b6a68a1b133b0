// Cholesky factors of symmetric positive definite matrices: factor, triangular solves, rank-one changes. Blocked so
// that nearly all of it runs in `dotTile`. No shape is checked: callers are the other files of this room.
import { AppError } from '../contract/errors.ts';
import { dotTile, type Matrix, PANEL, roundUp, rowOf } from './matrix.ts';

/**
 * Cholesky: the lower triangle of `a` becomes L with A = L Lᵀ, in place; what is above the diagonal is not touched.
 * Rows from `size` on become rows of the identity.
 * @throws AppError `features_invalid` when a pivot is not above 0: numbers too extreme for doubles; `a` is then spoilt
 */
export function factorize(a: Matrix, size: number): void {
  fillPadding(a, size);
  const end = roundUp(size);
  for (let panel = 0; panel < end; panel += PANEL) {
    const panelEnd = Math.min(panel + PANEL, end);
    solveColumns(a, panel, panelEnd, a, 0, panel);
    for (let i = panel; i < panelEnd; i += 4) {
      solveColumns(a, i, i + 4, a, panel, i);
      factorTile(a, i);
    }
  }
}

/** Rows from `size` on become rows of the identity. */
export function fillPadding(a: Matrix, size: number): void {
  for (let i = size; i < a.rows; i++) rowOf(a, i).fill(0)[i] = 1;
}

export function pivotFailed(): AppError {
  return new AppError('features_invalid', {
    detail: 'The features are too extreme to be solved for. Compute them again, or remove odd examples.',
  });
}

/**
 * Forward substitution of many right-hand sides at once: each row v of `v` becomes v L⁻ᵀ, that is L⁻¹ v.
 * @param starts for each group of four rows, a column (multiple of 4) before which all four are zero
 */
export function solveRows(v: Matrix, l: Matrix, size: number, starts?: Int32Array): void {
  for (let row = 0; row < v.rows; row += PANEL)
    solveColumns(v, row, Math.min(row + PANEL, v.rows), l, 0, roundUp(size), starts);
}

/** Back substitution: each row v of the first `rows` rows of `v` becomes v L⁻¹, that is L⁻ᵀ v. */
export function solveRowsBack(v: Matrix, rows: number, l: Matrix, size: number): void {
  for (let i = 0; i < rows; i++) {
    const x = rowOf(v, i);
    for (let j = size - 1; j >= 0; j--) {
      const at = j * l.stride;
      const value = (x[j] ?? 0) / (l.data[at + j] ?? 1);
      x[j] = value;
      for (let k = 0; k < j; k++) x[k] = (x[k] ?? 0) - value * (l.data[at + k] ?? 0);
    }
  }
}

/**
 * Changes L so that L Lᵀ grows by x xᵀ, by Givens rotations: stable without condition. `x` is zero before `from` and
 * is used up.
 */
export function updateFactor(l: Matrix, size: number, x: Float64Array, from = 0): void {
  const { data, stride } = l;
  const cosine = new Float64Array(size);
  const sine = new Float64Array(size);
  for (let i = from; i < size; i++) {
    const row = i * stride;
    let rest = x[i] ?? 0;
    for (let k = from; k < i; k++) {
      const value = data[row + k] ?? 0;
      const c = cosine[k] ?? 1;
      const s = sine[k] ?? 0;
      data[row + k] = c * value + s * rest;
      rest = c * rest - s * value;
    }
    const diagonal = data[row + i] ?? 1;
    const length = Math.sqrt(diagonal * diagonal + rest * rest);
    cosine[i] = diagonal / length;
    sine[i] = rest / length;
    data[row + i] = length;
  }
}

/** Least share of the determinant that a downdate may leave: rounding errors grow by its inverse. */
const LEAST_DETERMINANT = 1e-4;

/**
 * Changes L so that L Lᵀ shrinks by x xᵀ, by mixed hyperbolic rotations. `x` is used up.
 * @returns false when what is left is not positive definite, or too little to be exact; L is then spoilt
 * @see Golub and Van Loan, Matrix Computations, 4th edition, section 6.5.4
 */
export function downdateFactor(l: Matrix, size: number, x: Float64Array): boolean {
  const { data, stride } = l;
  const cosine = new Float64Array(size);
  const sine = new Float64Array(size);
  let determinant = 1;
  for (let i = 0; i < size; i++) {
    const row = i * stride;
    let rest = x[i] ?? 0;
    for (let k = 0; k < i; k++) {
      const c = cosine[k] ?? 1;
      const s = sine[k] ?? 0;
      const value = ((data[row + k] ?? 0) - s * rest) / c;
      data[row + k] = value;
      rest = c * rest - s * value;
    }
    const diagonal = data[row + i] ?? 1;
    const s = rest / diagonal;
    const square = (1 - s) * (1 + s);
    determinant *= square;
    if (!(determinant > LEAST_DETERMINANT)) return false;
    const c = Math.sqrt(square);
    cosine[i] = c;
    sine[i] = s;
    data[row + i] = c * diagonal;
  }
  return true;
}

/** Forward substitution of rows [from, to) for columns [first, last); the columns before are solved already. */
function solveColumns(
  v: Matrix,
  from: number,
  to: number,
  l: Matrix,
  first: number,
  last: number,
  starts?: Int32Array,
): void {
  const sums = new Float64Array(16);
  for (let j = first; j < last; j += 4) {
    for (let i = from; i < to; i += 4) {
      const start = starts?.[i >> 2] ?? 0;
      if (start > j) continue;
      dotTile(
        v.data,
        i * v.stride + start,
        v.stride,
        l.data,
        j * l.stride + start,
        l.stride,
        j - start,
        sums,
      );
      solveTile(v.data, i * v.stride + j, v.stride, l.data, j * l.stride + j, l.stride, sums);
    }
  }
}

/** The last step of four rows and four columns: subtracts `sums`, then divides by the triangle on the diagonal. */
function solveTile(
  v: Float64Array,
  vAt: number,
  vStride: number,
  l: Float64Array,
  lAt: number,
  lStride: number,
  sums: Float64Array,
): void {
  const l00 = l[lAt] ?? 1;
  const l10 = l[lAt + lStride] ?? 0;
  const l11 = l[lAt + lStride + 1] ?? 1;
  const l20 = l[lAt + 2 * lStride] ?? 0;
  const l21 = l[lAt + 2 * lStride + 1] ?? 0;
  const l22 = l[lAt + 2 * lStride + 2] ?? 1;
  const l30 = l[lAt + 3 * lStride] ?? 0;
  const l31 = l[lAt + 3 * lStride + 1] ?? 0;
  const l32 = l[lAt + 3 * lStride + 2] ?? 0;
  const l33 = l[lAt + 3 * lStride + 3] ?? 1;
  for (let i = 0, at = vAt; i < 16; i += 4, at += vStride) {
    const a = ((v[at] ?? 0) - (sums[i] ?? 0)) / l00;
    const b = ((v[at + 1] ?? 0) - (sums[i + 1] ?? 0) - a * l10) / l11;
    const c = ((v[at + 2] ?? 0) - (sums[i + 2] ?? 0) - a * l20 - b * l21) / l22;
    v[at] = a;
    v[at + 1] = b;
    v[at + 2] = c;
    v[at + 3] = ((v[at + 3] ?? 0) - (sums[i + 3] ?? 0) - a * l30 - b * l31 - c * l32) / l33;
  }
}

/** Cholesky of the four by four on the diagonal at row i, whose columns before i are final. */
function factorTile({ data, stride }: Matrix, i: number): void {
  for (let r = i; r < i + 4; r++) {
    for (let c = i; c <= r; c++) {
      let sum = data[r * stride + c] ?? 0;
      for (let k = 0; k < c; k++) sum -= (data[r * stride + k] ?? 0) * (data[c * stride + k] ?? 0);
      if (c < r) data[r * stride + c] = sum / (data[c * stride + c] ?? 1);
      else if (sum > 0) data[r * stride + r] = Math.sqrt(sum);
      else throw pivotFailed();
    }
  }
}
