// What a ridge regression would have said of examples that it had not seen, exactly and without fitting again. With V
// the solved rows of the examples in a group B and S the solved targets (ridge-forms.ts), the residual of the fit
// without B is
//
//   primal  e_B = (I - V_B V_Bᵀ)⁻¹ (y_B - V_B Sᵀ)     V_B V_Bᵀ is the hat matrix's block
//   dual    e_B = (V_B V_Bᵀ)⁻¹ V_B Sᵀ                 V_B V_Bᵀ is a block of the inverse; intercept projected out
//
// for targets, rows and residuals all scaled by √w; penalty, weights and z-score frame are those of the whole fit.
import { factorize, solveRows, solveRowsBack } from './cholesky.ts';
import { createMatrix, dot, type Matrix, rowOf } from './matrix.ts';
import { centre, type RidgeForm, sumOfRows } from './ridge-forms.ts';
import { type RidgeTable, rootWeight } from './ridge-table.ts';

/** Examples that are solved for at once, or one group when it is larger. */
const BATCH = 256;

/** Which examples are left out together. */
export interface Groups {
  /** Disjoint; an example in none of them has no held-out prediction. */
  readonly groups: readonly (readonly number[])[];
  /** `burst` when no burst of several examples had to be taken apart and there is one; `none` without groups. */
  readonly heldOut: 'example' | 'burst' | 'none';
}

/**
 * Groups examples by burst. A burst that holds all that a class has is taken apart into single examples, since nothing
 * could be predicted without it; the only example of a class is left out of all groups for the same reason.
 */
export function groupExamples(
  labels: readonly number[],
  bursts: readonly (string | null)[],
  counts: readonly number[],
): Groups {
  const byBurst = new Map<string, number[]>();
  const groups: number[][] = [];
  bursts.forEach((burst, i) => {
    const group = burst === null ? undefined : byBurst.get(burst);
    if (group !== undefined) group.push(i);
    else {
      const started = [i];
      groups.push(started);
      if (burst !== null) byBurst.set(burst, started);
    }
  });
  const keepsClasses = (group: readonly number[]) =>
    group.every((i) => group.filter((j) => labels[j] === labels[i]).length < (counts[labels[i] ?? -1] ?? 0));
  const taken = groups.flatMap((group) => (keepsClasses(group) ? [group] : group.map((i) => [i])));
  const kept = taken.filter(keepsClasses);
  const whole = taken.length === groups.length && kept.some((group) => group.length > 1);
  return { groups: kept, heldOut: kept.length === 0 ? 'none' : whole ? 'burst' : 'example' };
}

/**
 * Held-out residuals of the examples in `groups`, each group left out whole.
 * @param l factor of the form's penalised system
 * @param solved the solved targets of k classes; centred in place in the dual form
 * @param visit is given an example and its residuals √w (y - f) [k or more], valid until it returns
 */
export function leaveOut(
  table: RidgeTable,
  form: RidgeForm,
  l: Matrix,
  solved: Matrix,
  groups: Groups['groups'],
  visit: (example: number, residuals: Float64Array) => void,
): void {
  const all = form.name === 'dual' ? sumOfRows(solved) : null;
  if (all !== null) centre(solved, all);
  for (const batch of batches(groups)) {
    const examples = batch.flat();
    const { rows, starts } = form.queries(table, examples);
    table.algebra.solveRows(rows, l, form.size(table), starts);
    if (all !== null) centre(rows, all);
    const residuals = createMatrix(examples.length, solved.rows);
    table.algebra.addProduct(residuals, rows, solved, solved.stride);
    if (all === null) fromTargets(table, examples, residuals);
    let first = 0;
    for (const group of batch) {
      solveGroup(rows, first, group.length, residuals, all === null);
      group.forEach((example, r) => {
        visit(example, rowOf(residuals, first + r));
      });
      first += group.length;
    }
  }
}

/** Turns predictions V Sᵀ into residuals of the whole fit, both scaled by √w. */
function fromTargets(table: RidgeTable, examples: readonly number[], values: Matrix): void {
  examples.forEach((i, r) => {
    const row = rowOf(values, r);
    const label = table.labels[i] ?? -1;
    for (let c = 0; c < row.length; c++) row[c] = (c === label ? rootWeight(table, i) : 0) - (row[c] ?? 0);
  });
}

/** Residuals of one group, rows [first, first + b) of `residuals`, from those of the whole fit, in place. */
function solveGroup(rows: Matrix, first: number, b: number, residuals: Matrix, fromIdentity: boolean): void {
  const block = createMatrix(b, b);
  for (let r = 0; r < b; r++) {
    for (let c = 0; c <= r; c++) {
      const product = dot(rowOf(rows, first + r), rowOf(rows, first + c), rows.stride);
      rowOf(block, r)[c] = fromIdentity ? (r === c ? 1 : 0) - product : product;
    }
  }
  const k = residuals.stride;
  if (b === 1) {
    const row = rowOf(residuals, first);
    for (let c = 0; c < k; c++) row[c] = (row[c] ?? 0) / (block.data[0] ?? 1);
    return;
  }
  factorize(block, b);
  const sides = createMatrix(k, b);
  for (let r = 0; r < b; r++)
    for (let c = 0; c < k; c++) rowOf(sides, c)[r] = rowOf(residuals, first + r)[c] ?? 0;
  solveRows(sides, block, b);
  solveRowsBack(sides, k, block, b);
  for (let r = 0; r < b; r++)
    for (let c = 0; c < k; c++) rowOf(residuals, first + r)[c] = rowOf(sides, c)[r] ?? 0;
}

function* batches(groups: Groups['groups']): Generator<readonly (readonly number[])[]> {
  let batch: (readonly number[])[] = [];
  let size = 0;
  for (const group of groups) {
    if (size > 0 && size + group.length > BATCH) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(group);
    size += group.length;
  }
  if (size > 0) yield batch;
}
