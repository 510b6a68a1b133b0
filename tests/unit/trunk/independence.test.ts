// What BatchNorm's two kinds of statistics mean for a prediction, on the default trunk: with the stored ones a sample
// does not depend on its batch-mates, with those of the batch it does.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import { lowerInfer } from '../../../src/trunk/infer.ts';
import type { Lowering } from '../../../src/trunk/lowering.ts';
import { lowerTrain, type TrainableTop } from '../../../src/trunk/train.ts';
import { loadTrunk, pick, realImages } from '../../support/trunk.ts';
import { asTensor, evaluate } from '../../support/trunk-nets.ts';

const CUT = 'block_13_expand_relu';
const COUNT = 40;
const BATCH = 6;

let images: NdArray;
let infer: Lowering;
let train: TrainableTop;
/** The activation of each image alone. */
const alone: NdArray[] = [];

beforeAll(async () => {
  await startBackend();
  const { model, manifest } = await loadTrunk();
  images = await realImages(COUNT, { size: 96, range: manifest.input.range });
  infer = lowerInfer(model, { cut: CUT });
  train = lowerTrain(model, { from: null, to: CUT, trainable: true });
  for (let i = 0; i < COUNT; i++) alone.push(await infer.run(pick(images, [i])));
});

afterAll(() => {
  infer.dispose();
  train.dispose();
});

/** Distinct images in a random order: a batch. */
const batch = fc.shuffledSubarray(
  Array.from({ length: COUNT }, (_, i) => i),
  { minLength: 2, maxLength: BATCH },
);

describe('a prediction with stored statistics', () => {
  it('is the same in every batch and at every place, bit for bit', async () => {
    await fc.assert(
      fc.asyncProperty(batch, async (indices) => {
        const together = await infer.run(pick(images, indices));
        indices.forEach((index, place) => {
          expect(pick(together, [place]), `image ${index} at ${place}`).toEqual(alone[index]);
        });
      }),
      { numRuns: 15 },
    );
  });

  it('is the same beside images that are not like any other', async () => {
    const [first] = alone;
    const floats = 96 * 96 * 3;
    for (const mate of [0, 1, 1e6, -1e6, Number.POSITIVE_INFINITY, Number.NaN]) {
      const data = new Float32Array(2 * floats).fill(mate);
      data.set(images.data.subarray(0, floats));
      const together = await infer.run({ data, shape: [2, 96, 96, 3] });
      expect(pick(together, [0]), `beside ${mate}`).toEqual(first);
    }
  });

  it('is that of the training lowering too: called without training it does not look at the batch', () => {
    const indices = [3, 1, 4, 15];
    const together = evaluate(() => train.call(asTensor(pick(images, indices)), { training: false }));
    indices.forEach((index, place) => {
      const single = evaluate(() => train.call(asTensor(pick(images, [index])), { training: false }));
      expect(pick(together, [place])).toEqual(single);
    });
  });
});

describe('a prediction with batch statistics', () => {
  it('changes with the batch-mates', () => {
    fc.assert(
      fc.property(batch, batch, (mates, others) => {
        // The same image, first, with two companies that differ.
        const index = mates[0] ?? 0;
        const rest = others.filter((other) => other !== index);
        fc.pre(rest.length > 0 && rest.join() !== mates.slice(1).join());
        const [one, other] = [mates, [index, ...rest]].map((indices) =>
          pick(
            evaluate(() => train.call(asTensor(pick(images, indices)), { training: true })),
            [0],
          ),
        );
        const changed = one?.data.filter((value, i) => value !== other?.data[i]).length ?? 0;
        const active = one?.data.filter((value) => value !== 0).length ?? 0;
        expect(changed, `of ${active} active values`).toBeGreaterThan(active * 0.9);
      }),
      { numRuns: 10 },
    );
  });
});
