// Ridge regression of one-hot targets on z-scored features, in closed form: the default head. Classes weigh the same
// however many examples they have. An example can be added or removed, and left out for an honest prediction, exactly
// and without fitting again. No tensors, no clock, no randomness.
import { AppError } from '../contract/errors.ts';
import { MAX_HEAD_CLASSES } from '../contract/limits.ts';
import { type Algebra, PLAIN_ALGEBRA } from './algebra.ts';
import { balancedWeights, checkExamples, checkReady, countClasses, type Examples } from './examples.ts';
import { checkFeatures } from './head.ts';
import { groupExamples, leaveOut } from './leave-out.ts';
import { type Matrix, rowOf } from './matrix.ts';
import { choosePenalty, penalise } from './penalty.ts';
import { dual, primal, type RidgeForm } from './ridge-forms.ts';
import { type RidgeFrame, type RidgeTable, rootWeight } from './ridge-table.ts';
import { fitStandardization } from './standardize.ts';
import { finishHead, type HeldOut, type TrainedHead, type Trainer } from './trainer.ts';

/** After so many exact changes the factor is made anew: rounding errors stay far below those of a head's floats. */
const REFRESH_AFTER = 1000;

export interface RidgeOptions {
  /** What to hold fixed; without it the z-score frame, the class weights and the penalty are chosen from the examples. */
  readonly frame?: RidgeFrame | undefined;
  /** Plain arithmetic, or `wasmAlgebra`: the same head, several times faster from some hundred examples on. */
  readonly algebra?: Algebra;
}

/**
 * Fits the ridge head's model: minimises, over kernel W and bias b,
 *
 *     sum_i w_i |y_i - Wᵀ z_i - b|² + p |W|²
 *
 * with one-hot y, z-scores z (standardize.ts), balanced weights w_c = n / (k n_c) and the penalty p that has the least
 * held-out squared error (penalty.ts). The features are kept, not copied.
 * @throws AppError as `checkExamples`; `shape_mismatch` for a frame of another dimension
 */
export function fitRidge(
  examples: Examples,
  { frame, algebra = PLAIN_ALGEBRA }: RidgeOptions = {},
): RidgeModel {
  const { n, d, counts } = checkExamples(examples);
  const features = Array.from({ length: n }, (_, i) => examples.features.subarray(i * d, (i + 1) * d));
  const bursts = Array.from({ length: n }, (_, i) => examples.bursts?.[i] ?? null);
  const labels = Array.from({ length: n }, (_, i) => examples.labels[i] ?? -1);
  if (frame !== undefined) {
    if (frame.standardize.mean.length !== d)
      throw new AppError('shape_mismatch', {
        detail: `The frame is of ${frame.standardize.mean.length} features, the examples are of ${d}.`,
      });
    return new RidgeModel({ frame, dim: d, features, labels, algebra }, examples.classes, bursts);
  }
  const table: RidgeTable = {
    frame: { standardize: fitStandardization(features), classWeights: balancedWeights(counts), penalty: 0 },
    dim: d,
    features,
    labels,
    algebra,
  };
  const { penalty, factor } = choosePenalty(
    table,
    formOf(table),
    groupExamples(labels, bursts, counts).groups,
    examples.classes.length,
  );
  return new RidgeModel({ ...table, frame: { ...table.frame, penalty } }, examples.classes, bursts, factor);
}

/** The ridge head as a trainer: one step, reported with the held-out accuracy when there is one. */
export const trainRidge: Trainer<RidgeOptions> = async function* (examples, options) {
  const trained = fitRidge(examples, options).train();
  yield {
    epoch: 1,
    epochs: 1,
    loss: null,
    accuracy: null,
    validationLoss: null,
    validationAccuracy: trained.report.accuracy?.value ?? null,
  };
  return trained;
};

/**
 * A ridge regression that examples can join and leave. Its frame stays as it was fitted: with the same frame a fit
 * from scratch gives the same numbers but for rounding (about 1e-12). Fit anew when the examples have changed much.
 */
export class RidgeModel {
  readonly #table: RidgeTable;
  readonly #classes: string[];
  readonly #bursts: (string | null)[];
  #form: RidgeForm;
  /** null: to be made when needed. */
  #factor: Matrix | null;
  #changes = 0;

  /** @param factor of the penalised system in the table's cheaper form; made when needed if not given */
  constructor(
    table: RidgeTable,
    classes: readonly string[],
    bursts: readonly (string | null)[],
    factor: Matrix | null = null,
  ) {
    this.#table = table;
    this.#classes = [...classes];
    this.#bursts = [...bursts];
    this.#form = formOf(table);
    this.#factor = factor;
  }

  /** What is held fixed. */
  get frame(): RidgeFrame {
    return this.#table.frame;
  }

  /** Number of examples, n. */
  get size(): number {
    return this.#table.labels.length;
  }

