// What the engine takes over from plain arithmetic, to the same bits: weights as they are stored, and pooling at the cut.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { overlayWeights } from '../../../../src/trunk/overlay.ts';
import { poolFeatures } from '../../../../src/trunk/pool.ts';
import { createWeights, storedBytes, type WeightSpec } from '../../../../src/trunk/weights.ts';
import { BUILDS, engineAt, lowered } from '../../../support/engine.ts';
import { architecture, block } from '../../../support/random-nets.ts';
import { netOf, randomImages, randomOf } from '../../../support/trunk-nets.ts';

const QUANTISED: readonly NonNullable<WeightSpec['quantization']>['dtype'][] = ['uint8', 'uint16', 'float16'];

describe.each(BUILDS)('the engine, %s', (build) => {
  it('packs weights as they are stored to what their values are packed to', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { minLength: 1, maxLength: 4 }),
        fc.constantFrom(...QUANTISED),
        fc.nat(),
        async (blocks, dtype, seed) => {
          const { oracle, model } = await netOf(architecture(blocks, 'flatten'), { seed });
          oracle.dispose();
          const random = randomOf(seed);
          const specs = model.weights.names.map((name): WeightSpec => {
            const { shape } = model.weights.spec(name);
            const range = { min: name.endsWith('variance') ? 0 : -random(), scale: random() / 100 };
            return {
              ...{ name, shape, dtype: 'float32' },
              quantization: dtype === 'float16' ? { dtype } : { dtype, ...range },
            };
          });
          const bytes = new Uint8Array(specs.reduce((sum, spec) => sum + storedBytes(spec), 0));
          // Halves below 2, so that none is infinite.
          for (let i = 0; i < bytes.length; i++) bytes[i] = random() * (dtype === 'float16' ? 63 : 256);
          const weights = createWeights([{ weights: specs, bytes }]);
          const stored = { graph: model.graph, weights };
          const floats = new Map(weights.names.map((name) => [name, weights.get(name)]));
          const images = randomImages([1, 7, 6, 3], seed);
          const { output } = model.graph;
          expect(await engineAt(stored, build, output, images)).toEqual(
            await engineAt(overlayWeights(model, floats), build, output, images),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('pools at the cut to what the whole activation is pooled to', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(block, { minLength: 1, maxLength: 3 }),
        fc.constantFrom('1x1' as const, '2x2' as const),
        fc.integer({ min: 7, max: 13 }),
        fc.integer({ min: 7, max: 13 }),
        fc.nat(),
        async (blocks, pooling, h, w, seed) => {
          const { oracle, model } = await netOf(architecture(blocks, 'map'), { seed });
          oracle.dispose();
          const images = randomImages([2, h, w, 3], seed);
          const lowering = lowered(model, build, model.graph.output);
          const features = await lowering.features(images, pooling);
          expect(features).toEqual(poolFeatures(await lowering.run(images), pooling));
          // The plan of the features has not become that of the activation.
          expect(await lowering.features(images, pooling)).toEqual(features);
          lowering.dispose();
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has no features of what is no map', async () => {
    const { oracle, model } = await netOf(architecture([], 'flatten'), {});
    oracle.dispose();
    const lowering = lowered(model, build, model.graph.output);
    await expect(lowering.features(randomImages([1, 7, 6, 3]), '1x1')).rejects.toMatchObject({
      code: 'shape_mismatch',
    });
    lowering.dispose();
  });
});
