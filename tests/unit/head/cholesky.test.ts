import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  downdateFactor,
  factorize,
  solveRows,
  solveRowsBack,
  updateFactor,
} from '../../../src/head/cholesky.ts';
import { addProduct, createMatrix, dot, type Matrix, rowOf } from '../../../src/head/matrix.ts';
import { randomFrom } from '../../../src/head/random.ts';
import { refusal } from './support.ts';

const sizes = fc.record({ size: fc.integer({ min: 1, max: 70 }), seed: fc.integer() });

function random(rows: number, columns: number, rng: () => number): Matrix {
  const matrix = createMatrix(rows, columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) rowOf(matrix, i)[j] = rng() * 2 - 1;
  return matrix;
}

/** X Xᵀ + 1, lower triangle, with X of size by 5: positive definite. */
function positive(size: number, rng: () => number): Matrix {
  const x = random(size, 5, rng);
  const a = createMatrix(size, size);
  addProduct(a, x, x, 5, { lower: true });
  for (let i = 0; i < size; i++) rowOf(a, i)[i] = (rowOf(a, i)[i] ?? 0) + 1;
  return a;
}

/** (L Lᵀ)[i][j] for j <= i, by definition. */
function squareAt(l: Matrix, i: number, j: number): number {
  return dot(rowOf(l, i), rowOf(l, j), j + 1);
}

function copy(a: Matrix): Matrix {
  return { ...a, data: a.data.slice() };
}

describe('addProduct', () => {
  it('adds the dot products of rows, whatever the shape', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer(),
        (n, m, inner, seed) => {
          const rng = randomFrom(seed);
          const x = random(n, inner + 2, rng);
          const y = random(m, inner, rng);
          const out = createMatrix(n, m);
          out.data.fill(1);
          addProduct(out, x, y, inner, { from: 2 });
          for (let i = 0; i < n; i++)
            for (let j = 0; j < m; j++)
              expect(rowOf(out, i)[j]).toBeCloseTo(1 + dot(rowOf(x, i).subarray(2), rowOf(y, j), inner), 12);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('factorize', () => {
  it('finds the factor of a worked example', () => {
    // [4 2; 2 10] = [2 0; 1 3] [2 1; 0 3]
    const a = createMatrix(2, 2);
    rowOf(a, 0)[0] = 4;
    rowOf(a, 1).set([2, 10]);
    factorize(a, 2);
    expect([rowOf(a, 0)[0], rowOf(a, 1)[0], rowOf(a, 1)[1]]).toEqual([2, 1, 3]);
  });

  it('gives L with L Lᵀ = A for any size', () => {
    fc.assert(
      fc.property(sizes, ({ size, seed }) => {
        const a = positive(size, randomFrom(seed));
        const l = copy(a);
        factorize(l, size);
        for (let i = 0; i < size; i++)
          for (let j = 0; j <= i; j++) expect(squareAt(l, i, j)).toBeCloseTo(rowOf(a, i)[j] ?? 0, 10);
      }),
      { numRuns: 30 },
    );
  });

  it('refuses what is not positive definite, and NaN', () => {
    for (const value of [-1, 0, Number.NaN]) {
      const a = createMatrix(5, 5);
      for (let i = 0; i < 5; i++) rowOf(a, i)[i] = i === 3 ? value : 1;
      expect(refusal(() => factorize(a, 5))).toBe('features_invalid');
    }
  });
});

describe('solveRows and solveRowsBack', () => {
  it('solve A x = b together', () => {
    fc.assert(
      fc.property(sizes, ({ size, seed }) => {
        const rng = randomFrom(seed);
        const a = positive(size, rng);
        const l = copy(a);
        factorize(l, size);
        const b = random(6, size, rng);
        const x = copy(b);
        solveRows(x, l, size);
        solveRowsBack(x, 6, l, size);
        for (let r = 0; r < 6; r++)
          for (let i = 0; i < size; i++) {
            let sum = 0;
            for (let j = 0; j < size; j++)
              sum += (rowOf(a, Math.max(i, j))[Math.min(i, j)] ?? 0) * (rowOf(x, r)[j] ?? 0);
            expect(sum).toBeCloseTo(rowOf(b, r)[i] ?? 0, 9);
          }
      }),
      { numRuns: 30 },
    );
  });

  it('give the same when told where the rows start', () => {
    const rng = randomFrom(5);
    const l = positive(20, rng);
    factorize(l, 20);
    const plain = createMatrix(8, 20);
    for (let r = 0; r < 8; r++) rowOf(plain, r)[9 + r] = 1;
    const told = copy(plain);
    solveRows(plain, l, 20);
    solveRows(told, l, 20, Int32Array.of(8, 12));
    expect(told.data).toEqual(plain.data);
  });
});

describe('updateFactor and downdateFactor', () => {
  it('add and take away x xᵀ', () => {
    fc.assert(
      fc.property(sizes, ({ size, seed }) => {
        const rng = randomFrom(seed);
        const a = positive(size, rng);
        factorize(a, size);
        const l = copy(a);
        const from = Math.floor(rng() * size);
        const x = Float64Array.from({ length: size }, (_, i) => (i < from ? 0 : rng() * 2 - 1));
        updateFactor(l, size, x.slice(), from);
        for (let i = 0; i < size; i++)
          for (let j = 0; j <= i; j++)
            expect(squareAt(l, i, j)).toBeCloseTo(squareAt(a, i, j) + (x[i] ?? 0) * (x[j] ?? 0), 10);
        expect(downdateFactor(l, size, x.slice())).toBe(true);
        for (let i = 0; i < size; i++)
          for (let j = 0; j <= i; j++) expect(rowOf(l, i)[j]).toBeCloseTo(rowOf(a, i)[j] ?? 0, 9);
      }),
      { numRuns: 30 },
    );
  });

  it('say when too much is taken away', () => {
    const l = createMatrix(3, 3);
    for (let i = 0; i < 3; i++) rowOf(l, i)[i] = 1;
    expect(downdateFactor(l, 3, Float64Array.of(0, 1.5, 0))).toBe(false);
  });
});
