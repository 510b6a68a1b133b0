// The choice of the ridge penalty by held-out squared error.
import { type Groups, leaveOut } from './leave-out.ts';
import { createMatrix, type Matrix } from './matrix.ts';
import type { RidgeForm } from './ridge-forms.ts';
import type { RidgeTable } from './ridge-table.ts';

/** Penalties to choose from, per feature (z-scores have a square of about one); the search starts in the middle. */
const GRID = [0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30] as const;
const START = 4;
/** Held-out examples that the choice looks at; more would hardly change it. */
const SAMPLE = 256;

/**
 * Walks down the grid from its middle to the penalty whose held-out squared error, summed over classes and weighted as
 * the fit is, is least among its neighbours. Smooth in the penalty, unlike accuracy, and the very loss that the fit
 * minimises. The held-out predictions are exact, of at most about 256 examples spread over all.
 * @param k number of classes
 * @returns the penalty and the factor of its system
 */
export function choosePenalty(
  table: RidgeTable,
  form: RidgeForm,
  groups: Groups['groups'],
  k: number,
): { readonly penalty: number; readonly factor: Matrix } {
  const gram = form.gram(table);
  const size = form.size(table);
  const sample = spread(groups);
  const tryAt = (at: number) => {
    const penalty = (GRID[at] ?? 0) * table.dim;
    const factor = penalise(table, form, gram, penalty);
    table.algebra.factorize(factor, size);
    const solved = form.targets(table, k);
    table.algebra.solveRows(solved, factor, size);
    let error = 0;
    leaveOut(table, form, factor, solved, sample, (_, residuals) => {
      for (const residual of residuals) error += residual * residual;
    });
    return { at, penalty, factor, error };
  };
  let best = tryAt(START);
  if (sample.length === 0) return best;
  for (const step of [1, -1]) {
    const before = best.at;
    for (let at = best.at + step; at >= 0 && at < GRID.length; at += step) {
      const next = tryAt(at);
      if (!(next.error < best.error)) break;
      best = next;
    }
    if (best.at !== before) break;
  }
  return best;
}

/** A copy of the Gram matrix with the penalty on its diagonal. */
export function penalise(table: RidgeTable, form: RidgeForm, gram: Matrix, penalty: number): Matrix {
  const size = form.size(table);
  const a = createMatrix(size, size);
  a.data.set(gram.data);
  for (let i = 0; i < form.penalised(table); i++)
    a.data[i * a.stride + i] = (a.data[i * a.stride + i] ?? 0) + penalty;
  return a;
}

/** Whole groups with about SAMPLE examples, spread evenly and without a period by multiples of the golden ratio. */
function spread(groups: Groups['groups']): Groups['groups'] {
  const total = groups.reduce((sum, group) => sum + group.length, 0);
  return groups.filter((_, g) => ((g + 0.5) * 0.6180339887498949) % 1 < SAMPLE / total);
}
