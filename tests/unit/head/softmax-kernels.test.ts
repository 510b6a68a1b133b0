// Gradient descent by kernels of our own, both builds, held against arithmetic in doubles and against tfjs.
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { DescentExample, DescentOptions, StartDescent } from '../../../src/head/descent.ts';
import type { DenseLayer } from '../../../src/head/head.ts';
import { randomFrom } from '../../../src/head/random.ts';
import { TrainingDiverged, trainSoftmax } from '../../../src/head/softmax.ts';
import { startDescent } from '../../../src/head/softmax-descent.ts';
import { type SoftmaxOptions, TEACHABLE_MACHINE } from '../../../src/head/softmax-options.ts';
import { wasmDescent } from '../../../src/head/softmax-wasm.ts';
import { finishTraining, type TrainingProgress } from '../../../src/head/trainer.ts';
import { chooseBuild } from '../../../src/kernels/build.ts';
import { difference, moduleOf, values } from '../../support/kernels.ts';
import { plainLoss, randomExamples } from './support.ts';

beforeAll(async () => {
  await tf.setBackend('cpu');
});

/** Whose step is the gradient. */
const SGD = { kind: 'sgd', learningRate: 1 } as const;

interface Case {
  readonly widths: readonly number[];
  readonly batches: readonly (readonly DescentExample[])[];
  readonly options: Omit<DescentOptions, 'rng'>;
}

/** Any shapes: none a multiple of anything, batches that shrink and grow, heavy and weightless examples. */
const cases: fc.Arbitrary<Case> = fc
  .record({
    d: fc.integer({ min: 1, max: 70 }),
    hidden: fc.array(fc.integer({ min: 1, max: 21 }), { maxLength: 1 }),
    k: fc.integer({ min: 2, max: 19 }),
    sizes: fc.array(fc.integer({ min: 1, max: 21 }), { minLength: 1, maxLength: 5 }),
    l2: fc.constantFrom(0, 0.01),
    kind: fc.constantFrom('adam' as const, 'sgd' as const),
    seed: fc.nat(1000),
  })
  .map(({ d, hidden, k, sizes, l2, kind, seed }) => ({
    widths: [d, ...hidden, k],
    batches: sizes.map((size, s) => batchOf({ size, d, k, seed: seed + s })),
    options: { kind, learningRate: 0.01, l2 },
  }));

function batchOf({ size, d, k, seed }: { size: number; d: number; k: number; seed: number }) {
  const rng = randomFrom(seed);
  return Array.from({ length: size }, (_, i) => ({
    input: values(d, seed + 31 * i + 1),
    label: Math.floor(rng() * k),
    weight: Math.floor(rng() * 4) / 2,
  }));
}

/** Adam divides a gradient by its own size: where all but rounding cancels, it magnifies the rounding. */
const boundOf = ({ options: { kind } }: Case) => (kind === 'adam' ? 2e-3 : 1e-5);

async function run(start: StartDescent, { widths, batches, options }: Case) {
  const descent = start(widths, { ...options, rng: randomFrom(5) });
  try {
    for (const batch of batches) descent.step(batch);
    const { loss, right, layers } = await descent.read();
    const logits = await descent.logits(batches.flat().map(({ input }) => input));
    return { loss, right, parameters: joined(parametersOf(layers)), logits };
  } finally {
    descent.dispose();
  }
}

function joined(parts: readonly Float32Array[]): Float32Array {
  return Float32Array.from(parts.flatMap((part) => [...part]));
}

function parametersOf(layers: readonly DenseLayer[]): Float32Array[] {
  return layers.flatMap(({ kernel, bias }) => [kernel, bias]);
}

