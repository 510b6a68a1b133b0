import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { startBackend } from '../../../app/backend.ts';

describe('startBackend', () => {
  it('starts the WASM backend with gradients, and does no harm twice', async () => {
    await startBackend();
    await startBackend();
    expect(tf.getBackend()).toBe('wasm');
    const slope = tf.tidy(() =>
      tf
        .grad((x) => tf.mul(x, x))(tf.tensor1d([3]))
        .dataSync(),
    );
    // d/dx x·x = 2x
    expect([...slope]).toEqual([2 * 3]);
    expect(tf.memory().numTensors).toBe(0);
  });
});
