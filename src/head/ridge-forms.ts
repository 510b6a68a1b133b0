// The two ways to write the same ridge regression as one symmetric positive definite system A = L Lᵀ. With rows
// z_i = √w_i [z, 1], targets √w_i y_i and penalty p:
//
//   primal  A = ZᵀZ + p (not on the intercept)     [d+1, d+1]   cheaper when there are more examples than features
//   dual    A = K + p, K = the rows' dot products   [n, n]      cheaper otherwise; the intercept, left out of K and
//           without the intercept                               unpenalised, is projected out: see `centre`
//
// Both know what the other files need: rows to solve for, coefficients, and how L changes with an example.
import { downdateFactor, solveRows, solveRowsBack, updateFactor } from './cholesky.ts';
import { addScaled, createMatrix, dot, type Matrix, rowOf } from './matrix.ts';
import { fillExamples, fillFeatures, type RidgeTable, rootWeight, writeRow } from './ridge-table.ts';

/** Columns of a block of rows or features: 128 doubles of 600 rows stay in a second-level cache. */
const BLOCK = 128;

/** Right-hand sides as rows, and for each group of four the column before which they are zero. */
export interface RightHandSides {
  readonly rows: Matrix;
  readonly starts?: Int32Array;
}

/** Coefficients in doubles: kernel [k, d+1 or more] with one row for each class, bias [k]. */
export interface Coefficients {
  readonly kernel: Matrix;
  readonly bias: Float64Array;
}

export interface RidgeForm {
  readonly name: 'dual' | 'primal';
  /** Side of A. */
  size(table: RidgeTable): number;
  /** A without the penalty, lower triangle. */
  gram(table: RidgeTable): Matrix;
  /** What the penalty is added to: the first so many of the diagonal. */
  penalised(table: RidgeTable): number;
  /** One right-hand side for each of k classes; solved, they are the S of `leaveOut` and `coefficients`. */
  targets(table: RidgeTable, k: number): Matrix;
  /** One right-hand side for each of the given examples; solved, they are the V of `leaveOut`. */
  queries(table: RidgeTable, examples: readonly number[]): RightHandSides;
  /** @param solved the solved targets, used up */
  coefficients(table: RidgeTable, l: Matrix, solved: Matrix): Coefficients;
  /** L after the table's last example was added; null: factorize again. */
  append(table: RidgeTable, l: Matrix): Matrix | null;
  /** L before example i is taken off the table; null: factorize again. */
  remove(table: RidgeTable, l: Matrix, i: number): Matrix | null;
}

export const primal: RidgeForm = {
  name: 'primal',
  size: (table) => table.dim + 1,
  penalised: (table) => table.dim,
  gram(table) {
    const size = table.dim + 1;
    const a = createMatrix(size, size);
    const block = createMatrix(size, BLOCK);
    for (let from = 0; from < table.features.length; from += BLOCK) {
      fillFeatures(block, table, from);
      table.algebra.addProduct(a, block, block, BLOCK, { lower: true });
    }
    return a;
  },
  targets(table, k) {
    const targets = createMatrix(k, table.dim + 1);
    const row = new Float64Array(table.dim + 1);
    table.features.forEach((features, i) => {
      const scale = rootWeight(table, i);
      writeRow(table, features, scale, row);
      addScaled(rowOf(targets, table.labels[i] ?? -1), row, scale);
    });
    return targets;
  },
  queries(table, examples) {
    const rows = createMatrix(examples.length, table.dim + 1);
    examples.forEach((i, r) => {
      const features = table.features[i];
      if (features !== undefined) writeRow(table, features, rootWeight(table, i), rowOf(rows, r));
    });
    return { rows };
  },
  coefficients(table, l, solved) {
    solveRowsBack(solved, solved.rows, l, table.dim + 1);
    const bias = new Float64Array(solved.rows);
    for (let c = 0; c < solved.rows; c++) bias[c] = rowOf(solved, c)[table.dim] ?? 0;
    return { kernel: solved, bias };
  },
  append(table, l) {
    updateFactor(l, table.dim + 1, exampleRow(table, table.features.length - 1));
    return l;
  },
  remove(table, l, i) {
    return downdateFactor(l, table.dim + 1, exampleRow(table, i)) ? l : null;
  },
};

