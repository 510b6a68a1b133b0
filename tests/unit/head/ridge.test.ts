import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Examples, pickExamples } from '../../../src/head/examples.ts';
import { applyHead } from '../../../src/head/head.ts';
import { randomFrom } from '../../../src/head/random.ts';
import { fitRidge, type RidgeModel, trainRidge } from '../../../src/head/ridge.ts';
import { finishTraining } from '../../../src/head/trainer.ts';
import { bruteForceRidge, randomExamples, refusal } from './support.ts';

/** Fewer examples than features, and more: both forms of the system. */
const shapes = [
  ['dual form, n < d', { n: 23, d: 37, k: 4 }],
  ['primal form, n > d', { n: 61, d: 9, k: 4 }],
] as const;

function rowsOf({ features, labels }: Examples): Float32Array[] {
  const d = features.length / labels.length;
  return Array.from(labels, (_, i) => features.subarray(i * d, (i + 1) * d));
}

/** Largest difference between a model's coefficients and a brute-force fit, measured on the given rows' predictions. */
function difference(model: RidgeModel, rows: readonly Float32Array[], labels: readonly number[]): number {
  const k = model.counts.size;
  const predict = bruteForceRidge(rows, labels, k, model.frame);
  const { kernel, bias, labels: names } = model.coefficients();
  const { mean, deviation } = model.frame.standardize;
  const classes = [...model.counts.keys()];
  return rows.reduce((worst, row) => {
    const expected = predict(row);
    return names.reduce((most, name, column) => {
      const f = row.reduce(
        (sum, x, j) =>
          sum + ((x - (mean[j] ?? 0)) / (deviation[j] ?? 1)) * (kernel[j * names.length + column] ?? 0),
        bias[column] ?? 0,
      );
      return Math.max(most, Math.abs(f - (expected[classes.indexOf(name)] ?? 0)));
    }, worst);
  }, 0);
}

