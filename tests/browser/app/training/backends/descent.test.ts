import { expect, it } from 'vitest';
import { chooseDescent } from '../../../../../app/training/backends/descent.ts';
import { randomFrom } from '../../../../../src/head/random.ts';
import { startDescent } from '../../../../../src/head/softmax-descent.ts';

it('trains heads by the kernels, which need no backend', async () => {
  const start = await chooseDescent();
  expect(start).not.toBe(startDescent);
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
