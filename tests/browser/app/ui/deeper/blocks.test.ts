import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { blocksOf, frozenAt, heightsOf, stackUpTo, usualLine } from '../../../../../app/ui/deeper/blocks.ts';
import { type Cut, ModelManifest } from '../../../../../src/contract/manifest.ts';
import { readFile } from '../../../support/files.ts';

/** Cuts of 100 multiply-accumulates each. */
function cutsNamed(...layers: readonly string[]): readonly Cut[] {
  return layers.map((layer, i) => ({ layer, shape: [8, 8, 16], dim: 16, macs: 100 * (i + 1) }));
}
const grouped = (...layers: readonly string[]) =>
  blocksOf(cutsNamed(...layers)).map(({ name, cuts }) => [name, cuts.length]);

const file = await readFile('models/mobilenet-v2/manifest.json');
const { cuts, defaults } = v.parse(ModelManifest, JSON.parse(new TextDecoder().decode(file)));
const mobileNet = blocksOf(cuts);

describe('blocksOf', () => {
  it('reads the blocks of MobileNetV2 off its names', () => {
    expect(mobileNet.map(({ name }) => name)).toEqual([
      'Conv1',
      'expanded_conv',
      ...Array.from({ length: 16 }, (_, i) => `block_${i + 1}`),
      'out_relu',
    ]);
    expect(mobileNet[14]?.cuts.map(({ layer }) => layer)).toEqual([
      'block_13_expand_relu',
      'block_13_depthwise_relu',
      'block_13_project_BN',
    ]);
  });

  it('gives every cut to one block, in their order, and its work to the block', () => {
    expect(mobileNet.flatMap((block) => block.cuts)).toEqual(cuts);
    expect(mobileNet.every((block) => block.end === block.cuts.at(-1))).toBe(true);
    expect(mobileNet.reduce((sum, { macs }) => sum + macs, 0)).toBe(cuts.at(-1)?.macs);
  });

  it.each([
    ['ResNet', ['conv1_relu', 'conv2_block1_out', 'conv2_block2_out', 'conv3_block1_out']],
    ['DenseNet', ['conv2_block1_concat', 'pool2_conv']],
    ['names by Keras itself', ['activation_1', 'activation_2', 'add', 'add_1']],
    ['names that share one word only', ['stage_in', 'stage_out']],
    ['names without words', ['_', '7', 'π']],
  ])('makes a block of each cut that has no siblings: %s', (_, layers) => {
    expect(grouped(...layers).map(([, n]) => n)).toEqual(layers.map(() => 1));
  });

  it('groups by the last number that something follows', () => {
    expect(grouped('block1_conv1', 'block1_conv2', 'block1_pool', 'block2_conv1')).toEqual([
      ['block1', 3],
      ['block2', 1],
    ]);
    expect(grouped('block2a_expand_activation', 'block2a_project_bn', 'block2b_add')).toEqual([
      ['block2a', 2],
      ['block2b', 1],
    ]);
    expect(grouped('expanded_conv/project', 'expanded_conv/add', 'expanded_conv_1/expand')).toEqual([
      ['expanded_conv', 2],
      ['expanded_conv_1', 1],
    ]);
  });

  it('leaves apart what has the same name and is no neighbour', () => {
    expect(grouped('a_1_x', 'b_1_x', 'a_1_y')).toEqual([
      ['a_1', 1],
      ['b_1', 1],
      ['a_1', 1],
    ]);
  });
});

describe('stackUpTo', () => {
  const stack = stackUpTo(mobileNet, defaults.cut);

  it('ends where the head reads, in the middle of a block too', () => {
    expect(stack.blocks.at(-1)).toMatchObject({
      name: 'block_13',
      end: { layer: 'block_13_expand_relu' },
      macs: 220_699_136 - 209_861_120,
    });
    expect(stack.unused).toBe(4);
  });

  it('lets the line lie at the end of each block but the last', () => {
    expect(stack.lines).toHaveLength(14);
    expect(stack.lines.at(-1)).toBe('block_12_add');
  });

  it('uses all of the trunk when the head reads its end', () => {
    const whole = stackUpTo(mobileNet, 'out_relu');
    expect(whole).toMatchObject({ blocks: mobileNet, unused: 0 });
  });

  it('has no line in the first block, and nothing above an unknown cut', () => {
    expect(stackUpTo(mobileNet, 'Conv1_relu')).toMatchObject({ lines: [], unused: 18 });
    expect(stackUpTo(mobileNet, 'gone')).toMatchObject({ blocks: [], lines: [] });
  });

  it('usually leaves two blocks to be trained, or the one there is', () => {
    expect(usualLine(stack)).toBe('block_11_add');
    expect(usualLine(stackUpTo(mobileNet, 'expanded_conv_project_BN'))).toBe('Conv1_relu');
    expect(usualLine(stackUpTo(mobileNet, 'Conv1_relu'))).toBeNull();
  });
});

describe('the heights of blocks', () => {
  const stack = stackUpTo(mobileNet, defaults.cut);
  const heights = heightsOf(stack);

  it('rise with what a block computes', () => {
    const byWork = stack.blocks
      .map(({ macs }, i) => ({ macs, height: heights[i] ?? 0 }))
      .toSorted((a, b) => a.macs - b.macs);
    expect(byWork.map(({ height }) => height)).toEqual(heights.toSorted((a, b) => a - b));
  });

  it('stay bounded together, however many there are', () => {
    const many = blocksOf(cutsNamed(...Array.from({ length: 200 }, (_, i) => `block_${i}_add`)));
    const total = heightsOf({ blocks: many, lines: [], unused: 0 }).reduce((a, b) => a + b, 0);
    expect(total).toBeCloseTo(38);
  });

  it('are numbers where nothing is computed', () => {
    const idle = cutsNamed('a_1_x', 'a_2_x').map((cut) => ({ ...cut, macs: 0 }));
    expect(heightsOf({ blocks: blocksOf(idle), lines: [], unused: 0 })).toEqual([1.5, 1.5]);
  });

  it.each([
    [0, 1],
    [1.9, 1],
    [2.6, 1],
    [3.4, 2],
    [6, 3],
    [99, 3],
  ])('drop the line at %d on the nearest end of a block', (height, frozen) => {
    expect(frozenAt([2, 2, 2, 2], height)).toBe(frozen);
  });
});
