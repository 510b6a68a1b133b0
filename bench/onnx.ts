// A trunk as an ONNX model, so that other runtimes can run the same graph: NCHW, BatchNormalization left unfused (they
// fold it themselves), float32 weights, padding as an attribute of the convolution after it, as PyTorch's exporter writes
// it. Only the operations of the default trunk; nothing else is optimised here.
// Field numbers: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
import { AppError } from '../src/contract/errors.ts';
import { type Node, truncate } from '../src/trunk/graph.ts';
import { concatBytes, type TrunkModel } from '../src/trunk/model-files.ts';
import type { Weights } from '../src/trunk/weights.ts';
import { bytes, type Field, float, integer, message } from './protobuf.ts';

/** Names of the model's input [batch,3,size,size] and output [batch,c,h,w]. */
export const ONNX_INPUT = 'image';
export const ONNX_OUTPUT = 'activation';

const IR_VERSION = 8;
const OPSET = 15;
const FLOAT = 1;
const ATTRIBUTE_TYPE = { float: 1, int: 2, string: 3, ints: 7 } as const;
const MODEL = { irVersion: 1, producer: 2, graph: 7, opset: 8 } as const;
const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5 } as const;
const ATTRIBUTE = { name: 1, f: 2, i: 3, s: 4, ints: 8, type: 20 } as const;
const TENSOR = { dims: 1, dataType: 2, name: 8, raw: 9 } as const;

/**
 * @param options.cut the layer whose activation the model gives
 * @param options.size side of the input, px
 * @returns the bytes of an .onnx file
 * @throws AppError `model_layer_unknown` for an operation that the default trunk does not have
 */
export function toOnnx(
  { graph, weights }: TrunkModel,
  options: { readonly cut: string; readonly size: number; readonly batch?: number },
): Uint8Array {
  const part = truncate(graph, options.cut);
  const names = new Map(part.nodes.map(({ name, op }) => [name, op.kind === 'input' ? ONNX_INPUT : name]));
  names.set(options.cut, ONNX_OUTPUT);
  const nameOf = (node: string) => names.get(node) ?? node;
  const pads = new Map(part.nodes.flatMap((node) => (node.op.kind === 'zeroPad' ? [[node.name, node]] : [])));
  const pieces = part.nodes
    .filter(({ op }) => op.kind !== 'input' && op.kind !== 'zeroPad')
    .map((node) => {
      const pad = pads.get(node.inputs[0] ?? '');
      const inputs = (pad ?? node).inputs.map(nameOf);
      return convert(node, inputs, nameOf(node.name), weights, paddingOf(node, pad));
    });
  return concatBytes([
    integer(MODEL.irVersion, IR_VERSION),
    bytes(MODEL.producer, 'topwork'),
    message(
      MODEL.graph,
      bytes(GRAPH.name, 'trunk'),
      ...pieces.map(({ node }) => node),
      ...pieces.flatMap(({ initializers }) => initializers),
      valueInfo(GRAPH.input, ONNX_INPUT, [options.batch ?? 1, 3, options.size, options.size]),
      valueInfo(GRAPH.output, ONNX_OUTPUT, []),
    ),
    message(MODEL.opset, integer(2, OPSET)),
  ]);
}

interface Piece {
  readonly node: Field;
  readonly initializers: readonly Field[];
}