describe('fitRidge', () => {
  it('solves a worked example', () => {
    // One feature, z = -1 and 1, one example of each class. Slope for class b: sum(z (y - 1/2)) / (sum(z²) + p).
    const standardize = { mean: Float32Array.of(0), deviation: Float32Array.of(1) };
    const model = fitRidge(
      { features: Float32Array.of(-1, 1), classes: ['a', 'b'], labels: [0, 1] },
      { frame: { standardize, classWeights: [1, 1], penalty: 2 } },
    );
    const { kernel, bias } = model.coefficients();
    expect(kernel[1]).toBeCloseTo(1 / (2 + 2), 14);
    expect(kernel[0]).toBeCloseTo(-1 / (2 + 2), 14);
    for (const b of bias) expect(b).toBeCloseTo(0.5, 14);
  });

  it.each(shapes)('agrees with brute force: %s', (_, shape) => {
    for (let seed = 0; seed < 5; seed++) {
      const examples = randomExamples(seed, shape);
      const model = fitRidge(examples);
      expect(difference(model, rowsOf(examples), Array.from(examples.labels))).toBeLessThan(1e-10);
    }
  });

  it('weighs classes equally: a class of many does not drown a class of few', () => {
    const { frame } = fitRidge({
      features: Float32Array.of(0, 1, 2, 3),
      classes: ['many', 'none', 'one'],
      labels: [0, 0, 0, 2],
    });
    expect(frame.classWeights).toEqual([4 / (2 * 3), 1, 4 / (2 * 1)]);
  });

  it('chooses a large penalty for noise and a small one for clean classes', () => {
    const clean = randomExamples(3, { n: 60, d: 30, k: 3 });
    const rng = randomFrom(4);
    const noise = { ...clean, features: clean.features.map(() => rng()) };
    expect(fitRidge(noise).frame.penalty).toBeGreaterThan(fitRidge(clean).frame.penalty);
  });

  it('fits features that never vary', () => {
    const examples = { features: new Float32Array(12).fill(3), classes: ['a', 'b'], labels: [0, 0, 1, 1] };
    const { kernel, bias } = fitRidge(examples).coefficients();
    expect([...kernel]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(bias[0]).toBeCloseTo(0.5, 14);
  });

  it.each([
    ['no examples', { features: new Float32Array(0), classes: ['a', 'b'], labels: [] }, 'head_not_ready'],
    ['one class', { features: Float32Array.of(1, 2), classes: ['a', 'b'], labels: [1, 1] }, 'head_not_ready'],
    [
      'NaN',
      { features: Float32Array.of(1, Number.NaN), classes: ['a', 'b'], labels: [0, 1] },
      'features_invalid',
    ],
    [
      'a ragged list of features',
      { features: new Float32Array(5), classes: ['a', 'b'], labels: [0, 1] },
      'features_invalid',
    ],
    [
      'a label that is no class',
      { features: Float32Array.of(1, 2, 3), classes: ['a', 'b'], labels: [0, 1, 2] },
      'shape_mismatch',
    ],
    [
      'two classes of one name',
      { features: Float32Array.of(1, 2), classes: ['a', 'a'], labels: [0, 1] },
      'shape_mismatch',
    ],
    [
      'bursts of another number',
      { features: Float32Array.of(1, 2), classes: ['a', 'b'], labels: [0, 1], bursts: [null] },
      'shape_mismatch',
    ],
  ] as const)('refuses %s', (_, examples, code) => {
    expect(refusal(() => fitRidge(examples))).toBe(code);
  });

  it('says which class is alone', () => {
    expect(() => fitRidge({ features: Float32Array.of(1), classes: ['cup'], labels: [0] })).toThrow(
      'Only "cup" has examples',
    );
  });

  it('refuses a frame of another dimension', () => {
    const { frame } = fitRidge(randomExamples(1, { n: 6, d: 3, k: 2 }));
    const other = randomExamples(1, { n: 6, d: 4, k: 2 });
    expect(refusal(() => fitRidge(other, { frame }))).toBe('shape_mismatch');
  });
});

describe('RidgeModel', () => {
  it.each(shapes)('adds and removes at random as a fit from scratch would: %s', (_, shape) => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const rng = randomFrom(seed);
        const start = randomExamples(seed, shape);
        const model = fitRidge(start);
        const rows = rowsOf(start);
        const labels = Array.from(start.labels);
        for (let step = 0; step < 60; step++) {
          if (rng() < 0.5 && rows.length > 4) {
            const index = Math.floor(rng() * rows.length);
            model.remove(index);
            rows.splice(index, 1);
            labels.splice(index, 1);
          } else {
            const row = Float32Array.from({ length: shape.d }, () => rng() * 6 - 3);
            const label = Math.floor(rng() * (shape.k + 1));
            const position = [...model.counts.keys()].indexOf(`class ${label}`);
            model.add(row, `class ${label}`);
            rows.push(row);
            labels.push(position < 0 ? model.counts.size - 1 : position);
          }
        }
        expect(model.size).toBe(rows.length);
        if (new Set(labels).size >= 2) expect(difference(model, rows, labels)).toBeLessThan(1e-9);
      }),
      { numRuns: 10 },
    );
  });

  it('stays exact over thousands of changes, through both forms', () => {
    const rng = randomFrom(77);
    const start = randomExamples(77, { n: 12, d: 16, k: 3 });
    const model = fitRidge(start);
    const rows = rowsOf(start);
    const labels = Array.from(start.labels);
    for (let step = 0; step < 3000; step++) {
      if (rows.length > 26 || (rows.length > 8 && rng() < 0.5)) {
        const index = Math.floor(rng() * rows.length);
        model.remove(index);
        rows.splice(index, 1);
        labels.splice(index, 1);
      } else {
        const label = Math.floor(rng() * 3);
        const row = Float32Array.from({ length: 16 }, () => rng() * 9 + label);
        model.add(row, `class ${label}`);
        rows.push(row);
        labels.push(label);
      }
      if (step % 500 === 0) model.coefficients();
    }
    expect(difference(model, rows, labels)).toBeLessThan(1e-9);
  });

  it.each(shapes)('equals the fit of all but one, then added: %s', (_, shape) => {
    const examples = randomExamples(9, shape);
    const whole = fitRidge(examples);
    const indices = Array.from({ length: shape.n - 1 }, (_, i) => i);
    const model = fitRidge(pickExamples(examples, indices), { frame: whole.frame });
    const last = rowsOf(examples).at(-1) ?? new Float32Array(0);
    model.add(last, examples.classes[examples.labels[shape.n - 1] ?? 0] ?? '');
    const a = whole.coefficients();
    const b = model.coefficients();
    a.kernel.forEach((value, i) => {
      expect(b.kernel[i]).toBeCloseTo(value, 11);
    });
    a.bias.forEach((value, c) => {
      expect(b.bias[c]).toBeCloseTo(value, 11);
    });
  });

  it.each(shapes)('forgets an outlier that dwarfed everything: %s', (_, shape) => {
    const examples = randomExamples(8, shape);
    const model = fitRidge(examples);
    model.add(new Float32Array(shape.d).fill(1e7), 'class 0');
    model.remove(shape.n);
    expect(difference(model, rowsOf(examples), Array.from(examples.labels))).toBeLessThan(1e-10);
  });

  it('takes in a new class and lets an emptied one go', () => {
    const model = fitRidge(randomExamples(2, { n: 8, d: 3, k: 2 }));
    model.add(Float32Array.of(9, 9, 9), 'new');
    expect(model.coefficients().labels).toEqual(['class 0', 'class 1', 'new']);
    model.remove(8);
    expect(model.coefficients().labels).toEqual(['class 0', 'class 1']);
    expect(model.counts.get('new')).toBe(0);
  });

  it('waits for examples when emptied, and starts again', () => {
    const examples = randomExamples(3, { n: 4, d: 3, k: 2 });
    const model = fitRidge(examples);
    while (model.size > 0) model.remove(0);
    expect(refusal(() => model.coefficients())).toBe('head_not_ready');
    rowsOf(examples).forEach((row, i) => {
      model.add(row, `class ${examples.labels[i]}`);
      if (i === 0) expect(refusal(() => model.train())).toBe('head_not_ready');
    });
    expect(difference(model, rowsOf(examples), Array.from(examples.labels))).toBeLessThan(1e-12);
  });

  it('keeps its numbers when the caller reuses the buffer of an added example', () => {
    const model = fitRidge(randomExamples(4, { n: 6, d: 3, k: 2 }));
    const buffer = Float32Array.of(1, 2, 3);
    model.add(buffer, 'class 0');
    const before = model.heldOut().logits;
    buffer.fill(1000);
    expect(model.heldOut().logits).toEqual(before);
  });

  it('refuses examples that are not there, of another dimension, or not finite', () => {
    const model = fitRidge(randomExamples(5, { n: 6, d: 3, k: 2 }));
    expect(refusal(() => model.remove(6))).toBe('shape_mismatch');
    expect(refusal(() => model.remove(0.5))).toBe('shape_mismatch');
    expect(refusal(() => model.add(Float32Array.of(1), 'a'))).toBe('features_invalid');
    expect(refusal(() => model.add(Float32Array.of(1, Number.NaN, 0), 'a'))).toBe('features_invalid');
    expect(model.size).toBe(6);
  });
});

