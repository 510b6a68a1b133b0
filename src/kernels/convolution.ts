// The convolution and its gradients for tfjs: shapes and addresses, no arithmetic.
import * as tf from '@tensorflow/tfjs-core';
import { withScratch } from './heap.ts';
import { addresses, input, kernel, passOn, type Replacement } from './kernel.ts';
import type { Geometry, Kernels } from './module.ts';

type Strides = number | [number, number];
type Pad = Parameters<typeof tf.backend_util.computeConv2DInfo>[4];
type Shape4 = [number, number, number, number];

/** The attributes of a convolution and of its gradients, as tfjs gives them. */
interface Attrs {
  readonly strides: Strides;
  readonly pad: Pad;
  readonly dataFormat?: string;
  readonly dilations?: Strides;
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil';
  readonly inputShape?: Shape4;
  readonly filterShape?: Shape4;
}

/** Channels below which gathering the inputs of several taps takes longer than tfjs's own way; measured. */
const NARROW = 16;

export function convolutionKernels(kernels: Kernels): readonly Replacement[] {
  return [
    // tfjs's own packs the filter anew at each call, which only pays where it does not change.
    kernel<Attrs>('Conv2D', (call, stock) => {
      const { inputs, attrs, backend } = call;
      const [x, filter] = [input(inputs, 'x'), input(inputs, 'filter')];
      const [kh = 1, kw = 1, c = 1] = filter.shape;
      const [sh = 1, sw = sh] = [attrs.strides].flat();
      // Where a stride is larger than the filter, tfjs's own gives zeros for `same`.
      const isNarrow = kh * kw > 1 && c < NARROW && sh <= kh && sw <= kw && stock !== undefined;
      if (isUnknown(attrs) || isNarrow) return passOn(stock, call as never);
      const { geometry, outShape } = describe(x.shape as Shape4, filter.shape as Shape4, attrs);
      const [n, , , , k, oh, ow] = geometry;
      const out = backend.makeOutput(outShape, 'float32');
      const at = addresses(backend, x, filter, out);
      const scratch = kernels.convolveScratch(c, k, oh, ow, kh, kw, n);
      withScratch(backend, scratch, (rest) => kernels.convolve(...at, ...geometry, rest));
      return out;
    }),
    kernel<Attrs>('Conv2DBackpropFilter', ({ inputs, attrs, backend }) => {
      const [x, dy] = [input(inputs, 'x'), input(inputs, 'dy')];
      const filterShape = attrs.filterShape ?? none();
      const { geometry } = describe(x.shape as Shape4, filterShape, attrs);
      const out = backend.makeOutput(filterShape, 'float32');
      const at = addresses(backend, x, dy, out);
      withScratch(backend, scratchOf(kernels, geometry), (rest) =>
        kernels.filterGradient(...at, ...geometry, rest),
      );
      return out;
    }),
    kernel<Attrs>('Conv2DBackpropInput', ({ inputs, attrs, backend }) => {
      const [dy, filter] = [input(inputs, 'dy'), input(inputs, 'filter')];
      const inShape = attrs.inputShape ?? none();
      const { geometry } = describe(inShape, filter.shape as Shape4, attrs);
      const out = backend.makeOutput(inShape, 'float32');
      const at = addresses(backend, dy, filter, out);
      withScratch(backend, scratchOf(kernels, geometry), (rest) =>
        kernels.inputGradient(...at, ...geometry, rest),
      );
      return out;
    }),
    kernel<Attrs>('DepthwiseConv2dNativeBackpropFilter', ({ inputs, attrs, backend }) => {
      const [x, dy] = [input(inputs, 'x'), input(inputs, 'dy')];
      const filterShape = attrs.filterShape ?? none();
      const { geometry } = describe(x.shape as Shape4, filterShape, attrs, true);
      const out = backend.makeOutput(filterShape, 'float32');
      kernels.depthwiseFilterGradient(...addresses(backend, x, dy, out), ...geometry);
      return out;
    }),
    kernel<Attrs>('DepthwiseConv2dNativeBackpropInput', ({ inputs, attrs, backend }) => {
      const [dy, filter] = [input(inputs, 'dy'), input(inputs, 'filter')];
      const inShape = attrs.inputShape ?? none();
      const { geometry } = describe(inShape, filter.shape as Shape4, attrs, true);
      const out = backend.makeOutput(inShape, 'float32');
      kernels.depthwiseInputGradient(...addresses(backend, dy, filter, out), ...geometry);
      return out;
    }),
  ];
}

function isUnknown({ dataFormat = 'NHWC', dilations = 1 }: Attrs): boolean {
  return dataFormat !== 'NHWC' || [dilations].flat().some((d) => d !== 1);
}

/** @throws Error for what these kernels do not do: other layouts and dilations */
function describe(
  inShape: Shape4,
  filterShape: Shape4,
  attrs: Attrs,
  depthwise = false,
): { readonly geometry: Geometry; readonly outShape: Shape4 } {
  if (isUnknown(attrs))
    throw new Error(
      attrs.dataFormat !== undefined && attrs.dataFormat !== 'NHWC'
        ? `Convolutions of layout ${attrs.dataFormat} have no gradient here; use NHWC.`
        : 'Dilated convolutions have no gradient here.',
    );
  const { strides, pad, dimRoundingMode } = attrs;
  const info = tf.backend_util.computeConv2DInfo(
    ...([inShape, filterShape, strides, 1, pad, dimRoundingMode, depthwise] as const),
  );
  const { inHeight: h, inWidth: w, inChannels: c, outHeight: oh, outWidth: ow } = info;
  const k = depthwise ? (filterShape[3] ?? 1) : info.outChannels;
  return {
    geometry: [
      ...([info.batchSize, h, w, c, k, oh, ow, info.filterHeight, info.filterWidth] as const),
      ...([info.strideHeight, info.strideWidth, info.padInfo.top, info.padInfo.left] as const),
    ],
    outShape: info.outShape,
  };
}

function scratchOf(kernels: Kernels, [n, , , c, k, oh, ow, kh, kw]: Geometry): number {
  return kernels.convolutionScratch(c, k, oh, ow, kh, kw, n);
}

function none(): never {
  throw new Error('The shape of the gradient is missing.');
}
