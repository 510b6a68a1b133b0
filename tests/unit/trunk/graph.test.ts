// Shapes, multiply-accumulates and cuts, by arithmetic.
import { beforeAll, describe, expect, it } from 'vitest';
import { cutPoints, graphAfter } from '../../../src/trunk/cuts.ts';
import { consumersOf, type Graph, nodeOf, truncate } from '../../../src/trunk/graph.ts';
import { readTopology } from '../../../src/trunk/keras.ts';
import { macsOf, shapesFor, shapesOf } from '../../../src/trunk/shapes.ts';
import { loadTrunk } from '../../support/trunk.ts';
import { keras2, type LayerSpec, RESIDUAL } from './keras-json.ts';

const residual = readTopology(keras2(RESIDUAL, 'sum', [8, 6]));

function graphOf(layers: readonly LayerSpec[], size: readonly [number, number]): Graph {
  const output = layers.at(-1)?.name ?? '';
  return readTopology(keras2([{ type: 'InputLayer', name: 'image' }, ...layers], output, [...size]));
}

/** Shape of one layer on the image. */
function shapeOf(type: string, config: object, size: readonly [number, number] = [9, 8]): readonly number[] {
  const graph = graphOf([{ type, name: 'layer', config: { ...config }, inputs: ['image'] }], size);
  return shapesOf(graph, graph.inputShape).get('layer') ?? [];
}

describe('shapesOf', () => {
  it.each<[string, object, readonly number[]]>([
    ['Conv2D', { filters: 5, kernel_size: [3, 2] }, [9 - 3 + 1, 8 - 2 + 1, 5]],
    [
      'Conv2D',
      { filters: 5, kernel_size: 3, strides: 2 },
      [Math.floor((9 - 3) / 2) + 1, Math.floor((8 - 3) / 2) + 1, 5],
    ],
    [
      'Conv2D',
      { filters: 5, kernel_size: 3, strides: [2, 3], padding: 'same' },
      [Math.ceil(9 / 2), Math.ceil(8 / 3), 5],
    ],
    ['Conv2D', { filters: 5, kernel_size: 3, dilation_rate: 2 }, [9 - 5 + 1, 8 - 5 + 1, 5]],
    ['DepthwiseConv2D', { kernel_size: 3, depth_multiplier: 4 }, [7, 6, 3 * 4]],
    ['SeparableConv2D', { filters: 7, kernel_size: 3, depth_multiplier: 4 }, [7, 6, 7]],
    ['MaxPooling2D', {}, [Math.floor((9 - 2) / 2) + 1, 4, 3]],
    ['AveragePooling2D', { pool_size: 3, strides: 1, padding: 'same' }, [9, 8, 3]],
    [
      'ZeroPadding2D',
      {
        padding: [
          [1, 2],
          [3, 4],
        ],
      },
      [9 + 1 + 2, 8 + 3 + 4, 3],
    ],
    ['GlobalMaxPooling2D', {}, [3]],
    ['GlobalAveragePooling2D', { keepdims: true }, [1, 1, 3]],
    ['Flatten', {}, [9 * 8 * 3]],
    ['Reshape', { target_shape: [4, -1] }, [4, (9 * 8 * 3) / 4]],
    ['Dense', { units: 2 }, [9, 8, 2]],
    ['Dropout', { rate: 0.5 }, [9, 8, 3]],
  ])('%s %j', (type, config, expected) => {
    expect(shapeOf(type, config)).toEqual(expected);
  });

  it('refuses an input that is too small, naming the layer', () => {
    expect(() => shapeOf('Conv2D', { filters: 1, kernel_size: 3 }, [9, 2])).toThrow(
      expect.objectContaining({ code: 'shape_mismatch', detail: expect.stringContaining('Layer "layer"') }),
    );
  });
});

describe('shapesFor', () => {
  it('takes another size where every layer can', () => {
    expect(shapesFor(residual, [5, 30, 3]).get('sum')).toEqual([5, 30, 4]);
  });

  it.each<[string, readonly number[]]>([
    ['other channels', [8, 6, 4]],
    ['no map', [8 * 6 * 3]],
    ['a fraction of a pixel', [8.5, 6, 3]],
    ['nothing', [0, 6, 3]],
  ])('refuses %s', (_, shape) => {
    expect(() => shapesFor(residual, shape)).toThrow(expect.objectContaining({ code: 'shape_mismatch' }));
  });

  it('refuses another size for a dense layer after a flatten', () => {
    const graph = graphOf(
      [
        { type: 'Flatten', name: 'flat', inputs: ['image'] },
        { type: 'Dense', name: 'dense', config: { units: 2 }, inputs: ['flat'] },
      ],
      [8, 8],
    );
    expect(shapesFor(graph, [8, 8, 3]).get('dense')).toEqual([2]);
    // Twice the pixels would silently become twice the rows.
    expect(() => shapesFor(graph, [16, 8, 3])).toThrow(expect.objectContaining({ code: 'shape_mismatch' }));
  });
});

