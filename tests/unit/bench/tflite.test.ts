import { describe, expect, it } from 'vitest';
import { toTflite } from '../../../bench/tflite.ts';
import type { Graph, Node, Op } from '../../../src/trunk/graph.ts';
import { createWeights } from '../../../src/trunk/weights.ts';
import {
  floatsAt,
  numberAt,
  numbersAt,
  type RawTable,
  rootOf,
  tableAt,
  tablesAt,
  textAt,
} from './read-flatbuffer.ts';

const node = (name: string, op: Op, inputs: readonly string[], weights: Node['weights'] = {}): Node => ({
  name,
  layer: name,
  op,
  inputs,
  weights,
  trainable: false,
});
const window = { window: [1, 2], dilation: [1, 1] } as const;

/** conv 1x2 3->2, stride 1x2 -> bn -> relu6 -> depthwise 1x2 -> add */
const GRAPH: Graph = {
  inputShape: [8, 8, 3],
  output: 'sum',
  nodes: [
    node('in', { kind: 'input' }, []),
    node('conv', { kind: 'conv2d', filters: 2, padding: 'valid', strides: [1, 2], ...window }, ['in'], {
      kernel: 'conv/k',
    }),
    node(
      'bn',
      { kind: 'batchNorm', epsilon: 0, momentum: 0.9, scale: true, center: false, axis: -1 },
      ['conv'],
      { gamma: 'bn/gamma', movingMean: 'bn/mean', movingVariance: 'bn/variance' },
    ),
    node('relu', { kind: 'activation', activation: { fn: 'relu', max: 6 } }, ['bn']),
    node(
      'dw',
      { kind: 'depthwiseConv2d', multiplier: 1, padding: 'same', strides: [1, 1], ...window },
      ['relu'],
      { kernel: 'dw/k', bias: 'dw/b' },
    ),
    node('sum', { kind: 'add' }, ['relu', 'dw']),
  ],
};

const VALUES: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  // [kh 1, kw 2, c 3, k 2], its value the digits "w c k"
  'conv/k': [
    [1, 2, 3, 2],
    [0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121],
  ],
  'bn/gamma': [[2], [4, -3]],
  'bn/mean': [[2], [0.5, 1.5]],
  'bn/variance': [[2], [4, 1]],
  'dw/k': [
    [1, 2, 2, 1],
    [0, 1, 10, 11],
  ],
  'dw/b': [[2], [7, 8]],
};
const weights = createWeights([
  {
    weights: Object.entries(VALUES).map(([name, [shape]]) => ({ name, shape: [...shape], dtype: 'float32' })),
    bytes: new Uint8Array(Float32Array.from(Object.values(VALUES).flatMap(([, data]) => data)).buffer),
  },
]);

function read(graph: Graph, cut = graph.output) {
  const model = rootOf(toTflite({ graph, weights }, { cut, size: 8, batch: 2 }));
  const [subgraph = model] = tablesAt(model, 2);
  const buffers = tablesAt(model, 4);
  const tensors = tablesAt(subgraph, 0).map((tensor) => ({
    name: textAt(tensor, 3),
    shape: numbersAt(tensor, 0),
    buffer: buffers[numberAt(tensor, 2) ?? -1],
  }));
  const names = (table: RawTable, field: number) => numbersAt(table, field).map((i) => tensors[i]?.name);
  const codes = tablesAt(model, 1).map((code) => numberAt(code, 3));
  return { model, subgraph, buffers, tensors, names, codes, operators: tablesAt(subgraph, 3) };
}