describe.each(['simd', 'relaxed'] as const)('wasmDescent on the %s build', (build) => {
  const known = build === 'simd' || chooseBuild() === 'relaxed';
  const start: StartDescent = (...args) => wasmDescent(moduleOf('descent', build))(...args);

  it.runIf(known)(
    'has the loss of the definition, and gradients that finite differences confirm',
    async () => {
      for (const widths of [
        [5, 3],
        [7, 6, 3],
        [4, 9, 10],
      ])
        for (const l2 of [0, 0.02]) {
          const batch = batchOf({ size: 6, d: widths[0] ?? 0, k: widths.at(-1) ?? 0, seed: 9 });
          const descent = start(widths, { ...SGD, l2, rng: randomFrom(3) });
          const before = parametersOf((await descent.read()).layers);
          descent.step(batch);
          const { loss, right, layers } = await descent.read();
          const after = parametersOf(layers);
          expect(loss / batch.length).toBeCloseTo(plainLoss(batch, before, l2), 5);
          const logits = await start(widths, { ...SGD, l2, rng: randomFrom(3) }).logits(
            batch.map(({ input }) => input),
          );
          const k = widths.at(-1) ?? 0;
          const best = batch.map((_, i) => {
            const row = logits.slice(k * i, k * (i + 1));
            return row.indexOf(Math.max(...row));
          });
          expect(right).toBe(batch.filter(({ label }, i) => label === best[i]).length);
          before.forEach((parameter, p) => {
            parameter.forEach((value, at) => {
              const moved = (by: number) =>
                plainLoss(
                  batch,
                  before.map((other, q) =>
                    Float64Array.from(other, (v, i) => (q === p && i === at ? v + by : v)),
                  ),
                  l2,
                );
              const gradient = (moved(1e-5) - moved(-1e-5)) / 2e-5;
              expect(value - (after[p]?.[at] ?? Number.NaN)).toBeCloseTo(gradient, 5);
            });
          });
        }
    },
  );

  it.runIf(known)('takes the steps that tfjs takes, for any shapes, batches and weights', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const [ours, theirs] = [await run(start, one), await run(startDescent, one)];
        const bound = boundOf(one);
        expect(Math.abs(ours.loss - theirs.loss)).toBeLessThan(1e-5 * Math.max(1, theirs.loss));
        expect(difference(ours.logits, theirs.logits)).toBeLessThan(bound);
        expect(ours.parameters.length).toBe(theirs.parameters.length);
        expect(difference(ours.parameters, theirs.parameters)).toBeLessThan(bound);
      }),
      { numRuns: 100 },
    );
  });

  it.runIf(known)('is the same to the bit every time', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        expect(await run(start, one)).toEqual(await run(start, one));
      }),
      { numRuns: 20 },
    );
  });

  it.runIf(known)('makes of an input the same logits whatever others are asked about', async () => {
    const descent = start([13, 5, 3], { kind: 'adam', learningRate: 0.01, l2: 0, rng: randomFrom(1) });
    const batch = batchOf({ size: 50, d: 13, k: 3, seed: 2 });
    descent.step(batch.slice(0, 4));
    const inputs = batch.map(({ input }) => input);
    const all = await descent.logits(inputs);
    for (const [i, input] of inputs.entries())
      expect(await descent.logits([input])).toEqual(all.slice(3 * i, 3 * i + 3));
    expect(await descent.logits([])).toEqual(new Float32Array());
  });

  it.runIf(known)('trains the head that tfjs trains', async () => {
    const examples = randomExamples(12, { n: 90, d: 33, k: 4 });
    for (const options of [
      TEACHABLE_MACHINE,
      { hidden: 0, l2: 1e-3, optimizer: 'sgd', learningRate: 0.05 },
    ] satisfies SoftmaxOptions[]) {
      const steps: TrainingProgress[] = [];
      const ours = await finishTraining(trainSoftmax(examples, { ...options, start, epochs: 8 }), (step) => {
        steps.push(step);
      });
      const others: TrainingProgress[] = [];
      const theirs = await finishTraining(
        trainSoftmax(examples, { ...options, start: startDescent, epochs: 8 }),
        (step) => {
          others.push(step);
        },
      );
      expect(steps.length).toBe(8);
      steps.forEach((step, i) => {
        expect(step.loss).toBeCloseTo(others[i]?.loss ?? Number.NaN, 4);
        expect(step.accuracy).toBe(others[i]?.accuracy);
        expect(step.validationLoss).toBeCloseTo(others[i]?.validationLoss ?? Number.NaN, 4);
      });
      expect(steps.at(-1)?.loss).toBeLessThan(0.7 * (steps[0]?.loss ?? 0));
      parametersOf(ours.head.layers).forEach((parameter, p) => {
        expect(difference(parameter, parametersOf(theirs.head.layers)[p] ?? new Float32Array())).toBeLessThan(
          1e-3,
        );
      });
    }
  });

  it.runIf(known)('stops at a loss that is not a number and keeps the last good head', async () => {
    const examples = randomExamples(31, { n: 60, d: 6, k: 3 });
    const wild = { optimizer: 'sgd', learningRate: 1e25, hidden: 4, batchSize: 64, start } as const;
    const failed = finishTraining(trainSoftmax(examples, wild)).catch((error: unknown) => error);
    const error = await failed;
    expect(error).toBeInstanceOf(TrainingDiverged);
    if (!(error instanceof TrainingDiverged)) return;
    expect(error.lastGood?.head.layers.every(({ kernel }) => kernel.every(Number.isFinite))).toBe(true);
  });
});

describe('the builds of wasmDescent', () => {
  it.runIf(chooseBuild() === 'relaxed')('differ by rounding alone', async () => {
    const start = (build: string): StartDescent => wasmDescent(moduleOf('descent', build));
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const [plain, relaxed] = [await run(start('simd'), one), await run(start('relaxed'), one)];
        expect(difference(relaxed.logits, plain.logits)).toBeLessThan(boundOf(one));
      }),
      { numRuns: 100 },
    );
  });
});