describe('macsOf', () => {
  it('counts the products of each layer once', () => {
    const graph = graphOf(
      [
        { type: 'Conv2D', name: 'conv', config: { filters: 4, kernel_size: [3, 2] }, inputs: ['image'] },
        {
          type: 'DepthwiseConv2D',
          name: 'depth',
          config: { kernel_size: 3, depth_multiplier: 2 },
          inputs: ['conv'],
        },
        { type: 'BatchNormalization', name: 'bn', inputs: ['depth'] },
        { type: 'Flatten', name: 'flat', inputs: ['bn'] },
        { type: 'Dense', name: 'dense', config: { units: 10 }, inputs: ['flat'] },
      ],
      [9, 8],
    );
    const shapes = shapesOf(graph, graph.inputShape);
    expect(graph.nodes.map((node) => macsOf(node, shapes))).toEqual([
      0,
      7 * 7 * 4 * (3 * 2 * 3),
      5 * 5 * 8 * (3 * 3),
      0,
      0,
      10 * (5 * 5 * 8),
    ]);
  });
});

describe('cutPoints', () => {
  it('are where every path goes through and a group of operations ends', () => {
    // conv and bn wait for the relu; conv2 is beside the path that goes around it.
    expect(cutPoints(residual)).toEqual([
      { layer: 'relu', shape: [8, 6, 4], macs: 8 * 6 * 4 * (3 * 3 * 3) },
      { layer: 'sum', shape: [8, 6, 4], macs: 8 * 6 * 4 * (3 * 3 * 3) + 8 * 6 * 4 * 4 },
    ]);
  });

  it('are no vectors, no single cells, no padding and no dropout', () => {
    const graph = graphOf(
      [
        { type: 'Rescaling', name: 'scale', config: { scale: 2 }, inputs: ['image'] },
        { type: 'ZeroPadding2D', name: 'pad', inputs: ['scale'] },
        { type: 'Conv2D', name: 'conv', config: { filters: 4, kernel_size: 3 }, inputs: ['pad'] },
        { type: 'Dropout', name: 'drop', config: { rate: 0.1 }, inputs: ['conv'] },
        { type: 'GlobalAveragePooling2D', name: 'cell', config: { keepdims: true }, inputs: ['drop'] },
        { type: 'Flatten', name: 'flat', inputs: ['cell'] },
        { type: 'Dense', name: 'dense', config: { units: 10 }, inputs: ['flat'] },
      ],
      [8, 8],
    );
    expect(cutPoints(graph).map(({ layer }) => layer)).toEqual(['conv']);
  });
});

describe('graphAfter', () => {
  it('is the rest of the graph, with the cut as its input', () => {
    const rest = graphAfter(residual, 'relu');
    expect(rest.nodes.map(({ name, op }) => [name, op.kind])).toEqual([
      ['relu', 'input'],
      ['conv2', 'conv2d'],
      ['sum', 'add'],
    ]);
    expect(rest.inputShape).toEqual([8, 6, 4]);
  });

  it.each(['sum', 'conv2', 'bn', 'image', 'nowhere'])('cannot begin after %s', (from) => {
    expect(() => graphAfter(residual, from)).toThrow(expect.objectContaining({ code: 'not_trainable' }));
  });
});

describe('truncate', () => {
  it('keeps what the new output needs, in order', () => {
    const { nodes, output } = truncate(residual, 'bn');
    expect(nodes.map(({ name }) => name)).toEqual(['image', 'conv', 'bn']);
    expect(output).toBe('bn');
  });

  it('refuses a layer that is not there', () => {
    expect(() => truncate(residual, 'nowhere')).toThrow(expect.objectContaining({ code: 'not_found' }));
    expect(() => nodeOf(residual, '')).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});

describe('consumersOf', () => {
  it('names the readers of every node', () => {
    expect([...consumersOf(residual)]).toEqual([
      ['image', ['conv']],
      ['conv', ['bn']],
      ['bn', ['relu']],
      ['relu', ['conv2', 'sum']],
      ['conv2', ['sum']],
      ['sum', []],
    ]);
  });
});

describe('the default trunk', () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = (await loadTrunk()).model.graph;
  });

  it('takes 299,494,272 multiply-accumulates at 224 px', () => {
    expect(graph.inputShape).toEqual([224, 224, 3]);
    expect(cutPoints(graph).at(-1)).toEqual({ layer: 'out_relu', shape: [7, 7, 1280], macs: 299_494_272 });
  });

  it('has no cut inside a residual block', () => {
    const cuts = cutPoints(graph).map(({ layer }) => layer);
    // Blocks with a shortcut end in an addition, and only there.
    const residualBlocks = graph.nodes.flatMap(({ name }) => /^(block_\d+)_add$/.exec(name)?.[1] ?? []);
    expect(residualBlocks).toHaveLength(10);
    for (const block of residualBlocks)
      expect(cuts.filter((layer) => layer.startsWith(`${block}_`))).toEqual([`${block}_add`]);
    expect(cuts).toContain('block_13_expand_relu');
    expect(cuts).toContain('block_13_project_BN');
  });
});