describe('toTflite', () => {
  const { model, subgraph, buffers, tensors, names, codes, operators } = read(GRAPH);
  const data = (name: string) => {
    const buffer = tensors.find((tensor) => tensor.name === name)?.buffer;
    return buffer === undefined ? [] : floatsAt(buffer, 0);
  };

  it('is a model of the third version with an empty first buffer', () => {
    expect(numberAt(model, 0)).toBe(3);
    expect(numberAt(buffers[0] ?? model, 0)).toBeUndefined();
  });

  it('folds BatchNorm and the activation, and writes one operator for each step', () => {
    expect(operators.map((each) => [codes[numberAt(each, 0) ?? -1], names(each, 1), names(each, 2)])).toEqual(
      [
        [3, ['in', 'relu/kernel', 'relu/bias'], ['relu']],
        [4, ['relu', 'dw/kernel', 'dw/bias'], ['dw']],
        [0, ['relu', 'dw'], ['sum']],
      ],
    );
    expect([names(subgraph, 1), names(subgraph, 2)]).toEqual([['in'], ['sum']]);
  });

  it('puts the output channel of a kernel first, and scales it', () => {
    // gamma / sqrt(variance): 4 / 2 and -3 / 1
    expect(data('relu/kernel')).toEqual([0, 20, 40, 200, 220, 240, -3, -33, -63, -303, -333, -363]);
    // -mean * scale
    expect(data('relu/bias')).toEqual([-1, 4.5]);
    expect(data('dw/kernel')).toEqual([0, 1, 10, 11]);
    expect(data('dw/bias')).toEqual([7, 8]);
  });

  it('gives every tensor its shape, with the batch', () => {
    expect(Object.fromEntries(tensors.map(({ name, shape }) => [name, shape]))).toEqual({
      in: [2, 8, 8, 3],
      relu: [2, 8, 4, 2],
      'relu/kernel': [2, 1, 2, 3],
      'relu/bias': [2],
      dw: [2, 8, 4, 2],
      'dw/kernel': [1, 1, 2, 2],
      'dw/bias': [2],
      sum: [2, 8, 4, 2],
    });
  });

  it('writes padding, strides, dilation and the fused activation into the options', () => {
    const options = operators.map((each) => [
      numberAt(each, 3),
      ...[0, 1, 2, 3, 4, 5, 6].map((field) => numberAt(tableAt(each, 4), field)),
    ]);
    expect(options).toEqual([
      // Conv2DOptions: valid, stride w 2 and h 1, relu6, dilation
      [1, 1, 2, 1, 3, 1, 1, undefined],
      // DepthwiseConv2DOptions: same, strides, multiplier, no activation, dilation
      [2, 0, 1, 1, 1, 0, 1, 1],
      [11, 0, undefined, undefined, undefined, undefined, undefined, undefined],
    ]);
  });

  it('ends at the cut', () => {
    const cut = read(GRAPH, 'bn');
    expect(cut.operators).toHaveLength(1);
    expect(cut.names(cut.subgraph, 2)).toEqual(['bn']);
    expect(numberAt(tableAt(cut.operators[0] ?? model, 4), 3)).toBe(0);
  });

  it.each([
    [[0, 0], [0, 1], true],
    [[0, 0], [1, 0], false],
    [[1, 1], [0, 1], false],
  ] as const)('takes zero padding of %j and %j only where it is "same"', (vertical, horizontal, taken) => {
    const pad = node('pad', { kind: 'zeroPad', edges: [vertical, horizontal] }, ['in']);
    const conv = node(
      'conv',
      { kind: 'conv2d', filters: 2, padding: 'valid', strides: [1, 1], ...window },
      ['pad'],
      { kernel: 'conv/k' },
    );
    const padded = { ...GRAPH, nodes: [node('in', { kind: 'input' }, []), pad, conv], output: 'conv' };
    if (taken) expect(numberAt(tableAt(read(padded).operators[0] ?? model, 4), 0)).toBe(0);
    else expect(() => read(padded)).toThrow(/model_layer_unknown.*"conv"/);
  });

  it('refuses by name what it cannot write', () => {
    const swish = node('odd', { kind: 'activation', activation: { fn: 'swish' } }, ['in']);
    const first = node('in', { kind: 'input' }, []);
    expect(() => read({ ...GRAPH, nodes: [first, swish], output: 'odd' })).toThrow(
      /model_layer_unknown.*"odd"/,
    );
  });
});
