// A trunk with replaced weights: where it can be split, that the split changes no bit, and what does not fit.
import { beforeAll, describe, expect, it } from 'vitest';
import { startBackend } from '../../../scripts/support/backend.ts';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import { digestStatistics, readStatistics } from '../../../src/trunk/batch-norm.ts';
import { truncate } from '../../../src/trunk/graph.ts';
import { lowerInfer } from '../../../src/trunk/infer.ts';
import type { TrunkModel } from '../../../src/trunk/model-files.ts';
import { checkOverlay, overlayWeights, splitAt, type WeightOverlay } from '../../../src/trunk/overlay.ts';
import { changedWeights, statisticsWith } from '../../support/overlays.ts';
import { loadTrunk, realImages } from '../../support/trunk.ts';
import { inferAt } from '../../support/trunk-nets.ts';

let model: TrunkModel;
let image: NdArray;

beforeAll(async () => {
  await startBackend();
  const trunk = await loadTrunk();
  model = trunk.model;
  image = await realImages(1, { size: 96, range: trunk.manifest.input.range });
});

const changed = (...names: readonly string[]) => changedWeights(model, names);

describe('splitAt', () => {
  it.each([
    ['a kernel inside of a block', ['block_16_project/kernel'], 'out_relu', 'block_16_depthwise_relu'],
    ['gamma before the activation of the cut', ['Conv_1_bn/gamma'], 'out_relu', 'block_16_project_BN'],
    [
      'several weights, by the first of them in the graph',
      ['Conv_1/kernel', 'block_14_expand/kernel'],
      'out_relu',
      'block_13_project_BN',
    ],
    // Block 12 has a shortcut: nothing within it is a cut.
    ['a weight beside a shortcut', ['block_12_project_BN/beta'], 'block_13_expand_relu', 'block_11_add'],
    ['a change of the first layer', ['bn_Conv1/moving_mean'], 'block_13_expand_relu', null],
    ['a change after the cut', ['Conv_1/kernel'], 'block_13_expand_relu', 'block_13_expand_relu'],
    ['no change', [], 'out_relu', 'out_relu'],
  ])('for %s is the last cut before it', (_, names, cut, from) => {
    expect(splitAt(model.graph, changed(...names), cut)).toBe(from);
  });

  it.each([
    [
      'fine-tuned blocks',
      ['block_16_expand/kernel', 'block_16_project_BN/gamma', 'Conv_1/kernel'],
      'out_relu',
    ],
    ['a kernel after a shortcut', ['block_12_depthwise/depthwise_kernel'], 'block_13_expand_relu'],
    [
      'statistics',
      ['block_13_expand_BN/moving_mean', 'block_13_expand_BN/moving_variance'],
      'block_13_expand_relu',
    ],
  ])('lets the shared part be run apart, to the bit: %s', async (_, names, cut) => {
    const overlaid = overlayWeights(model, changed(...names));
    const from = splitAt(model.graph, changed(...names), cut);
    const shared = await inferAt(model, from ?? '', image);
    const top = lowerInfer(overlaid, { cut, from });
    const split = await top.run(shared);
    top.dispose();
    expect(split).toEqual(await inferAt(overlaid, cut, image));
    expect(split).not.toEqual(await inferAt(model, cut, image));
  });
});

describe('checkOverlay', () => {
  const cut = 'block_13_expand_relu';

  it('accepts replaced weights and statistics up to the cut, and none', async () => {
    const statistics = ['block_1_expand_BN/moving_mean', 'block_13_expand_BN/moving_variance'];
    for (const names of [[], ['block_13_expand/kernel'], statistics]) {
      const overlay = changed(...names);
      await checkOverlay(model, overlay, { cut, statistics: await statisticsWith(model, overlay) });
    }
  });

  it('accepts every weight up to the cut at once', async () => {
    const names = truncate(model.graph, cut).nodes.flatMap(({ weights }) => Object.values(weights));
    const overlay = changed(...names);
    await checkOverlay(model, overlay, { cut, statistics: await statisticsWith(model, overlay) });
  });

  const zeros = (...shape: number[]): NdArray => ({
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    shape,
  });
  it.each<readonly [what: string, overlay: () => WeightOverlay, message: RegExp]>([
    [
      'a weight that no layer has',
      () => new Map([['none/kernel', zeros(1)]]),
      /"none\/kernel", which is no weight/,
    ],
    [
      'a weight after the cut',
      () => changed('Conv_1/kernel'),
      /"Conv_1\/kernel", which is no weight of the trunk up to/,
    ],
    [
      'another shape',
      () => new Map([['bn_Conv1/beta', zeros(33)]]),
      /"bn_Conv1\/beta", whose shape is \[32\], by \[33\]/,
    ],
    [
      'the right number of values in another shape',
      () => new Map([['block_13_expand/kernel', zeros(1, 1, 576, 96)]]),
      /shape is \[1,1,96,576\], by \[1,1,576,96\]/,
    ],
    [
      'a negative variance',
      () => new Map([['bn_Conv1/moving_variance', { data: new Float32Array(32).fill(-1e-9), shape: [32] }]]),
      /variance of "bn_Conv1" that cannot be divided by/,
    ],
  ])('refuses %s', async (_, overlay, message) => {
    const statistics = await digestStatistics(readStatistics(model));
    const refused = checkOverlay(model, overlay(), { cut, statistics });
    await expect(refused).rejects.toMatchObject({
      code: 'head_invalid',
      detail: expect.stringMatching(message),
    });
  });

  it('refuses statistics that are not what the head was trained with', async () => {
    const overlay = changed('block_1_expand_BN/moving_mean');
    const stored = await statisticsWith(model, new Map());
    await expect(checkOverlay(model, overlay, { cut, statistics: stored })).rejects.toMatchObject({
      code: 'trunk_mismatch',
    });
    await expect(
      checkOverlay(model, new Map(), { cut, statistics: await statisticsWith(model, overlay) }),
    ).rejects.toMatchObject({ code: 'trunk_mismatch' });
  });
});
