import { expect, it } from 'vitest';
import { loadAlgebra, loadDescent } from '../../../../../app/training/backends/head-kernels.ts';
import { compile } from '../../../../../app/training/backends/module.ts';
import { createMatrix } from '../../../../../src/head/matrix.ts';
import { randomFrom } from '../../../../../src/head/random.ts';

it('trains softmax heads by kernels, which need no backend', async () => {
  const start = await loadDescent(compile);
  const options = { kind: 'sgd', learningRate: 0.5, l2: 0, rng: randomFrom(1) } as const;
  const descent = start([2, 2], options);
  const zero = Float32Array.of(0, 0);
  descent.step([{ input: zero, label: 1, weight: 1 }]);
  const { loss, layers } = await descent.read();
  // Nothing goes in: the classes are equally likely, and only the bias moves.
  expect(loss).toBeCloseTo(Math.log(2), 6);
  expect(layers[0]?.bias).toEqual(Float32Array.of(-0.5 * 0.5, 0.5 * 0.5));
  expect(await descent.logits([zero])).toEqual(Float32Array.of(-0.25, 0.25));
});

it('fits ridge heads by kernels', async () => {
  const { factorize } = await loadAlgebra(compile);
  const a = createMatrix(2, 2);
  a.data.set([4, 0, 0, 0, 2, 5]);
  factorize(a, 2);
  // [2 0; 1 2] times its transpose is [4 2; 2 5].
  expect([a.data[0], a.data[4], a.data[5]]).toEqual([2, 1, 2]);
});
