// The golden check of the ridge head, the same for every platform: examples made from a seed, fitted, changed and
// judged. Imports nothing of any platform; the file with the expected figures is the caller's.
import * as v from 'valibot';
import { type Algebra, PLAIN_ALGEBRA } from '../../src/head/algebra.ts';
import type { Examples } from '../../src/head/examples.ts';
import { applyHead } from '../../src/head/head.ts';
import { randomFrom } from '../../src/head/random.ts';
import { fitRidge } from '../../src/head/ridge.ts';

const Figures = v.object({
  /** Chosen penalty. */
  penalty: v.number(),
  /** SHA-256 of doubles that arithmetic and square roots alone have made: the same on every platform, to the last bit. */
  digests: v.record(v.string(), v.string()),
  /** What `Math.exp` and `Math.log`, whose last bit is the engine's own, have a part in. */
  numbers: v.object({
    temperature: v.number(),
    rejectAbove: v.number(),
    probabilities: v.array(v.number()),
    rejection: v.array(v.number()),
  }),
});
export type HeadFigures = v.InferOutput<typeof Figures>;

/** Fewer examples than features, and more: both forms of the regression. */
const CASES = {
  dual: { n: 45, d: 70, seed: 1 },
  primal: { n: 90, d: 21, seed: 2 },
} as const;

const Golden = v.record(v.string(), Figures);

/**
 * Makes every figure and compares it with the expected one.
 * @param golden the parsed content of tests/golden/head/expected.json
 * @param algebra what computes the cubic steps
 * @returns what differs, in words; nothing where all is well
 */
export async function checkHeadGolden(
  golden: unknown,
  algebra: Algebra = PLAIN_ALGEBRA,
): Promise<readonly string[]> {
  const expected = v.parse(Golden, golden);
  const wrong: string[] = [];
  for (const [name, found] of Object.entries(await headFigures(algebra))) {
    const wanted = expected[name];
    if (wanted === undefined) throw new Error(`The golden file knows no ${name} head.`);
    if (found.penalty !== wanted.penalty) wrong.push(`${name}: penalty ${found.penalty}`);
    for (const [what, digest] of Object.entries(found.digests))
      if (digest !== wanted.digests[what]) wrong.push(`${name}: ${what} differ`);
    const numbers = flatten(wanted.numbers);
    flatten(found.numbers).forEach((value, i) => {
      const distance = Math.abs(value - (numbers[i] ?? Number.NaN));
      if (!(distance <= 1e-12 * Math.max(1, Math.abs(value)))) wrong.push(`${name}: number ${i} is ${value}`);
    });
  }
  return wrong;
}

/** Fits, adds, removes, holds out and applies; the same figures on every platform. */
export async function headFigures(algebra: Algebra = PLAIN_ALGEBRA): Promise<Record<string, HeadFigures>> {
  const cases = Object.entries(CASES).map(async ([name, { n, d, seed }]) => {
    const examples = madeExamples(seed, n, d);
    const model = fitRidge(examples, { algebra });
    const { kernel, bias } = model.coefficients();
    const heldOut = model.heldOut();
    const { head } = model.train();
    const output = applyHead(head, examples.features.subarray(0, 5 * d), 5);
    for (let i = 0; i < 20; i++) {
      model.remove((i * 7) % model.size);
      model.add(examples.features.subarray(i * d, (i + 1) * d), i % 2 === 0 ? 'class 0' : 'late');
    }
    const changed = model.coefficients();
    const figures = {
      penalty: model.frame.penalty,
      digests: {
        coefficients: await sha256([kernel, bias]),
        heldOut: await sha256([heldOut.logits]),
        logits: await sha256([output.logits]),
        changed: await sha256([changed.kernel, changed.bias]),
      },
      numbers: {
        temperature: head.calibration.temperature,
        rejectAbove: head.calibration.rejectAbove ?? Number.NaN,
        probabilities: [...output.probabilities],
        rejection: [...output.rejection],
      },
    };
    return [name, figures] as const;
  });
  return Object.fromEntries(await Promise.all(cases));
}

/** Four unequal classes in bursts of three, features at least 0 as after a relu. */
function madeExamples(seed: number, n: number, d: number): Examples {
  const rng = randomFrom(seed);
  const centres = Float64Array.from({ length: 4 * d }, rng);
  const labels = Array.from({ length: n }, (_, i) => (i % 9 < 4 ? 0 : i % 3));
  const features = new Float32Array(n * d);
  labels.forEach((label, i) => {
    for (let j = 0; j < d; j++)
      features[i * d + j] = Math.max(0, (centres[label * d + j] ?? 0) + 2 * rng() - 1);
  });
  return {
    features,
    classes: ['class 0', 'class 1', 'class 2'],
    labels,
    bursts: labels.map((label, i) => `${label}/${Math.floor(i / 9)}`),
  };
}

function flatten({ temperature, rejectAbove, probabilities, rejection }: HeadFigures['numbers']): number[] {
  return [temperature, rejectAbove, ...probabilities, ...rejection];
}

/** SHA-256 of the doubles' bytes, in hex. */
async function sha256(arrays: readonly Float64Array[]): Promise<string> {
  const doubles = Float64Array.from(arrays.flatMap((array) => [...array]));
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', doubles));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