describe('RidgeModel.heldOut', () => {
  /** Each held-out row against a fit from scratch without its group, with the same frame. */
  function checkAgainstRefits(examples: Examples, groupOf: (i: number) => readonly number[]) {
    const model = fitRidge(examples);
    const { logits, examples: indices, labels } = model.heldOut();
    const rows = rowsOf(examples);
    const k = model.coefficients().labels.length;
    indices.forEach((i, row) => {
      const rest = rows.map((_, j) => j).filter((j) => !groupOf(i).includes(j));
      const predict = bruteForceRidge(
        rest.map((j) => rows[j] ?? new Float32Array(0)),
        rest.map((j) => examples.labels[j] ?? -1),
        k,
        model.frame,
      );
      expect(labels[row]).toBe(examples.labels[i]);
      predict(rows[i] ?? new Float32Array(0)).forEach((f, c) => {
        expect(logits[row * k + c]).toBeCloseTo(f, 9);
      });
    });
    return { model, indices };
  }

  it.each(shapes)('is what a fit without the example says: %s', (_, shape) => {
    const examples = randomExamples(11, shape);
    const { model, indices } = checkAgainstRefits(examples, (i) => [i]);
    expect(model.heldOut().method).toBe('example');
    const lonely = [...model.counts.values()].filter((count) => count === 1).length;
    expect(indices).toHaveLength(shape.n - lonely);
  });

  it.each(shapes)('is what a fit without the burst says: %s', (_, shape) => {
    const examples = randomExamples(12, { ...shape, burstLength: 9 });
    const { bursts } = examples;
    const { model } = checkAgainstRefits(examples, (i) =>
      bursts?.[i] === null ? [i] : (bursts ?? []).flatMap((burst, j) => (burst === bursts?.[i] ? [j] : [])),
    );
    expect(model.heldOut().method).toBe('burst');
  });

  it('takes a burst apart that holds all that a class has, and skips a lonely example', () => {
    const examples = {
      features: Float32Array.from({ length: 14 }, (_, i) => Math.sin(i * i)),
      classes: ['a', 'b', 'c'],
      labels: [0, 0, 0, 1, 1, 1, 2],
      bursts: ['one', 'one', 'one', 'two', 'two', null, null],
    };
    const { model, indices } = checkAgainstRefits(examples, (i) => (i === 3 || i === 4 ? [3, 4] : [i]));
    expect(indices).toEqual([0, 1, 2, 3, 4, 5]);
    expect(model.heldOut().method).toBe('example');
  });

  it('has nothing to say when each class has one example', () => {
    const { head, report, heldOut } = fitRidge(randomExamples(1, { n: 3, d: 4, k: 3 })).train();
    expect(heldOut.examples).toEqual([]);
    expect(report).toMatchObject({ heldOut: 'none', accuracy: null, examples: [1, 1, 1] });
    expect(head.calibration.rejectAbove).toBeNull();
  });
});