function convert(
  node: Node,
  inputs: readonly string[],
  output: string,
  weights: Weights,
  padding: Field,
): Piece {
  const initializers: Field[] = [];
  const operands = [...inputs];
  const give = (role: string, data: Float32Array, dims: readonly number[] = [data.length]) => {
    const name = `${node.name}/${role}`;
    operands.push(name);
    initializers.push(tensor(name, dims, data));
  };
  const emit = (opType: string, ...attributes: readonly Field[]): Piece => ({
    node: message(
      GRAPH.node,
      ...operands.map((name) => bytes(NODE.input, name)),
      bytes(NODE.output, output),
      bytes(NODE.name, node.name),
      bytes(NODE.opType, opType),
      ...attributes,
    ),
    initializers,
  });
  const { op, weights: roles } = node;
  switch (op.kind) {
    case 'conv2d':
    case 'depthwiseConv2d': {
      const kernel = weights.get(roles.kernel ?? '');
      const [height = 0, width = 0, channels = 0, outputs = 0] = kernel.shape;
      const depthwise = op.kind === 'depthwiseConv2d';
      // [kh,kw,c,k] -> [k,c,kh,kw]; depthwise [kh,kw,c,m] -> [c*m,1,kh,kw], which is the same move of one long axis.
      const moved = lastAxesFirst(kernel.data, height * width, depthwise ? 1 : channels);
      const dims = depthwise ? [channels * outputs, 1] : [outputs, channels];
      give('kernel', moved, [...dims, height, width]);
      if (roles.bias !== undefined) give('bias', weights.get(roles.bias).data);
      return emit(
        'Conv',
        ints('strides', op.strides),
        ints('dilations', op.dilation),
        int('group', depthwise ? channels : 1),
        padding,
      );
    }
    case 'batchNorm': {
      const mean = weights.get(roles.movingMean ?? '').data;
      give('gamma', roles.gamma === undefined ? mean.map(() => 1) : weights.get(roles.gamma).data);
      give('beta', roles.beta === undefined ? mean.map(() => 0) : weights.get(roles.beta).data);
      give('mean', mean);
      give('variance', weights.get(roles.movingVariance ?? '').data);
      return emit('BatchNormalization', attribute('epsilon', 'float', float(ATTRIBUTE.f, op.epsilon)));
    }
    case 'activation': {
      if (op.activation.fn !== 'relu') break;
      if (op.activation.max === null) return emit('Relu');
      give('min', Float32Array.of(0), []);
      give('max', Float32Array.of(op.activation.max), []);
      return emit('Clip');
    }
    case 'add':
      if (inputs.length === 2) return emit('Add');
      break;
  }
  throw unknown(node);
}

function unknown(node: Node): AppError {
  return new AppError('model_layer_unknown', {
    detail: `Layer "${node.layer}" (${node.op.kind}) has no counterpart here: the benchmark writes convolutions, zero padding before them, BatchNorm, ReLU and additions of two.`,
  });
}

/** @throws AppError `model_layer_unknown` for padding before anything but an unpadded convolution */
function paddingOf(node: Node, pad: Node | undefined): Field {
  const padding = 'padding' in node.op ? node.op.padding : 'valid';
  if (pad?.op.kind !== 'zeroPad') return text('auto_pad', padding === 'same' ? 'SAME_UPPER' : 'VALID');
  const isConvolution = node.op.kind === 'conv2d' || node.op.kind === 'depthwiseConv2d';
  if (!isConvolution || padding === 'same') throw unknown(pad);
  const [[top, bottom], [left, right]] = pad.op.edges;
  return ints('pads', [top, left, bottom, right]);
}

/** [pixels, c, k] -> [k, c, pixels]. */
function lastAxesFirst(data: Float32Array, pixels: number, channels: number): Float32Array {
  const outputs = data.length / pixels / channels;
  const moved = new Float32Array(data.length);
  for (let p = 0; p < pixels; p++)
    for (let c = 0; c < channels; c++)
      for (let k = 0; k < outputs; k++)
        moved[(k * channels + c) * pixels + p] = data[(p * channels + c) * outputs + k] ?? 0;
  return moved;
}

function tensor(name: string, dims: readonly number[], data: Float32Array): Field {
  return message(
    GRAPH.initializer,
    ...dims.map((size) => integer(TENSOR.dims, size)),
    integer(TENSOR.dataType, FLOAT),
    bytes(TENSOR.name, name),
    bytes(TENSOR.raw, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  );
}

/** A float tensor's name and shape; without dims the shape is left open. */
function valueInfo(field: number, name: string, dims: readonly number[]): Field {
  const shape = message(2, ...dims.map((size) => message(1, integer(1, size))));
  const type = message(1, integer(1, FLOAT), ...(dims.length > 0 ? [shape] : []));
  return message(field, bytes(1, name), message(2, type));
}

function attribute(name: string, type: keyof typeof ATTRIBUTE_TYPE, ...values: readonly Field[]): Field {
  return message(
    NODE.attribute,
    bytes(ATTRIBUTE.name, name),
    ...values,
    integer(ATTRIBUTE.type, ATTRIBUTE_TYPE[type]),
  );
}

function int(name: string, value: number): Field {
  return attribute(name, 'int', integer(ATTRIBUTE.i, value));
}

function ints(name: string, values: readonly number[]): Field {
  return attribute(name, 'ints', ...values.map((value) => integer(ATTRIBUTE.ints, value)));
}

function text(name: string, value: string): Field {
  return attribute(name, 'string', bytes(ATTRIBUTE.s, value));
}
