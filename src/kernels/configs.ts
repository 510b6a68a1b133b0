// tfjs's kernel interface on one side, the WASM module on the other: shapes and addresses, no arithmetic.
import * as tf from '@tensorflow/tfjs-core';
import { addressOf, type WasmBackend, withScratch } from './heap.ts';
import type { Geometry, Kernels } from './kernels.ts';

type Strides = number | [number, number];
type Pad = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];

/** The attributes of the convolutions' gradients, as tfjs gives them. */
interface ConvolutionAttrs {
  readonly strides: Strides;
  readonly pad: Pad;
  readonly dataFormat?: string;
  readonly dilations?: Strides;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: [number, number, number, number];
  readonly filterShape?: [number, number, number, number];
}

interface Call {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: ConvolutionAttrs & {
    readonly numSegments?: number;
    readonly transposeA?: boolean;
    readonly transposeB?: boolean;
  };
  readonly backend: WasmBackend;
}

type Run = (call: Call) => tf.TensorInfo;
type Shape4 = [number, number, number, number];

/** Bytes. */
const FLOAT = 4;

/** Every kernel, for `tf.registerKernel`. */
export function kernelConfigs(kernels: Kernels): readonly tf.KernelConfig[] {
  return [
    config('Conv2DBackpropFilter', ({ inputs, attrs, backend }) => {
      const { x, dy } = pair(inputs, 'x', 'dy');
      const { geometry, filterShape, scratch } = describe(
        kernels,
        x.shape as Shape4,
        attrs.filterShape ?? none(),
        attrs,
      );
      const out = backend.makeOutput(filterShape, 'float32');
      const at = addresses(backend, x, dy, out);
      withScratch(backend, scratch, (rest) => kernels.filterGradient(...at, ...geometry, rest));
      return out;
    }),
    config('Conv2DBackpropInput', ({ inputs, attrs, backend }) => {
      const { x: dy, dy: filter } = pair(inputs, 'dy', 'filter');
      const { geometry, inShape, scratch } = describe(
        kernels,
        attrs.inputShape ?? none(),
        filter.shape as Shape4,
        attrs,
      );
      const out = backend.makeOutput(inShape, 'float32');
      const at = addresses(backend, dy, filter, out);
      withScratch(backend, scratch, (rest) => kernels.inputGradient(...at, ...geometry, rest));
      return out;
    }),
    config('DepthwiseConv2dNativeBackpropFilter', ({ inputs, attrs, backend }) => {
      const { x, dy } = pair(inputs, 'x', 'dy');
      const { geometry, filterShape } = describe(
        kernels,
        x.shape as Shape4,
        attrs.filterShape ?? none(),
        attrs,
        true,
      );
      const out = backend.makeOutput(filterShape, 'float32');
      kernels.depthwiseFilterGradient(...addresses(backend, x, dy, out), ...geometry);
      return out;
    }),
    config('DepthwiseConv2dNativeBackpropInput', ({ inputs, attrs, backend }) => {
      const { x: dy, dy: filter } = pair(inputs, 'dy', 'filter');
      const { geometry, inShape } = describe(
        kernels,
        attrs.inputShape ?? none(),
        filter.shape as Shape4,
        attrs,
        true,
      );
      const out = backend.makeOutput(inShape, 'float32');
      kernels.depthwiseInputGradient(...addresses(backend, dy, filter, out), ...geometry);
      return out;
    }),
    config('BatchMatMul', ({ inputs, attrs, backend }) => {
      const { x: a, dy: b } = pair(inputs, 'a', 'b');
      const { transposeA = false, transposeB = false } = attrs;
      const [lda = 0, ldb = 0] = [a.shape.at(-1), b.shape.at(-1)];
      const [m = 0, k = 0] = transposeA ? [lda, a.shape.at(-2)] : [a.shape.at(-2), lda];
      const n = (transposeB ? b.shape.at(-2) : ldb) ?? 0;
      const [outerA, outerB] = [a.shape.slice(0, -2), b.shape.slice(0, -2)];
      const outer = tf.broadcast_util.assertAndGetBroadcastShape(outerA, outerB);
      const out = backend.makeOutput([...outer, m, n], 'float32');
      const [atA, atB, to] = addresses(backend, a, b, out);
      // A batch of one meets every matrix of the other side.
      const stepA = product(outerA) === 1 ? 0 : m * k * FLOAT;
      const stepB = product(outerB) === 1 ? 0 : k * n * FLOAT;
      withScratch(backend, kernels.gemmScratch(m, n, k), (rest) => {
        for (let i = 0; i < product(outer); i++) {
          const [from, by, into] = [atA + i * stepA, atB + i * stepB, to + i * m * n * FLOAT];
          kernels.gemm(from, by, into, m, n, k, transposeA, transposeB, lda, ldb, n, false, rest);
        }
      });
      return out;
    }),
    config('UnsortedSegmentSum', ({ inputs, attrs, backend }) => {
      const { x, dy: ids } = pair(inputs, 'x', 'segmentIds');
      const segments = attrs.numSegments ?? 0;
      const [rows = 0, ...rest] = x.shape;
      const columns = product(rest);
      const out = backend.makeOutput([segments, ...rest], 'float32');
      kernels.segmentSum(...addresses(backend, x, ids, out), rows, columns, segments);
      return out;
    }),
  ];
}

function config(kernelName: string, run: Run): tf.KernelConfig {
  return { kernelName, backendName: 'wasm', kernelFunc: run as unknown as tf.KernelFunc };
}

/** The two inputs that every one of these kernels has. */
function pair(inputs: Call['inputs'], first: string, second: string) {
  const x = inputs[first];
  const dy = inputs[second];
  if (x === undefined || dy === undefined) throw new Error(`The inputs ${first} and ${second} are needed.`);
  return { x, dy };
}

function addresses(
  backend: WasmBackend,
  a: tf.TensorInfo,
  b: tf.TensorInfo,
  out: tf.TensorInfo,
): [number, number, number] {
  return [addressOf(backend, a), addressOf(backend, b), addressOf(backend, out)];
}

/** @throws Error for what these kernels do not do: other layouts and dilations */
function describe(
  kernels: Kernels,
  inShape: Shape4,
  filterShape: Shape4,
  { strides, pad, dataFormat = 'NHWC', dilations = 1, dimRoundingMode }: ConvolutionAttrs,
  depthwise = false,
) {
  if (dataFormat !== 'NHWC')
    throw new Error(`Convolutions of layout ${dataFormat} have no gradient here; use NHWC.`);
  if ([dilations].flat().some((d) => d !== 1)) throw new Error('Dilated convolutions have no gradient here.');
  const info = tf.backend_util.computeConv2DInfo(
    inShape,
    filterShape,
    strides,
    1,
    pad,
    dimRoundingMode,
    depthwise,
  );
  const {
    batchSize: n,
    inHeight,
    inWidth,
    inChannels: c,
    outHeight,
    outWidth,
    filterHeight,
    filterWidth,
  } = info;
  const k = depthwise ? (filterShape[3] ?? 1) : info.outChannels;
  const geometry: Geometry = [
    ...([n, inHeight, inWidth, c, k, outHeight, outWidth, filterHeight, filterWidth] as const),
    ...([info.strideHeight, info.strideWidth, info.padInfo.top, info.padInfo.left] as const),
  ];
  const scratch = depthwise
    ? 0
    : kernels.convolutionScratch(c, k, outHeight, outWidth, filterHeight, filterWidth, n);
  return { geometry, inShape, filterShape, scratch };
}

function product(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function none(): never {
  throw new Error('The shape of the gradient is missing.');
}
