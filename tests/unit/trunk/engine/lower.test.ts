// What a lowering on the engine owns and refuses: memory, disposal, layers that it does not know.
import { beforeAll, describe, expect, it } from 'vitest';
import { AppError } from '../../../../src/contract/errors.ts';
import type { TrunkModel } from '../../../../src/trunk/model-files.ts';
import { BUILDS, lowered } from '../../../support/engine.ts';
import { loadTrunk } from '../../../support/trunk.ts';
import { randomImages, sequentialOf } from '../../../support/trunk-nets.ts';

let model: TrunkModel;

beforeAll(async () => {
  ({ model } = await loadTrunk());
});

describe.each(BUILDS)('a lowering on the engine, %s', (build) => {
  it('holds weights and activations of the whole trunk in less than 24 MB', async () => {
    const lowering = lowered(model, build, 'out_relu');
    await lowering.run(randomImages([2, 224, 224, 3]));
    expect(lowering.memoryBytes).toBeGreaterThan(lowering.weightBytes + lowering.arenaBytes);
    expect(lowering.memoryBytes).toBeLessThan(24e6);
    lowering.dispose();
  });

  it('takes no more memory the more it is run', async () => {
    const lowering = lowered(model, build, 'block_2_add');
    const sizes = [64, 32, 48];
    for (const size of sizes) await lowering.run(randomImages([1, size, size, 3]));
    const { memoryBytes } = lowering;
    for (let i = 0; i < 60; i++) {
      const size = sizes[i % 3] ?? 0;
      await lowering.run(randomImages([1 + (i % 4), size, size, 3], i));
    }
    expect(lowering.memoryBytes).toBe(memoryBytes);
    lowering.dispose();
  });

  it('gives the same numbers again after other sizes, more of them than it remembers', async () => {
    const lowering = lowered(model, build, 'block_2_add');
    const batch = randomImages([1, 40, 40, 3]);
    const first = await lowering.run(batch);
    for (let size = 20; size < 40; size++) await lowering.run(randomImages([1, size, 2 * size, 3], size));
    expect(await lowering.run(batch)).toEqual(first);
    lowering.dispose();
  });

  it('gives arrays of its caller, which the next run leaves alone', async () => {
    const lowering = lowered(model, build, 'Conv1_relu');
    const first = await lowering.run(randomImages([1, 32, 32, 3], 1));
    const copy = first.data.slice();
    await lowering.run(randomImages([1, 32, 32, 3], 2));
    expect(first.data).toEqual(copy);
    lowering.dispose();
  });

  it('lets its memory go when it is disposed, and then refuses to run', async () => {
    const lowering = lowered(model, build, 'Conv1_relu');
    lowering.dispose();
    expect(lowering.memoryBytes).toBe(0);
    await expect(lowering.run(randomImages([1, 32, 32, 3]))).rejects.toMatchObject({ code: 'model_invalid' });
  });

  it.each([
    ['no image', [0, 32, 32, 3]],
    ['another number of channels', [1, 32, 32, 4]],
    ['no batch', [32, 32, 3]],
  ])('refuses %s', async (_, shape) => {
    const lowering = lowered(model, build, 'Conv1_relu');
    await expect(lowering.run(randomImages(shape))).rejects.toMatchObject({ code: 'shape_mismatch' });
    lowering.dispose();
  });

  it('says so when it does not know a layer, so that another engine can be asked', async () => {
    const odd = await sequentialOf(
      [
        ['Reshape', { name: 'deep', target_shape: [2, 2, 1, 3] }],
        ['Flatten', { name: 'flat' }],
      ],
      {},
      [2, 2],
    );
    expect(() => lowered(odd, build, 'flat')).toThrow(AppError);
    expect(() => lowered(odd, build, 'flat')).toThrow(/model_layer_unknown/);
  });

  it('names a cut that is not there, and a beginning that is none', () => {
    expect(() => lowered(model, build, 'nowhere')).toThrow(/not_found/);
    expect(() => lowered(model, build, 'Conv1_relu', 'out_relu')).toThrow(/not_trainable/);
  });
});
