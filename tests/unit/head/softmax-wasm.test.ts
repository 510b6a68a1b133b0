// The softmax head on the backend that a phone has, with tfjs-core alone: no gradient is registered here.
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import { trainSoftmax } from '../../../src/head/softmax.ts';
import { startDescent } from '../../../src/head/softmax-descent.ts';
import { finishTraining } from '../../../src/head/trainer.ts';
import { randomExamples } from './support.ts';

describe('trainSoftmax on the WASM backend', () => {
  beforeAll(startBackend);

  it.each(['adam', 'sgd'] as const)('learns without a registered gradient: %s', async (optimizer) => {
    expect(tf.getGradient('Relu')).toBeUndefined();
    const examples = randomExamples(41, { n: 60, d: 6, k: 3 });
    const losses: (number | null)[] = [];
    await finishTraining(
      trainSoftmax(examples, {
        ...{ hidden: 8, epochs: 30, learningRate: 0.05, l2: 1e-4, optimizer },
        start: startDescent,
      }),
      ({ loss }) => losses.push(loss),
    );
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? 0));
    expect(tf.memory().numTensors).toBe(0);
  });
});
