// What more examples would probably bring: the error at smaller sizes, and the curve through it carried on. One Gram
// matrix serves every fit. No clock, and no randomness but what is handed in.
import { PLAIN_ALGEBRA } from './algebra.ts';
import { argMax, wilson } from './evaluate.ts';
import { balancedWeights, checkExamples, countClasses, type Examples, pickExamples } from './examples.ts';
import { createMatrix, dot, type Matrix, rowOf } from './matrix.ts';
import type { RidgeOptions } from './ridge.ts';
import { dual, weighExamples } from './ridge-forms.ts';
import { type RidgeTable, rootWeight } from './ridge-table.ts';
import { splitExamples } from './split.ts';
import { fitStandardization } from './standardize.ts';

/** Shares of the examples that are trained on; the others are judged by. */
const SHARES = [0.35, 0.5, 0.65, 0.8, 0.9];
const REPEATS = 5;
/** Photos of which no two are of one burst, of the class that has the fewest. */
const LEAST_TAKES = 3;
/** Most examples looked at, and most products in their Gram matrix (n² d): some 40 ms on a laptop. */
const MOST_EXAMPLES = 150;
const MOST_PRODUCTS = 2.4e7;
/** Per feature, when no frame is given: the middle of the penalties that a fit chooses from. */
const PENALTY = 0.3;
/** What is known of b before the first example, on the committed images: a normal distribution. */
const USUAL_SLOPE = { mean: 0.4, deviation: 0.2 };
const STEEPEST = 1.2;
/** Normal quantile of a two-sided 90 per cent interval. */
const Z90 = 1.6448536269514722;
/** An interval wider than this says nothing. */
const WIDEST = 0.3;

/** Held-out predictions of heads trained on `size` examples. */
interface Trial {
  readonly size: number;
  readonly tested: number;
  readonly wrong: number;
}

/**
 * Held-out accuracy to expect with `more` further examples of each class that has some, taken as those before were: an
 * interval meant to hold 90 per cent of the time. Ridge heads are fitted on random parts of the examples, bursts whole,
 * and judged by the others; error = a N^-b is fitted to their mistakes, with b near what it usually is, since few
 * mistakes say little of it. The interval is Wilson's, of as many trials as there are bursts (photos of one burst are
 * nearly one photo), made wider by what is not known of b. docs/decisions.md has how often it holds.
 * @param options.frame of the full fit; without it, one with a usual penalty
 * @returns shares in [0,1]; null when there are too few examples to say
 * @throws AppError as `checkExamples`
 * @see Hestness et al., Deep learning scaling is predictable, empirically (2017), arXiv 1712.00409
 */
export function outlook(
  examples: Examples,
  more: number,
  rng: () => number,
  options: RidgeOptions = {},
): { readonly low: number; readonly high: number } | null {
  const { n, d, counts } = checkExamples(examples);
  const limit = Math.min(MOST_EXAMPLES, Math.floor(Math.sqrt(MOST_PRODUCTS / d)));
  const seen = n <= limit ? examples : someOf(examples, limit / n, rng);
  const takes = countTakes(seen);
  if (takes.some((count, c) => (counts[c] ?? 0) > 0 && count < LEAST_TAKES)) return null;
  const trials = runTrials(tableOf(seen, d, options), seen, rng);
  const classes = counts.filter((count) => count > 0).length;
  const growth = (n + more * classes) / seen.labels.length;
  const independent = takes.reduce((a, b) => a + b, 0);
  const { error, slope } = fitCurve(trials, { at: seen.labels.length, independent });
  const expected = error * growth ** -slope;
  const doubt = (USUAL_SLOPE.deviation * Math.log(growth)) ** 2 * (expected / (1 - expected));
  const worth = 1 / (1 / independent + doubt);
  const { low, high } = wilson((1 - expected) * worth, worth, Z90);
  return high - low > WIDEST ? null : { low, high };
}

/**
 * The most probable error = a (N / at)^-b: mistakes are Poisson with the mean tested · error, as if of `independent`
 * trials, and b has its usual distribution. Given b, a is the mistakes made by those expected for a = 1; b is searched.
 */
