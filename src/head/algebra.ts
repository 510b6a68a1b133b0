// The cubic steps of a ridge regression, whoever computes them: all give the same to the bit.
import { factorize, solveRows } from './cholesky.ts';
import { addProduct } from './matrix.ts';

/** As the functions of these names say. */
export interface Algebra {
  readonly addProduct: typeof addProduct;
  readonly factorize: typeof factorize;
  readonly solveRows: typeof solveRows;
}

export const PLAIN_ALGEBRA: Algebra = { addProduct, factorize, solveRows };
