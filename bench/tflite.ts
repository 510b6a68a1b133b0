// A trunk as a TFLite model, so that LiteRT can run the same graph: NHWC, BatchNormalization folded and activations fused
// as a converter does it, float32 weights. Only the operations of the default trunk; nothing else is optimised here.
// Field numbers: https://github.com/tensorflow/tensorflow/blob/master/tensorflow/compiler/mlir/lite/schema/schema.fbs
import { AppError } from '../src/contract/errors.ts';
import { type FusedStep, foldedKernel, fuse } from '../src/trunk/fuse.ts';
import { type Edges, type Node, type Padding, type Pair, truncate } from '../src/trunk/graph.ts';
import type { TrunkModel } from '../src/trunk/model-files.ts';
import { shapesOf } from '../src/trunk/shapes.ts';
import { bytes, encode, integer, integers, type Table, table, tables, text } from './flatbuffer.ts';

const VERSION = 3;
const MODEL = { version: 0, operatorCodes: 1, subgraphs: 2, description: 3, buffers: 4 } as const;
const SUBGRAPH = { tensors: 0, inputs: 1, outputs: 2, operators: 3, name: 4 } as const;
const TENSOR = { shape: 0, type: 1, buffer: 2, name: 3 } as const;
const CODE = { deprecated: 0, version: 2, builtin: 3 } as const;
const OPERATOR = { code: 0, inputs: 1, outputs: 2, optionsType: 3, options: 4 } as const;
const CONV = { padding: 0, strideW: 1, strideH: 2, activation: 3, dilationW: 4, dilationH: 5 } as const;
const DEPTHWISE = {
  ...{ padding: 0, strideW: 1, strideH: 2, multiplier: 3, activation: 4, dilationW: 5, dilationH: 6 },
} as const;
const ADD = { activation: 0 } as const;
const BUFFER = { data: 0 } as const;
/** By their place in the model's list of operators: builtin code, and the number of its options in their union. */
const OPERATORS = {
  conv2d: { index: 0, builtin: 3, options: 1 },
  depthwiseConv2d: { index: 1, builtin: 4, options: 2 },
  add: { index: 2, builtin: 0, options: 11 },
} as const;
const FLOAT32 = 0;
const PADDING = { same: 0, valid: 1 } as const;
const ACTIVATION = { none: 0, relu: 1, relu6: 3 } as const;

/**
 * @param options.cut the layer whose activation [batch,h,w,c] the model gives
 * @param options.size side of the input [batch,size,size,3], px
 * @returns the bytes of a .tflite file
 * @throws AppError `model_layer_unknown` for an operation that the default trunk does not have
 */