  /** Examples of each class ever seen, by name; a class without examples is not part of the head. */
  get counts(): ReadonlyMap<string, number> {
    const counts = countClasses(this.#table.labels, this.#classes.length);
    return new Map(this.#classes.map((label, c) => [label, counts[c] ?? 0]));
  }

  /**
   * Adds an example at the end, exactly: O(d²) or O(n (n + d)) instead of a fit.
   * @param features [d], copied
   * @param label its class; a new name is a new class
   * @throws AppError `features_invalid`; `shape_mismatch` for a class too many
   */
  add(features: Float32Array, label: string, burst: string | null = null): void {
    checkFeatures(features, 1, this.#table.dim);
    let index = this.#classes.indexOf(label);
    if (index < 0) {
      if (this.#classes.length >= MAX_HEAD_CLASSES)
        throw new AppError('shape_mismatch', { detail: `A head has at most ${MAX_HEAD_CLASSES} classes.` });
      index = this.#classes.push(label) - 1;
    }
    this.#table.features.push(features.slice());
    this.#table.labels.push(index);
    this.#bursts.push(burst);
    if (this.#form.name === 'dual' && this.size > this.#table.dim) this.#factor = null;
    this.#change((factor) => this.#form.append(this.#table, factor));
  }

  /**
   * Removes example `index`, exactly; those after it move up by one.
   * @throws AppError `shape_mismatch` when there is no such example
   */
  remove(index: number): void {
    if (!(index >= 0 && index < this.size && Number.isInteger(index)))
      throw new AppError('shape_mismatch', { detail: `There is no example ${index} among ${this.size}.` });
    if (this.size === 1) this.#factor = null;
    this.#change((factor) => this.#form.remove(this.#table, factor, index));
    this.#table.features.splice(index, 1);
    this.#table.labels.splice(index, 1);
    this.#bursts.splice(index, 1);
  }

  /**
   * The regression in doubles, for the classes that have examples: f = zᵀ kernel + bias.
   * @returns kernel [d,k], row-major, and bias [k]
   * @throws AppError `head_not_ready` below two classes with examples
   */
  coefficients(): { readonly labels: string[]; readonly kernel: Float64Array; readonly bias: Float64Array } {
    const present = this.#present();
    const factor = this.#ready();
    const { kernel, bias } = this.#form.coefficients(this.#table, factor, this.#solved(factor));
    const { dim } = this.#table;
    const k = present.length;
    const flat = new Float64Array(dim * k);
    present.forEach((c, column) => {
      const row = rowOf(kernel, c);
      for (let j = 0; j < dim; j++) flat[j * k + column] = row[j] ?? 0;
    });
    return {
      labels: this.#labels(present),
      kernel: flat,
      bias: Float64Array.from(present, (c) => bias[c] ?? 0),
    };
  }

  /**
   * Exact predictions for each example by the model without it, or without its burst (`groupExamples`).
   * @throws AppError `head_not_ready` below two classes with examples
   */
  heldOut(): HeldOut {
    const present = this.#present();
    const { labels } = this.#table;
    const counts = countClasses(labels, this.#classes.length);
    const { groups, heldOut: method } = groupExamples(labels, this.#bursts, counts);
    const factor = this.#ready();
    const column = new Map(present.map((c, at) => [c, at]));
    const found: { readonly example: number; readonly logits: Float64Array }[] = [];
    leaveOut(this.#table, this.#form, factor, this.#solved(factor), groups, (example, residuals) => {
      const scale = rootWeight(this.#table, example);
      const label = labels[example];
      found.push({
        example,
        logits: Float64Array.from(present, (c) => (c === label ? 1 : 0) - (residuals[c] ?? 0) / scale),
      });
    });
    found.sort((a, b) => a.example - b.example);
    const logits = new Float64Array(found.length * present.length);
    found.forEach((row, i) => {
      logits.set(row.logits, i * present.length);
    });
    const examples = found.map(({ example }) => example);
    return { method, examples, labels: examples.map((i) => column.get(labels[i] ?? -1) ?? -1), logits };
  }

  /**
   * The head of the present examples, calibrated on `heldOut`, with its report.
   * @throws AppError `head_not_ready` below two classes with examples
   */
  train(): TrainedHead {
    const { labels, kernel, bias } = this.coefficients();
    const { frame, features, dim } = this.#table;
    const counts = this.counts;
    const heldOut = this.heldOut();
    return finishHead(
      {
        kind: 'ridge',
        labels,
        standardize: frame.standardize,
        layers: [{ kernel: Float32Array.from(kernel), bias: Float32Array.from(bias), activation: 'linear' }],
      },
      heldOut,
      {
        counts: labels.map((label) => counts.get(label) ?? 0),
        features: heldOut.examples.map((i) => features[i] ?? new Float32Array(dim)),
        lambda: frame.penalty / (this.size * dim),
      },
    );
  }

  #change(step: (factor: Matrix) => Matrix | null): void {
    this.#changes++;
    if (this.#changes >= REFRESH_AFTER) this.#factor = null;
    if (this.#factor !== null) this.#factor = step(this.#factor);
  }

  #ready(): Matrix {
    if (this.#factor === null) {
      this.#form = formOf(this.#table);
      this.#factor = penalise(this.#table, this.#form, this.#form.gram(this.#table), this.frame.penalty);
      this.#table.algebra.factorize(this.#factor, this.#form.size(this.#table));
      this.#changes = 0;
    }
    return this.#factor;
  }

  #solved(factor: Matrix): Matrix {
    const targets = this.#form.targets(this.#table, this.#classes.length);
    this.#table.algebra.solveRows(targets, factor, this.#form.size(this.#table));
    return targets;
  }

  #present(): number[] {
    const counts = countClasses(this.#table.labels, this.#classes.length);
    checkReady(this.#classes, counts);
    return counts.flatMap((count, c) => (count > 0 ? [c] : []));
  }

  #labels(present: readonly number[]): string[] {
    return present.map((c) => this.#classes[c] ?? '');
  }
}

function formOf({ dim, labels }: RidgeTable): RidgeForm {
  return labels.length <= dim ? dual : primal;
}
