// Random small architectures: whatever the order of the layers, neither folding nor unfolding changes what they compute.
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import { architecture, block, type Top } from '../../support/random-nets.ts';
import { expectAgreement, netOf, randomImages } from '../../support/trunk-nets.ts';

beforeAll(startBackend);

describe('the lowerings', () => {
  it('agree with tfjs-layers on random architectures, at every layer, and leave no tensor behind', async () => {
    const top = fc.constantFrom<Top[]>('map', 'flatten', 'pool');
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { minLength: 1, maxLength: 5 }),
        top,
        fc.nat(),
        async (blocks, end, seed) => {
          const before = tf.memory().numTensors;
          const keras = architecture(blocks, end);
          const net = await netOf(keras, { seed });
          await expectAgreement(net, randomImages([2, 7, 6, 3], seed));
          net.oracle.dispose();
          expect(tf.memory().numTensors).toBe(before);
        },
      ),
      { numRuns: 60 },
    );
  });
});