function fitCurve(
  trials: readonly Trial[],
  { at, independent }: { readonly at: number; readonly independent: number },
): { readonly error: number; readonly slope: number } {
  const wrong = trials.reduce((sum, trial) => sum + trial.wrong, 0);
  const tested = trials.reduce((sum, trial) => sum + trial.tested, 0);
  if (wrong === 0) return { error: 0, slope: USUAL_SLOPE.mean };
  let best = { error: 0, slope: 0, likelihood: Number.NEGATIVE_INFINITY };
  for (let slope = 0; slope <= STEEPEST; slope += 0.05) {
    let mean = 0;
    let logs = 0;
    for (const trial of trials) {
      const factor = (trial.size / at) ** -slope;
      mean += trial.tested * factor;
      logs += trial.wrong * Math.log(factor);
    }
    const error = wrong / mean;
    const usual = (slope - USUAL_SLOPE.mean) / USUAL_SLOPE.deviation;
    const likelihood = ((wrong * Math.log(error) + logs) * independent) / tested - (usual * usual) / 2;
    if (likelihood > best.likelihood) best = { error, slope, likelihood };
  }
  return best;
}

function runTrials(table: RidgeTable, examples: Examples, rng: () => number): readonly Trial[] {
  const gram = dual.gram(table);
  return SHARES.flatMap((share) =>
    Array.from({ length: REPEATS }, (): Trial => {
      const { train, heldOut } = splitExamples(examples, { share: 1 - share, rng });
      const wrong = countWrong(table, gram, train, heldOut, examples.classes.length);
      return { size: train.length, tested: heldOut.length, wrong };
    }),
  );
}

/** Fits on some rows of the table and counts the mistakes on others; all products of rows are in the Gram matrix. */
function countWrong(
  table: RidgeTable,
  gram: Matrix,
  train: readonly number[],
  heldOut: readonly number[],
  k: number,
): number {
  const products = (i: number, to: Float64Array) => {
    train.forEach((j, r) => {
      to[r] = gram.data[Math.max(i, j) * gram.stride + Math.min(i, j)] ?? 0;
    });
  };
  const part: RidgeTable = {
    ...table,
    features: train.map((i) => table.features[i] ?? new Float32Array(table.dim)),
    labels: train.map((i) => table.labels[i] ?? -1),
  };
  const factor = createMatrix(train.length, train.length);
  train.forEach((i, r) => {
    const row = rowOf(factor, r);
    products(i, row);
    row[r] = (row[r] ?? 0) + table.frame.penalty;
  });
  table.algebra.factorize(factor, train.length);
  const weights = dual.targets(part, k);
  table.algebra.solveRows(weights, factor, train.length);
  const bias = weighExamples(factor, weights, train.length).subarray(0, k);
  const row = new Float64Array(factor.stride);
  return heldOut.filter((i) => {
    products(i, row);
    const scale = rootWeight(table, i);
    const logits = bias.map((b, c) => b + dot(row, rowOf(weights, c), train.length) / scale);
    return argMax(logits) !== table.labels[i];
  }).length;
}

/** Part of each class, bursts whole. */
function someOf(examples: Examples, share: number, rng: () => number): Examples {
  return pickExamples(examples, splitExamples(examples, { share: 1 - share, rng }).train);
}

/** Of each class, how many bursts and single examples there are. */
function countTakes({ labels, classes, bursts }: Examples): readonly number[] {
  const takes = classes.map(() => new Set<string | number>());
  for (const [i, label] of Array.from(labels).entries()) takes[label]?.add(bursts?.[i] ?? i);
  return takes.map(({ size }) => size);
}

function tableOf(
  examples: Examples,
  d: number,
  { frame, algebra = PLAIN_ALGEBRA }: RidgeOptions,
): RidgeTable {
  const labels = Array.from(examples.labels);
  const features = labels.map((_, i) => examples.features.subarray(i * d, (i + 1) * d));
  const made = () => ({
    standardize: fitStandardization(features),
    classWeights: balancedWeights(countClasses(labels, examples.classes.length)),
    penalty: PENALTY * d,
  });
  return { frame: frame ?? made(), dim: d, features, labels, algebra };
}
