// One Keras layer -> one or a few primitive operations: the table of every layer that a trunk may be made of.
// Reads configurations only; how layers are connected is keras.ts.
// @see https://keras.io/api/layers/ for what each option means
import * as v from 'valibot';
import { AppError } from '../contract/errors.ts';
import type { Activation, Edges, Node, Op, Pair, WeightRole } from './graph.ts';

const int = v.pipe(v.number(), v.integer());
const count = v.pipe(int, v.minValue(1));
const pairOf = (size: v.GenericSchema<number>) =>
  v.pipe(
    v.union([size, v.strictTuple([size, size])]),
    v.transform((value): Pair => (typeof value === 'number' ? [value, value] : value)),
  );
const pair = pairOf(count);
const one: Pair = [1, 1];
const padding = v.optional(v.picklist(['same', 'valid']), 'valid');
const dataFormat = v.optional(v.nullable(v.literal('channels_last')));
const activationName = v.optional(
  v.nullable(
    v.union([
      v.string(),
      v.pipe(
        v.object({ class_name: v.string(), config: v.unknown() }),
        v.transform(({ class_name, config }) => (typeof config === 'string' ? config : class_name)),
      ),
    ]),
  ),
);
// XNNPACK leaves the output unwritten where the maximum, as a float, is not above 0.
const maximum = v.pipe(
  v.number(),
  v.check((max) => Math.fround(max) > 0, 'a maximum above 0'),
);
const flag = v.optional(v.boolean(), true);
const share = v.pipe(v.number(), v.minValue(0), v.ltValue(1));
const openSize = v.pipe(
  // tfjs writes null where Keras writes -1.
  v.union([v.literal(-1), v.null()]),
  v.transform(() => -1),
);
const target = v.pipe(
  v.array(v.union([openSize, count])),
  v.check((sizes) => sizes.filter((size) => size === -1).length < 2, 'at most one size can be left open'),
);
const axis = v.optional(
  v.union([
    int,
    v.pipe(
      v.strictTuple([int]),
      v.transform(([only]) => only),
    ),
  ]),
  -1,
);
const windowed = {
  kernel_size: pair,
  strides: v.optional(pair, one),
  dilation_rate: v.optional(pair, one),
  padding,
  data_format: dataFormat,
  activation: activationName,
  use_bias: flag,
};
const pooled = {
  pool_size: v.optional(pair, [2, 2]),
  strides: v.optional(v.nullable(pair)),
  padding,
  data_format: dataFormat,
};
const globalPooled = { data_format: dataFormat, keepdims: v.optional(v.boolean(), false) };

/** A layer as the file has it; `inputs` are the names of the layers that it reads. */
export interface KerasLayer {
  readonly className: string;
  readonly name: string;
  readonly config: unknown;
  readonly inputs: readonly string[];
}

type Build = (layer: KerasLayer) => readonly Node[];

