import { describe, expect, it } from 'vitest';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import { evidenceMap } from '../../../src/head/evidence.ts';
import { applyHead, type DenseLayer, type Head } from '../../../src/head/head.ts';
import { randomFrom } from '../../../src/head/random.ts';
import { poolFeatures, poolingFactor } from '../../../src/trunk/pool.ts';
import { refusal } from './support.ts';

const rng = randomFrom(7);
const floats = (n: number) => Float32Array.from({ length: n }, () => rng() * 4 - 2);

function layer(inputs: number, outputs: number, activation: DenseLayer['activation']): DenseLayer {
  return { kernel: floats(inputs * outputs), bias: floats(outputs), activation };
}

function headOf(layers: readonly DenseLayer[], d: number): Head {
  return {
    kind: 'ridge',
    labels: ['ash', 'birch', 'cedar'],
    standardize: { mean: floats(d), deviation: floats(d).map((x) => Math.abs(x) + 0.1) },
    layers,
    calibration: { temperature: 1, rejectAbove: null },
  };
}

function activationOf(h: number, w: number, c: number): NdArray {
  return { data: floats(h * w * c), shape: [1, h, w, c] };
}

const meanOf = (values: Float32Array) => values.reduce((a, b) => a + b, 0) / values.length;

describe('evidenceMap', () => {
  it('weighs the z-scored channels of each cell by the class', () => {
    const head: Head = {
      ...headOf([], 2),
      labels: ['ash', 'birch'],
      standardize: { mean: Float32Array.of(1, 0), deviation: Float32Array.of(2, 4) },
      layers: [{ kernel: Float32Array.of(3, 0, -1, 0), bias: Float32Array.of(9, 9), activation: 'linear' }],
    };
    const activation = { data: Float32Array.of(5, 8, 1, 0, -1, 4), shape: [1, 1, 3, 2] };
    const { height, width, values } = evidenceMap(head, activation, '1x1', 0);
    expect([height, width]).toEqual([1, 3]);
    expect([...values]).toEqual([3 * 2 - 2, 0, 3 * -1 - 1]);
  });

  it('counts the row and the column that two quarters share in both', () => {
    const head: Head = {
      ...headOf([], 4),
      labels: ['ash', 'birch'],
      standardize: { mean: new Float32Array(4), deviation: new Float32Array(4).fill(1) },
      layers: [
        { kernel: Float32Array.of(1, 0, 1, 0, 1, 0, 1, 0), bias: new Float32Array(2), activation: 'linear' },
      ],
    };
    const ones = { data: new Float32Array(9).fill(1), shape: [1, 3, 3, 1] };
    const once = 9 / 4; // each quarter is a mean of 4 of 9 cells
    expect([...evidenceMap(head, ones, '2x2', 0).values]).toEqual(
      [1, 2, 1, 2, 4, 2, 1, 2, 1].map((times) => times * once),
    );
  });

  it.each([
    ['1x1', 5, 5],
    ['1x1', 4, 6],
    ['2x2', 5, 5],
    ['2x2', 4, 6],
    ['2x2', 1, 1],
  ] as const)('has the logit less its bias as its mean: %s of %d x %d cells', (pooling, h, w) => {
    const d = 3 * poolingFactor(pooling);
    const head = headOf([layer(d, 3, 'linear')], d);
    const activation = activationOf(h, w, 3);
    const { logits } = applyHead(head, poolFeatures(activation, pooling).data, 1);
    for (const c of [0, 1, 2])
      expect(
        meanOf(evidenceMap(head, activation, pooling, c).values) + (head.layers[0]?.bias[c] ?? 0),
      ).toBeCloseTo(logits[c] ?? Number.NaN, 5);
  });

  it('follows the units that relu leaves open, up to the constant of their biases', () => {
    const d = 12;
    const [hidden, last] = [layer(d, 8, 'relu'), layer(8, 3, 'linear')];
    const head = headOf([hidden, last], d);
    const activation = activationOf(5, 4, 3);
    const features = poolFeatures(activation, '2x2').data;
    const units = applyHead({ ...head, labels: [...'abcdefgh'], layers: [hidden] }, features, 1).logits;
    expect(units.some((unit) => unit === 0) && units.some((unit) => unit > 0)).toBe(true);
    const { logits } = applyHead(head, features, 1);
    for (const c of [0, 1, 2]) {
      let constant = last.bias[c] ?? 0;
      units.forEach((unit, u) => {
        if (unit > 0) constant += (hidden.bias[u] ?? 0) * (last.kernel[u * 3 + c] ?? 0);
      });
      const mean = meanOf(evidenceMap(head, activation, '2x2', c).values);
      expect(mean + constant).toBeCloseTo(logits[c] ?? Number.NaN, 5);
    }
  });

  it('refuses several images, a class that there is not, and another pooling', () => {
    const head = headOf([layer(3, 3, 'linear')], 3);
    const activation = activationOf(2, 2, 3);
    const two = { data: floats(24), shape: [2, 2, 2, 3] };
    expect(refusal(() => evidenceMap(head, two, '1x1', 0))).toBe('shape_mismatch');
    expect(refusal(() => evidenceMap(head, activation, '1x1', 3))).toBe('shape_mismatch');
    expect(refusal(() => evidenceMap(head, activation, '2x2', 0))).toBe('features_invalid');
  });
});
