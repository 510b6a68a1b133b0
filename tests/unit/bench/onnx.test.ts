import { describe, expect, it } from 'vitest';
import { toOnnx } from '../../../bench/onnx.ts';
import type { Graph, Node, Op } from '../../../src/trunk/graph.ts';
import { createWeights } from '../../../src/trunk/weights.ts';
import { floats, messages, numbers, strings } from './read-protobuf.ts';

const node = (name: string, op: Op, inputs: readonly string[], weights: Node['weights'] = {}): Node => ({
  name,
  layer: name,
  op,
  inputs,
  weights,
  trainable: false,
});
const window = { window: [1, 2], strides: [2, 1], dilation: [1, 1] } as const;

/** pad -> conv 1x2 3->2 -> bn -> relu6 -> depthwise 1x2 -> add with relu6 */
const GRAPH: Graph = {
  inputShape: [8, 8, 3],
  output: 'sum',
  nodes: [
    node('in', { kind: 'input' }, []),
    node(
      'pad',
      {
        kind: 'zeroPad',
        edges: [
          [1, 2],
          [3, 4],
        ],
      },
      ['in'],
    ),
    node('conv', { kind: 'conv2d', filters: 2, padding: 'valid', ...window }, ['pad'], { kernel: 'conv/k' }),
    node(
      'bn',
      { kind: 'batchNorm', epsilon: 0.25, momentum: 0.9, scale: true, center: false, axis: -1 },
      ['conv'],
      {
        gamma: 'bn/gamma',
        movingMean: 'bn/mean',
        movingVariance: 'bn/variance',
      },
    ),
    node('relu', { kind: 'activation', activation: { fn: 'relu', max: 6 } }, ['bn']),
    node('dw', { kind: 'depthwiseConv2d', multiplier: 1, padding: 'same', ...window }, ['relu'], {
      kernel: 'dw/k',
      bias: 'dw/b',
    }),
    node('sum', { kind: 'add' }, ['relu', 'dw']),
  ],
};

const VALUES: Readonly<Record<string, readonly [readonly number[], readonly number[]]>> = {
  // [kh 1, kw 2, c 3, k 2], its value the digits "w c k"
  'conv/k': [
    [1, 2, 3, 2],
    [0, 1, 10, 11, 20, 21, 100, 101, 110, 111, 120, 121],
  ],
  'bn/gamma': [[2], [2, -3]],
  'bn/mean': [[2], [0.5, 1.5]],
  'bn/variance': [[2], [4, 0]],
  // [kh 1, kw 2, c 2, m 1], its value the digits "w c"
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

/** ModelProto.graph is field 7. */
function graphOf(graph: Graph, cut = graph.output): Uint8Array {
  const [proto] = messages(toOnnx({ graph, weights }, { cut, size: 8 }), 7);
  return proto ?? new Uint8Array();
}

describe('toOnnx', () => {
  const proto = graphOf(GRAPH);
  const nodes = messages(proto, 1);
  const attributes = (index: number) =>
    Object.fromEntries(
      messages(nodes[index] ?? new Uint8Array(), 5).map((attribute) => [
        strings(attribute, 1)[0],
        [
          ...numbers(attribute, 2),
          ...numbers(attribute, 3),
          ...strings(attribute, 4),
          ...numbers(attribute, 8),
        ],
      ]),
    );
  const initializers = Object.fromEntries(
    messages(proto, 5).map((tensor) => [
      strings(tensor, 8)[0],
      { dims: numbers(tensor, 1), data: floats(messages(tensor, 9)[0] ?? new Uint8Array()) },
    ]),
  );

  it('writes one node for each operation but padding, in order, and leaves BatchNorm unfused', () => {
    expect(nodes.map((n) => [strings(n, 4)[0], strings(n, 1), strings(n, 2)])).toEqual([
      ['Conv', ['image', 'conv/kernel'], ['conv']],
      ['BatchNormalization', ['conv', 'bn/gamma', 'bn/beta', 'bn/mean', 'bn/variance'], ['bn']],
      ['Clip', ['bn', 'relu/min', 'relu/max'], ['relu']],
      ['Conv', ['relu', 'dw/kernel', 'dw/bias'], ['dw']],
      ['Add', ['relu', 'dw'], ['activation']],
    ]);
  });

  it('turns kernels to channels first', () => {
    // [k,c,kh,kw]: for k 0 the digits "w c 0", w fastest
    expect(initializers['conv/kernel']).toEqual({
      dims: [2, 3, 1, 2],
      data: [0, 100, 10, 110, 20, 120, 1, 101, 11, 111, 21, 121],
    });
    expect(initializers['dw/kernel']).toEqual({ dims: [2, 1, 1, 2], data: [0, 10, 1, 11] });
  });

  it('gives a BatchNorm without center a beta of zeros, and keeps the rest', () => {
    expect(initializers['bn/gamma']?.data).toEqual([2, -3]);
    expect(initializers['bn/beta']?.data).toEqual([0, 0]);
    expect(initializers['bn/mean']?.data).toEqual([0.5, 1.5]);
    expect(initializers['bn/variance']?.data).toEqual([4, 0]);
    expect(attributes(1)).toEqual({ epsilon: [0.25] });
  });

  it('writes padding before a convolution as its own, top and left first', () => {
    expect(attributes(0)).toEqual({ strides: [2, 1], dilations: [1, 1], group: [1], pads: [1, 3, 2, 4] });
    expect(attributes(3)).toEqual({
      strides: [2, 1],
      dilations: [1, 1],
      group: [2],
      auto_pad: ['SAME_UPPER'],
    });
  });

  it('ends at the cut', () => {
    const proto = graphOf(GRAPH, 'bn');
    expect(messages(proto, 1).map((n) => strings(n, 2)[0])).toEqual(['conv', 'activation']);
    expect(messages(proto, 5)).toHaveLength(5);
  });

  it('refuses by name what it cannot write', () => {
    const swish = node('odd', { kind: 'activation', activation: { fn: 'swish' } }, ['in']);
    const first = node('in', { kind: 'input' }, []);
    expect(() => graphOf({ ...GRAPH, nodes: [first, swish], output: 'odd' })).toThrow(
      /model_layer_unknown.*"odd"/,
    );
  });

  it('refuses padding before anything but an unpadded convolution', () => {
    const nodes = GRAPH.nodes.map((n) =>
      n.op.kind === 'conv2d' ? { ...n, op: { ...n.op, padding: 'same' as const } } : n,
    );
    expect(() => graphOf({ ...GRAPH, nodes })).toThrow(/model_layer_unknown.*"pad"/);
  });
});