const LAYERS: Readonly<Record<string, Build>> = {
  InputLayer: (layer) => [node(layer, { kind: 'input' })],
  Conv2D: (layer) => {
    const c = parse(layer, v.object({ ...windowed, filters: count, groups: v.optional(v.literal(1)) }));
    const op: Op = { kind: 'conv2d', filters: c.filters, ...windowOf(layer, c) };
    return withActivation(layer, c.activation, op, weights(layer, { kernel: 'kernel', ...bias(c) }));
  },
  DepthwiseConv2D: (layer) => {
    const c = parse(layer, v.object({ ...windowed, depth_multiplier: v.optional(count, 1) }));
    const op: Op = { kind: 'depthwiseConv2d', multiplier: c.depth_multiplier, ...windowOf(layer, c) };
    return withActivation(
      layer,
      c.activation,
      op,
      weights(layer, { kernel: 'depthwise_kernel', ...bias(c) }),
    );
  },
  SeparableConv2D: (layer) => {
    const c = parse(layer, v.object({ ...windowed, filters: count, depth_multiplier: v.optional(count, 1) }));
    const depthwise: Node = {
      ...node(layer, { kind: 'depthwiseConv2d', multiplier: c.depth_multiplier, ...windowOf(layer, c) }),
      name: `${layer.name}#depthwise`,
      weights: weights(layer, { kernel: 'depthwise_kernel' }),
    };
    const pointwise: Op = {
      kind: 'conv2d',
      filters: c.filters,
      window: one,
      strides: one,
      padding: 'valid',
      dilation: one,
    };
    const rest = withActivation(
      layer,
      c.activation,
      pointwise,
      weights(layer, { kernel: 'pointwise_kernel', ...bias(c) }),
    );
    return [depthwise, ...rest.map((n, i) => (i === 0 ? { ...n, inputs: [depthwise.name] } : n))];
  },
  Dense: (layer) => {
    const c = parse(layer, v.object({ units: count, activation: activationName, use_bias: flag }));
    return withActivation(
      layer,
      c.activation,
      { kind: 'dense', units: c.units },
      weights(layer, { kernel: 'kernel', ...bias(c) }),
    );
  },
  BatchNormalization: (layer) => {
    const c = parse(
      layer,
      v.object({
        axis,
        epsilon: v.optional(v.pipe(v.number(), v.minValue(0)), 1e-3),
        momentum: v.optional(v.number(), 0.99),
        scale: flag,
        center: flag,
      }),
    );
    const op: Op = {
      kind: 'batchNorm',
      epsilon: c.epsilon,
      momentum: c.momentum,
      scale: c.scale,
      center: c.center,
      axis: c.axis,
    };
    return [
      {
        ...node(layer, op),
        weights: weights(layer, {
          movingMean: 'moving_mean',
          movingVariance: 'moving_variance',
          ...(c.scale ? { gamma: 'gamma' } : {}),
          ...(c.center ? { beta: 'beta' } : {}),
        }),
      },
    ];
  },
  ReLU: (layer) => {
    const c = parse(
      layer,
      v.object({
        max_value: v.optional(v.nullable(maximum), null),
        negative_slope: v.optional(v.nullable(v.number()), 0),
        threshold: v.optional(v.nullable(v.number()), 0),
      }),
    );
    if (c.threshold || (c.negative_slope && c.max_value !== null))
      throw unknownOption(layer, 'a threshold, or a negative slope with a maximum', 'a maximum alone');
    return [
      activate(
        layer,
        c.negative_slope ? { fn: 'leakyRelu', slope: c.negative_slope } : { fn: 'relu', max: c.max_value },
      ),
    ];
  },
  LeakyReLU: (layer) => {
    const c = parse(
      layer,
      v.object({ alpha: v.optional(v.number()), negative_slope: v.optional(v.number()) }),
    );
    return [activate(layer, { fn: 'leakyRelu', slope: c.negative_slope ?? c.alpha ?? 0.3 })];
  },
  Activation: (layer) => {
    const activation = activationOf(layer, parse(layer, v.object({ activation: activationName })).activation);
    return [activation === null ? node(layer, { kind: 'dropout', rate: 0 }) : activate(layer, activation)];
  },
  Softmax: (layer) => {
    const c = parse(layer, v.object({ axis }));
    return [activate(layer, { fn: 'softmax', axis: c.axis })];
  },
  Add: (layer) => [node(layer, { kind: 'add' })],
  Multiply: (layer) => [node(layer, { kind: 'multiply' })],
  Concatenate: (layer) => {
    return [node(layer, { kind: 'concat', axis: parse(layer, v.object({ axis })).axis })];
  },
  ZeroPadding2D: (layer) => {
    const px = v.pipe(int, v.minValue(0));
    const [all, sides] = [pairOf(px), v.strictTuple([pairOf(px), pairOf(px)])];
    const edges = v.union([
      sides,
      v.pipe(
        all,
        v.transform(
          ([vertical, horizontal]): Edges => [
            [vertical, vertical],
            [horizontal, horizontal],
          ],
        ),
      ),
    ]);
    const c = parse(layer, v.object({ padding: v.optional(edges, 1), data_format: dataFormat }));
    return [node(layer, { kind: 'zeroPad', edges: c.padding })];
  },
  MaxPooling2D: (layer) => [pool(layer, 'maxPool')],
  AveragePooling2D: (layer) => [pool(layer, 'avgPool')],
  GlobalAveragePooling2D: (layer) => [
    node(layer, { kind: 'globalAvgPool', keepDims: parse(layer, v.object(globalPooled)).keepdims }),
  ],
  GlobalMaxPooling2D: (layer) => [
    node(layer, { kind: 'globalMaxPool', keepDims: parse(layer, v.object(globalPooled)).keepdims }),
  ],
  Flatten: (layer) => {
    parse(layer, v.object({ data_format: dataFormat }));
    return [node(layer, { kind: 'flatten' })];
  },
  Dropout: (layer) => [node(layer, { kind: 'dropout', rate: parse(layer, v.object({ rate: share })).rate })],
  Reshape: (layer) => [
    node(layer, {
      kind: 'reshape',
      target: parse(layer, v.object({ target_shape: target })).target_shape,
    }),
  ],
  Rescaling: (layer) => {
    const c = parse(layer, v.object({ scale: v.number(), offset: v.optional(v.number(), 0) }));
    return [node(layer, { kind: 'rescale', scale: c.scale, offset: c.offset })];
  },
};

