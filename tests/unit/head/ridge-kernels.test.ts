// The cubic steps of ridge regression by kernels of our own: both builds give what plain arithmetic gives, to the bit.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PLAIN_ALGEBRA } from '../../../src/head/algebra.ts';
import { createMatrix, type Matrix } from '../../../src/head/matrix.ts';
import { outlook } from '../../../src/head/outlook.ts';
import { randomFrom } from '../../../src/head/random.ts';
import { fitRidge } from '../../../src/head/ridge.ts';
import { wasmAlgebra } from '../../../src/head/ridge-wasm.ts';
import { chooseBuild } from '../../../src/kernels/build.ts';
import { moduleOf, values } from '../../support/kernels.ts';
import { randomExamples, refusal } from './support.ts';

const side = fc.integer({ min: 1, max: 130 });

/** Random numbers where the matrix has room, padding too: no loop has a remainder. */
function matrixOf(rows: number, columns: number, seed: number): Matrix {
  const matrix = createMatrix(rows, columns);
  matrix.data.set(values(matrix.data.length, seed));
  return matrix;
}

const copy = (matrix: Matrix): Matrix => ({ ...matrix, data: matrix.data.slice() });

/** Symmetric and positive definite: its diagonal outweighs its rows. */
function definite(size: number, seed: number): Matrix {
  const a = matrixOf(size, size, seed);
  for (let i = 0; i < size; i++) a.data[i * a.stride + i] = size;
  return a;
}

describe.each(['simd', 'relaxed'] as const)('wasmAlgebra on the %s build', (build) => {
  const known = build === 'simd' || chooseBuild() === 'relaxed';
  const algebra = () => wasmAlgebra(moduleOf('algebra', build));

  it.runIf(known)('multiplies to the bit, any shapes, part of the columns, the lower half alone', () => {
    const ours = algebra();
    fc.assert(
      fc.property(side, side, side, fc.boolean(), fc.nat(9), (rows, columns, inner, lower, seed) => {
        const x = matrixOf(rows, inner + 8, seed);
        const y = lower ? x : matrixOf(columns, inner, seed + 1);
        const out = matrixOf(rows, lower ? rows : columns, seed + 2);
        const options = lower ? { lower } : { from: 4 * (seed % 3) };
        const length = Math.min(x.stride - (options.from ?? 0), y.stride);
        const found = copy(out);
        ours.addProduct(found, x, y, length, options);
        PLAIN_ALGEBRA.addProduct(out, x, y, length, options);
        expect(found.data).toEqual(out.data);
      }),
      { numRuns: 60 },
    );
  });

  it.runIf(known)('factorizes and solves to the bit, zeros at the start left out', () => {
    const ours = algebra();
    fc.assert(
      fc.property(side, side, fc.boolean(), fc.nat(9), (size, rows, skip, seed) => {
        const a = definite(size, seed);
        const found = copy(a);
        ours.factorize(found, size);
        PLAIN_ALGEBRA.factorize(a, size);
        expect(found.data).toEqual(a.data);
        const v = createMatrix(rows, size);
        const starts = new Int32Array(v.rows / 4).map((_, r) => (4 * ((r * 7 + seed) % v.stride)) % v.stride);
        const given = values(v.data.length, seed + 1);
        v.data.set(
          given.map((value, i) => {
            const start = skip ? (starts[Math.floor(i / v.stride) >> 2] ?? 0) : 0;
            return i % v.stride < start || i % v.stride >= size ? 0 : value;
          }),
        );
        const solved = copy(v);
        ours.solveRows(solved, a, size, skip ? starts : undefined);
        PLAIN_ALGEBRA.solveRows(v, a, size, skip ? starts : undefined);
        expect(solved.data).toEqual(v.data);
      }),
      { numRuns: 60 },
    );
  });

  it.runIf(known)('refuses what has no root', () => {
    const ours = algebra();
    const a = definite(9, 1);
    a.data[5 * a.stride + 5] = -1;
    expect(refusal(() => ours.factorize(a, 9))).toBe('features_invalid');
  });

  it.runIf(known)('fits, changes and judges the very head that plain arithmetic does', () => {
    for (const shape of [
      { n: 45, d: 70, k: 3, burstLength: 0 },
      { n: 210, d: 270, k: 5, burstLength: 4 },
      { n: 300, d: 61, k: 4, burstLength: 3 },
    ]) {
      const examples = randomExamples(7, shape);
      const [ours, plain] = [fitRidge(examples, { algebra: algebra() }), fitRidge(examples)];
      expect(ours.train()).toEqual(plain.train());
      for (const model of [ours, plain]) {
        model.remove(11);
        model.add(examples.features.slice(0, shape.d), 'class 1');
        model.remove(0);
      }
      expect(ours.coefficients()).toEqual(plain.coefficients());
      expect(ours.heldOut()).toEqual(plain.heldOut());
    }
  });

  it.runIf(known)('says of more examples what plain arithmetic does', () => {
    const examples = randomExamples(3, { n: 120, d: 60, k: 4 });
    const said = outlook(examples, 10, randomFrom(1));
    expect(said).not.toBeNull();
    expect(outlook(examples, 10, randomFrom(1), { algebra: algebra() })).toEqual(said);
  });
});
