// Sums, rectifiers, shared tensors and Adam on the WASM backend, held against tfjs's plain JavaScript backend.
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import { Updater } from '../../../src/head/fine-tune-graph.ts';
import { chooseBuild } from '../../../src/kernels/build.ts';
import { registerWasmTrainingKernels } from '../../../src/kernels/register.ts';
import { compile, difference, on, size, values } from '../../support/kernels.ts';

describe.each(['simd', 'relaxed'] as const)('the %s build', (build) => {
  const known = build === 'simd' || chooseBuild() === 'relaxed';

  beforeAll(async () => {
    await startBackend();
    if (known) await registerWasmTrainingKernels({ compile, build });
  });

  it.runIf(known)('sums over any axes', async () => {
    const shape = fc.array(fc.integer({ min: 1, max: 70 }), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(shape, fc.nat(15), fc.boolean(), async (long, mask, keepDims) => {
        const dims = long.map((side, i) => (i < 2 ? side : 1 + (side % 9)));
        const axes = dims.map((_, i) => i).filter((i) => (mask >> i) & 1);
        // Whole numbers, whose sums are exact in any order.
        const numbers = values(size(dims), 1).map((value) => Math.round(8 * value));
        const run = () => tf.sum(tf.tensor(numbers, dims), axes, keepDims);
        const shapeOf = () => tf.tensor1d(run().shape, 'int32');
        expect(await on('wasm', shapeOf)).toEqual(await on('cpu', shapeOf));
        expect(difference(await on('wasm', run), await on('cpu', run))).toBe(0);
      }),
      { numRuns: 120 },
    );
  });

  it.runIf(known)('sums whole numbers and truth values as tfjs does', async () => {
    const ints = () => tf.sum(tf.tensor2d([1, 2, 3, 4, 5, 6], [2, 3], 'int32'), 0);
    const bools = () => tf.sum(tf.tensor2d([1, 0, 1, 1, 1, 0], [2, 3], 'bool'), 0);
    expect([...(await on('wasm', ints))]).toEqual([1 + 4, 2 + 5, 3 + 6]);
    expect([...(await on('wasm', bools))]).toEqual([2, 1, 1]);
  });

  it.runIf(known)('keeps the digits of a sum over many rows', async () => {
    const run = () => tf.sum(tf.fill([100_000, 3], 0.1), 0);
    for (const sum of await on('wasm', run)) expect(sum).toBeCloseTo(10_000, 0);
  });

  it.runIf(known)('gives the gradients of relu and relu6, at their corners too', async () => {
    const x = Float32Array.of(-1, -0, 0, 1e-30, 5.999, 6, 6.001, 7, 3);
    const dy = values(x.length, 3);
    for (const rectify of [tf.relu, tf.relu6]) {
      const run = () => tf.grad((t) => tf.mul(rectify(t), tf.tensor1d(dy)))(tf.tensor1d(x));
      expect(difference(await on('wasm', run), await on('cpu', run))).toBe(0);
    }
  });

  it.runIf(known)('gives the gradient of relu6 for any count', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 70 }), async (n) => {
        const run = () => tf.grad((t) => tf.square(tf.relu6(tf.mul(t, 9))))(tf.tensor1d(values(n, n)));
        expect(difference(await on('wasm', run), await on('cpu', run))).toBeLessThan(1e-6);
      }),
      { numRuns: 40 },
    );
  });

  it.runIf(known)('gives second derivatives through a rectifier', async () => {
    await tf.setBackend('wasm');
    const curvature = tf.tidy(() => {
      // relu6(x)², whose second derivative is 2 where 0 < x < 6.
      const slope = tf.grad((t) => tf.square(tf.relu6(t)));
      return Array.from(
        tf
          .grad((t) => slope(t))(tf.tensor1d([-1, 2, 3, 7]))
          .dataSync(),
      );
    });
    expect(curvature).toEqual([0, 2, 2, 0]);
  });

  it.runIf(known)('shares copies, and frees them with the last', async () => {
    await tf.setBackend('wasm');
    const before = tf.memory();
    const a = tf.tensor1d([1, 2, 3]);
    const b = tf.clone(a);
    const c = tf.cast(b, 'float32');
    a.dispose();
    b.dispose();
    expect(Array.from(c.dataSync())).toEqual([1, 2, 3]);
    const whole = tf.cast(c, 'int32');
    expect(Array.from(whole.dataSync())).toEqual([1, 2, 3]);
    tf.dispose([c, whole]);
    expect(tf.memory().numTensors).toBe(before.numTensors);
    expect(tf.memory().numBytes).toBe(before.numBytes);
  });

  it.runIf(known)('updates by Adam as the formula says, for any count, scaled or not', async () => {
    await tf.setBackend('wasm');
    const attrs = { rate: 0.1, kept: 0.99, beta1: 0.9, beta2: 0.999, epsilon: 1e-7, step: 3 };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.constantFrom(null, 0.25, 2), (n, scale) => {
        const [w, g, m] = [values(n, 1), values(n, 2), values(n, 3)];
        const v = values(n, 4).map(Math.abs);
        const outs = tf.tidy(() =>
          tf
            .engine()
            .runKernel<tf.Tensor[]>(
              'AdamUpdate',
              {
                ...{ value: tf.tensor1d(w), gradient: tf.tensor1d(g) },
                ...{ first: tf.tensor1d(m), second: tf.tensor1d(v) },
                ...(scale === null ? {} : { scale: tf.scalar(scale) }),
              },
              attrs,
            )
            .map((t) => t.dataSync()),
        );
        for (let i = 0; i < n; i++) {
          const slope = (g[i] ?? 0) * (scale ?? 1);
          const first = 0.9 * (m[i] ?? 0) + 0.1 * slope;
          const second = 0.999 * (v[i] ?? 0) + 0.001 * slope ** 2;
          const [mean, deviation] = [first / (1 - 0.9 ** 3), Math.sqrt(second / (1 - 0.999 ** 3))];
          expect(outs[1]?.[i]).toBeCloseTo(first, 6);
          expect(outs[2]?.[i]).toBeCloseTo(second, 6);
          const expected = 0.99 * (w[i] ?? 0) - (0.1 * mean) / (deviation + 1e-7);
          const error = Math.abs((outs[0]?.[i] ?? Number.NaN) - expected);
          expect(error).toBeLessThan(1e-5 * (1 + Math.abs(expected)));
        }
      }),
      { numRuns: 40 },
    );
  });

  it.runIf(known)("is what fine-tuning updates by, to the composed ops' numbers", async () => {
    const rule = { optimizer: 'adam', momentum: 0, weightDecay: 0.1, clipNorm: 1 } as const;
    const run = () => {
      const variable = tf.variable(tf.tensor1d(values(33, 1)));
      const updater = new Updater([variable], [true], rule);
      for (const seed of [2, 3, 4]) updater.step({ [variable.name]: tf.tensor1d(values(33, seed)) }, 0.05);
      updater.dispose();
      const value = tf.clone(variable);
      variable.dispose();
      return value;
    };
    expect(difference(await on('wasm', run), await on('cpu', run))).toBeLessThan(2e-6);
  });
});

describe('registerRectifierGradients', () => {
  it("leaves the gradients of other backends to tfjs's own", async () => {
    await startBackend();
    await registerWasmTrainingKernels({ compile });
    const run = () => tf.grad((t) => tf.relu6(t))(tf.tensor1d([-1, 3, 7]));
    expect([...(await on('cpu', run))]).toEqual([0, 1, 0]);
  });
});