/** Keras class names that a trunk may be made of. */
export const KNOWN_LAYERS: readonly string[] = Object.keys(LAYERS);

/**
 * The primitive operations of one layer; the last one bears the layer's name.
 * @throws AppError `model_layer_unknown` naming the layer and what is known
 */
export function buildLayer(layer: KerasLayer): readonly Node[] {
  const build = Object.hasOwn(LAYERS, layer.className) ? LAYERS[layer.className] : undefined;
  if (build === undefined)
    throw new AppError('model_layer_unknown', {
      detail: `Layer "${layer.name}" is a ${layer.className}. Known are ${KNOWN_LAYERS.join(', ')}.`,
    });
  return build(layer);
}

function parse<S extends v.GenericSchema>(layer: KerasLayer, schema: S): v.InferOutput<S> {
  const parsed = v.safeParse(schema, layer.config);
  if (parsed.success) return parsed.output;
  const issue = parsed.issues[0];
  throw new AppError('model_layer_unknown', {
    detail: `Layer "${layer.name}" (${layer.className}) has an option that is not supported: ${v.getDotPath(issue) ?? 'config'}: ${issue.message}.`,
  });
}

const Flags = v.object({ trainable: flag });

function node(layer: KerasLayer, op: Op): Node {
  const config = v.safeParse(Flags, layer.config);
  return {
    name: layer.name,
    layer: layer.name,
    op,
    inputs: layer.inputs,
    weights: {},
    trainable: config.success ? config.output.trainable : true,
  };
}

function activate(layer: KerasLayer, activation: Activation): Node {
  return node(layer, { kind: 'activation', activation });
}

function pool(layer: KerasLayer, kind: 'maxPool' | 'avgPool'): Node {
  const c = parse(layer, v.object(pooled));
  return node(layer, { kind, window: c.pool_size, strides: c.strides ?? c.pool_size, padding: c.padding });
}

/** The operation, and after it the layer's own activation where it has one. */
function withActivation(
  layer: KerasLayer,
  name: string | null | undefined,
  op: Op,
  own: Node['weights'],
): readonly Node[] {
  const activation = activationOf(layer, name);
  const linear = { ...node(layer, op), weights: own };
  if (activation === null) return [linear];
  const inner = `${layer.name}#linear`;
  return [
    { ...linear, name: inner },
    { ...activate(layer, activation), inputs: [inner] },
  ];
}

function activationOf(layer: KerasLayer, name: string | null | undefined): Activation | null {
  switch (name ?? 'linear') {
    case 'linear':
      return null;
    case 'relu':
      return { fn: 'relu', max: null };
    case 'relu6':
      return { fn: 'relu', max: 6 };
    case 'leaky_relu':
      return { fn: 'leakyRelu', slope: 0.2 };
    case 'sigmoid':
      return { fn: 'sigmoid' };
    case 'tanh':
      return { fn: 'tanh' };
    case 'softmax':
      return { fn: 'softmax', axis: -1 };
    case 'swish':
    case 'silu':
      return { fn: 'swish' };
    default:
      throw unknownOption(
        layer,
        `the activation "${name}"`,
        'linear, relu, relu6, leaky_relu, sigmoid, tanh, softmax, swish',
      );
  }
}

function windowOf(
  layer: KerasLayer,
  c: { kernel_size: Pair; strides: Pair; padding: 'same' | 'valid'; dilation_rate: Pair },
) {
  if (Math.max(...c.strides) > 1 && Math.max(...c.dilation_rate) > 1)
    throw unknownOption(layer, 'strides and dilation at once', 'one of the two');
  return { window: c.kernel_size, strides: c.strides, padding: c.padding, dilation: c.dilation_rate };
}

function bias(c: { use_bias: boolean }): Readonly<Partial<Record<WeightRole, string>>> {
  return c.use_bias ? { bias: 'bias' } : {};
}

function weights(layer: KerasLayer, roles: Readonly<Partial<Record<WeightRole, string>>>): Node['weights'] {
  return Object.fromEntries(Object.entries(roles).map(([role, name]) => [role, `${layer.name}/${name}`]));
}

function unknownOption(layer: KerasLayer, what: string, known: string): AppError {
  return new AppError('model_layer_unknown', {
    detail: `Layer "${layer.name}" (${layer.className}) has ${what}, which is not supported; known: ${known}.`,
  });
}