export function toTflite(
  { graph, weights }: TrunkModel,
  { cut, size, batch = 1 }: { readonly cut: string; readonly size: number; readonly batch?: number },
): Uint8Array {
  const part = truncate(graph, cut);
  const shapes = shapesOf(part, [size, size, part.inputShape.at(-1) ?? 0]);
  const tensors: Table[] = [];
  // The first buffer is empty by convention: tensors that are computed name it.
  const buffers: Table[] = [table({})];
  const addTensor = (name: string, shape: readonly number[], data?: Float32Array): number => {
    if (data !== undefined)
      buffers.push(
        table({ [BUFFER.data]: bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)) }),
      );
    const buffer = data === undefined ? 0 : buffers.length - 1;
    tensors.push(
      table({
        [TENSOR.shape]: integers(shape),
        [TENSOR.type]: integer(FLOAT32),
        [TENSOR.buffer]: integer(buffer),
        [TENSOR.name]: text(name),
      }),
    );
    return tensors.length - 1;
  };
  const indices = new Map<string, number>();
  const activation = (name: string): number => {
    const index = indices.get(name) ?? addTensor(name, [batch, ...(shapes.get(name) ?? [])]);
    indices.set(name, index);
    return index;
  };
  const input = activation(part.nodes.find(({ op }) => op.kind === 'input')?.name ?? '');
  const operators = fuse(part, weights).map((step) => {
    const { node, name, inputs, bias } = step;
    const operands = inputs.map(activation);
    const output = activation(name);
    const operator = (kind: keyof typeof OPERATORS, options: Table): Table =>
      table({
        [OPERATOR.code]: integer(OPERATORS[kind].index),
        [OPERATOR.inputs]: integers(operands),
        [OPERATOR.outputs]: integers([output]),
        [OPERATOR.optionsType]: integer(OPERATORS[kind].options),
        [OPERATOR.options]: options,
      });
    const { op } = node;
    if (op.kind === 'add' && inputs.length === 2)
      return operator('add', table({ [ADD.activation]: integer(ACTIVATION.none) }));
    if (op.kind !== 'conv2d' && op.kind !== 'depthwiseConv2d') throw unknown(node);
    const kernel = foldedKernel(step, weights);
    const [height = 0, width = 0, channels = 0, last = 0] = kernel.shape;
    const outputs = op.kind === 'conv2d' ? last : channels * last;
    operands.push(
      op.kind === 'conv2d'
        ? addTensor(`${name}/kernel`, [last, height, width, channels], lastAxisFirst(kernel.data, last))
        : addTensor(`${name}/kernel`, [1, height, width, outputs], kernel.data),
      addTensor(`${name}/bias`, [outputs], bias ?? new Float32Array(outputs)),
    );
    const fields = op.kind === 'conv2d' ? CONV : DEPTHWISE;
    return operator(
      op.kind,
      table({
        [fields.padding]: integer(PADDING[paddingOf(step, shapes.get(inputs[0] ?? '') ?? [])]),
        [fields.strideH]: integer(op.strides[0]),
        [fields.strideW]: integer(op.strides[1]),
        ...(op.kind === 'depthwiseConv2d' ? { [DEPTHWISE.multiplier]: integer(op.multiplier) } : {}),
        [fields.activation]: integer(activationOf(step)),
        [fields.dilationH]: integer(op.dilation[0]),
        [fields.dilationW]: integer(op.dilation[1]),
      }),
    );
  });
  const subgraph = table({
    [SUBGRAPH.tensors]: tables(...tensors),
    [SUBGRAPH.inputs]: integers([input]),
    [SUBGRAPH.outputs]: integers([activation(cut)]),
    [SUBGRAPH.operators]: tables(...operators),
    [SUBGRAPH.name]: text('trunk'),
  });
  const codes = Object.values(OPERATORS).map(({ builtin }) =>
    table({
      [CODE.deprecated]: integer(builtin),
      [CODE.version]: integer(1),
      [CODE.builtin]: integer(builtin),
    }),
  );
  return encode(
    table({
      [MODEL.version]: integer(VERSION),
      [MODEL.operatorCodes]: tables(...codes),
      [MODEL.subgraphs]: tables(subgraph),
      [MODEL.description]: text('topwork'),
      [MODEL.buffers]: tables(...buffers),
    }),
    'TFL3',
  );
}

function unknown(node: Node): AppError {
  return new AppError('model_layer_unknown', {
    detail: `Layer "${node.layer}" (${node.op.kind}) has no counterpart here: the benchmark writes convolutions with the padding "same" or "valid", BatchNorm and ReLU after them, and additions of two.`,
  });
}

function activationOf({ activation, node }: FusedStep): number {
  if (activation === null) return ACTIVATION.none;
  if (activation.fn === 'relu' && activation.max === null) return ACTIVATION.relu;
  if (activation.fn === 'relu' && activation.max === 6) return ACTIVATION.relu6;
  throw unknown(node);
}

/**
 * TFLite's convolutions know "same" and "valid" only. The zero padding that Keras writes before a stride of 2 is "same"
 * at even sizes.
 * @throws AppError `model_layer_unknown` for any other padding
 */
function paddingOf({ padding, node }: FusedStep, [h = 0, w = 0]: readonly number[]): Padding {
  if (typeof padding === 'string') return padding;
  if (node.op.kind !== 'conv2d' && node.op.kind !== 'depthwiseConv2d') throw unknown(node);
  const { window, strides, dilation } = node.op;
  const same: Edges = [edges(h, 0), edges(w, 1)];
  if (same.flat().join() !== padding.flat().join()) throw unknown(node);
  return 'same';

  function edges(size: number, axis: 0 | 1): Pair {
    const reach = (window[axis] - 1) * dilation[axis] + 1;
    const total = Math.max((Math.ceil(size / strides[axis]) - 1) * strides[axis] + reach - size, 0);
    return [Math.floor(total / 2), Math.ceil(total / 2)];
  }
}

/** [..., k] -> [k, ...] */
function lastAxisFirst(data: Float32Array, outputs: number): Float32Array {
  const rest = data.length / outputs;
  const moved = new Float32Array(data.length);
  for (let i = 0; i < rest; i++)
    for (let k = 0; k < outputs; k++) moved[k * rest + i] = data[i * outputs + k] ?? 0;
  return moved;
}