describe('trainRidge', () => {
  it('gives a head that says what the model says', async () => {
    const examples = randomExamples(21, { n: 40, d: 12, k: 3 });
    const steps: unknown[] = [];
    const { head, report } = await finishTraining(trainRidge(examples), (step) => steps.push(step));
    const { kernel, bias } = fitRidge(examples).coefficients();
    expect(steps).toHaveLength(1);
    expect(head.layers).toEqual([
      { kernel: Float32Array.from(kernel), bias: Float32Array.from(bias), activation: 'linear' },
    ]);
    const { probabilities } = applyHead(head, examples.features, 40);
    const right = Array.from(examples.labels).filter((label, i) => (probabilities[i * 3 + label] ?? 0) > 0.5);
    expect(right.length).toBeGreaterThan(35);
    expect(report.examples.reduce((a, b) => a + b)).toBe(40);
    expect(report.accuracy?.n).toBe(40);
    expect(report.lambda).toBeGreaterThan(0);
  });

  it('sets a rejection that lets examples pass and not what is far from all', () => {
    const examples = randomExamples(22, { n: 100, d: 12, k: 3 });
    const { head } = fitRidge(examples).train();
    const { rejection } = applyHead(head, examples.features, 100);
    const passed = rejection.filter((score) => score <= (head.calibration.rejectAbove ?? Number.NaN));
    expect(passed.length).toBeGreaterThanOrEqual(95);
    const far = applyHead(head, new Float32Array(12).fill(1000), 1);
    expect(far.rejection[0]).toBeGreaterThan(head.calibration.rejectAbove ?? Number.POSITIVE_INFINITY);
  });
});
