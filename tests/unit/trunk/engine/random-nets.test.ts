// Random small architectures on the engine: at every layer it agrees with tfjs-layers.
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../../scripts/support/backend.ts';
import { BUILDS, engineAt } from '../../../support/engine.ts';
import { architecture, block, type Top } from '../../../support/random-nets.ts';
import { netOf, predict, randomImages, relativeError } from '../../../support/trunk-nets.ts';

beforeAll(startBackend);

describe.each(BUILDS)('the engine, %s', (build) => {
  it('agrees with tfjs-layers on random architectures at every layer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { minLength: 1, maxLength: 5 }),
        fc.constantFrom<Top[]>('map', 'flatten', 'pool'),
        fc.nat(),
        async (blocks, end, seed) => {
          const { oracle, model } = await netOf(architecture(blocks, end), { seed });
          const images = randomImages([2, 7, 6, 3], seed);
          for (const { name } of oracle.layers) {
            const error = relativeError(
              await engineAt(model, build, name, images),
              predict(oracle, images, name),
            );
            expect(error, `at ${name}`).toBeLessThan(1e-4);
          }
          oracle.dispose();
        },
      ),
      { numRuns: 80 },
    );
  });
});