export const dual: RidgeForm = {
  name: 'dual',
  size: (table) => table.features.length,
  penalised: (table) => table.features.length,
  gram(table) {
    const n = table.features.length;
    const a = createMatrix(n, n);
    const block = createMatrix(n, BLOCK);
    for (let from = 0; from < table.dim; from += BLOCK) {
      fillExamples(block, table, from);
      table.algebra.addProduct(a, block, block, BLOCK, { lower: true });
    }
    return a;
  },
  targets(table, k) {
    const targets = createMatrix(k, table.features.length);
    table.labels.forEach((label, i) => {
      rowOf(targets, label)[i] = rootWeight(table, i);
    });
    return targets;
  },
  queries(table, examples) {
    const rows = createMatrix(examples.length, table.features.length);
    const starts = new Int32Array(rows.rows / 4);
    examples.forEach((i, r) => {
      rowOf(rows, r)[i] = 1;
      const first = i & ~3;
      starts[r >> 2] = r % 4 === 0 ? first : Math.min(first, starts[r >> 2] ?? 0);
    });
    return { rows, starts };
  },
  coefficients(table, l, solved) {
    const n = table.features.length;
    const bias = weighExamples(l, solved, n);
    const kernel = createMatrix(solved.rows, table.dim + 1);
    const block = createMatrix(table.dim + 1, BLOCK);
    for (let from = 0; from < n; from += BLOCK) {
      fillFeatures(block, table, from);
      table.algebra.addProduct(kernel, solved, block, Math.min(BLOCK, solved.stride - from), { from });
    }
    return { kernel, bias };
  },
  append(table, l) {
    const last = table.features.length - 1;
    const grown = l.rows > last ? l : resize(l, last + BLOCK);
    const row = exampleRow(table, last);
    const products = createMatrix(1, grown.stride);
    const other = new Float64Array(table.dim + 1);
    table.features.forEach((features, i) => {
      writeRow(table, features, rootWeight(table, i), other);
      products.data[i] = dot(row, other, table.dim);
    });
    const square = (products.data[last] ?? 0) + table.frame.penalty;
    products.data[last] = 0;
    solveRows(products, grown, last);
    const rest = square - dot(products.data, products.data, last);
    if (!(rest > 0)) return null;
    products.data[last] = Math.sqrt(rest);
    rowOf(grown, last).set(products.data.subarray(0, grown.stride));
    return grown;
  },
  remove(table, l, i) {
    const size = table.features.length;
    const x = new Float64Array(size);
    for (let r = i + 1; r < size; r++) {
      const row = rowOf(l, r);
      x[r - 1] = row[i] ?? 0;
      row.copyWithin(i, i + 1, r + 1);
      rowOf(l, r - 1).set(row.subarray(0, r));
    }
    rowOf(l, size - 1).fill(0)[size - 1] = 1;
    updateFactor(l, size - 1, x, i);
    return l;
  },
};

/**
 * Makes rows orthogonal to `all`, which is L⁻¹ applied to the roots of the weights: the unpenalised intercept then
 * fits every row exactly, and products of such rows are those of the system with the intercept.
 */
export function centre(rows: Matrix, all: Float64Array): void {
  const square = dot(all, all, all.length);
  for (let i = 0; i < rows.rows; i++) {
    const row = rowOf(rows, i);
    addScaled(row, all, -dot(row, all, all.length) / square);
  }
}

/**
 * Turns the dual's solved targets into the weight of each of n examples in each class, in place: with products of rows,
 * f = Σ_i weight_i z_iᵀ z + bias.
 * @returns the biases
 */
export function weighExamples(l: Matrix, solved: Matrix, n: number): Float64Array {
  const all = sumOfRows(solved);
  const square = dot(all, all, all.length);
  const bias = new Float64Array(solved.rows);
  for (let c = 0; c < solved.rows; c++) bias[c] = dot(rowOf(solved, c), all, all.length) / square;
  centre(solved, all);
  solveRowsBack(solved, solved.rows, l, n);
  return bias;
}

/** Each example has one class, so that the solved targets sum to the solved intercept column. */
export function sumOfRows(rows: Matrix): Float64Array {
  const sum = new Float64Array(rows.stride);
  for (let i = 0; i < rows.rows; i++) addScaled(sum, rowOf(rows, i), 1);
  return sum;
}

function exampleRow(table: RidgeTable, i: number): Float64Array {
  const row = new Float64Array(table.dim + 1);
  const features = table.features[i];
  if (features !== undefined) writeRow(table, features, rootWeight(table, i), row);
  return row;
}

function resize(l: Matrix, size: number): Matrix {
  const grown = createMatrix(size, size);
  for (let i = 0; i < grown.rows; i++) {
    if (i < l.rows) rowOf(grown, i).set(rowOf(l, i));
    else rowOf(grown, i)[i] = 1;
  }
  return grown;
}
