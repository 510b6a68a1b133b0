import { describe, expect, it } from 'vitest';
import type { Activation, Op, WeightRole } from '../../../src/trunk/graph.ts';
import { createWeights } from '../../../src/trunk/weights.ts';
import { lowerTrunk } from '../../../worker/inference/engine.ts';

const H = 6;
const window = { window: [3, 3], strides: [2, 2], padding: 'same' } as const;
const conv = { ...window, dilation: [1, 1] } as const;
const act = (activation: Activation) => ({ kind: 'activation', activation }) as const;

/** One operation of each kind that a trunk can be made of; a new kind does not compile until it is here. */
const OPS: { readonly [kind in Exclude<Op['kind'], 'input'>]: readonly Op[] } = {
  conv2d: [{ kind: 'conv2d', filters: 4, ...conv }],
  depthwiseConv2d: [{ kind: 'depthwiseConv2d', multiplier: 2, ...conv }],
  dense: [{ kind: 'dense', units: 2 }],
  batchNorm: [{ kind: 'batchNorm', epsilon: 1e-3, momentum: 0.99, scale: true, center: true, axis: -1 }],
  activation: [
    ...[act({ fn: 'relu', max: null }), act({ fn: 'relu', max: 6 }), act({ fn: 'relu', max: 1 })],
    ...[act({ fn: 'leakyRelu', slope: 0.1 }), act({ fn: 'sigmoid' }), act({ fn: 'tanh' })],
    ...[act({ fn: 'swish' }), act({ fn: 'softmax', axis: -1 })],
  ],
  maxPool: [{ kind: 'maxPool', ...window }],
  avgPool: [{ kind: 'avgPool', ...window }],
  globalMaxPool: [{ kind: 'globalMaxPool', keepDims: true }],
  globalAvgPool: [{ kind: 'globalAvgPool', keepDims: false }],
  zeroPad: [
    {
      kind: 'zeroPad',
      edges: [
        [1, 2],
        [3, 4],
      ],
    },
  ],
  rescale: [{ kind: 'rescale', scale: 2, offset: -1 }],
  reshape: [{ kind: 'reshape', target: [H, H * 3] }],
  dropout: [{ kind: 'dropout', rate: 0.5 }],
  concat: [{ kind: 'concat', axis: -1 }],
  add: [{ kind: 'add' }],
  multiply: [{ kind: 'multiply' }],
  flatten: [{ kind: 'flatten' }],
};
const SHAPES: { readonly [kind in Op['kind']]?: Partial<Record<WeightRole, readonly number[]>> } = {
  conv2d: { kernel: [3, 3, 3, 4] },
  depthwiseConv2d: { kernel: [3, 3, 3, 2] },
  dense: { kernel: [3, 2], bias: [2] },
  batchNorm: { gamma: [3], beta: [3], movingMean: [3], movingVariance: [3] },
};

/** A trunk of an input and one operation; what takes several inputs gets the same one twice. */
function trunkOf(op: Op) {
  const shapes = Object.entries(SHAPES[op.kind] ?? {});
  const specs = shapes.map(([name, shape]) => ({ name, shape: [...shape], dtype: 'float32' as const }));
  const count = specs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const bytes = new Uint8Array(
    Float32Array.from({ length: count }, (_, i) => ((i * 7) % 5) / 5 + 0.1).buffer,
  );
  const inputs = ['add', 'multiply', 'concat'].includes(op.kind) ? ['in', 'in'] : ['in'];
  const common = { trainable: false };
  return {
    graph: {
      nodes: [
        { ...common, name: 'in', layer: 'in', op: { kind: 'input' } as const, inputs: [], weights: {} },
        {
          ...{ ...common, name: 'out', layer: 'out', op, inputs },
          weights: Object.fromEntries(shapes.map(([role]) => [role, role])),
        },
      ],
      inputShape: [H, H, 3] as const,
      output: 'out',
    },
    weights: createWeights([{ weights: specs, bytes }]),
  };
}

describe('the engine in workerd', () => {
  it.each(Object.values(OPS).flatMap((ops) => ops.map((op) => [JSON.stringify(op), op] as const)))(
    'does %s',
    async (_, op) => {
      const lowering = lowerTrunk(trunkOf(op), { cut: 'out' });
      const data = Float32Array.from({ length: H * H * 3 }, (_, i) => Math.sin(i));
      const result = await lowering.run({ data, shape: [1, H, H, 3] });
      lowering.dispose();
      expect(result.shape[0]).toBe(1);
      expect(result.data.every(Number.isFinite)).toBe(true);
      expect(new Set(result.data).size).toBeGreaterThan(1);
    },
  );
});
