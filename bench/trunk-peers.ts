// The same trunk on four engines, each made ready for one image of one size and one cut: the project's own lowering,
// tfjs-layers on the same WASM backend, onnxruntime's WASM and its native build, one thread each. Every run takes
// floats in and gives floats out; the layout change that onnxruntime needs is made before.
import * as tf from '@tensorflow/tfjs';
import ort from 'onnxruntime-node';
import * as ortWeb from 'onnxruntime-web';
import type { NdArray } from '../src/contract/nd-array.ts';
import { lowerInfer } from '../src/trunk/infer.ts';
import type { Contender } from './measure.ts';
import { ONNX_INPUT, ONNX_OUTPUT, toOnnx } from './onnx.ts';
import type { Trunk } from './read-trunk.ts';

export interface Peer extends Contender {
  /** Activation at the cut, [h,w,c] or, where `channelsFirst`, [c,h,w]. */
  run(): Promise<Float32Array>;
  readonly channelsFirst: boolean;
  dispose(): Promise<void>;
}

/** @param image [1,size,size,3] */
export async function openPeers(
  trunk: Trunk,
  { cut, image }: { readonly cut: string; readonly image: NdArray },
): Promise<readonly Peer[]> {
  const size = image.shape[1] ?? 0;
  const onnx = toOnnx(trunk.model, { cut, size });
  return [
    openOwn(trunk, cut, image),
    await openLayers(trunk, cut, image),
    await openOnnx('onnxruntime-web', ortWeb, 'wasm', onnx, image),
    await openOnnx('onnxruntime-node', ort, 'cpu', onnx, image),
  ];
}

function openOwn(trunk: Trunk, cut: string, image: NdArray): Peer {
  const lowering = lowerInfer(trunk.model, { cut });
  return {
    name: 'topwork infer (tfjs WASM)',
    channelsFirst: false,
    run: async () => (await lowering.run(image)).data,
    dispose: async () => lowering.dispose(),
  };
}

async function openLayers(trunk: Trunk, cut: string, image: NdArray): Promise<Peer> {
  const size = image.shape[1] ?? 0;
  const { modelTopology, weightsManifest } = trunk.layersModel;
  // A layers-model is tied to the input size in its file, although a convolution is not.
  const sized = JSON.stringify(modelTopology).replace(shapeOf(trunk.manifest.input.size), shapeOf(size));
  const full = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology: JSON.parse(sized),
      weightSpecs: weightsManifest.flatMap(({ weights }) => weights),
      weightData: trunk.weights.slice().buffer,
    }),
  );
  const model = tf.model({ inputs: full.inputs, outputs: full.getLayer(cut).output });
  return {
    name: 'tfjs-layers (tfjs WASM)',
    channelsFirst: false,
    run: async () => {
      const [output] = tf.tidy(() => [model.predict(tf.tensor4d(image.data, [1, size, size, 3]))].flat());
      if (output === undefined) throw new Error('tfjs-layers gave nothing.');
      const data = await output.data();
      output.dispose();
      return floats(data);
    },
    dispose: async () => void full.dispose(),
  };
}

function shapeOf(side: number): string {
  return `"batch_input_shape":[null,${side},${side},3]`;
}

async function openOnnx(
  name: string,
  { InferenceSession, Tensor }: Pick<Ort, 'InferenceSession' | 'Tensor'>,
  provider: 'wasm' | 'cpu',
  onnx: Uint8Array,
  image: NdArray,
): Promise<Peer> {
  // Without this, onnxruntime-web starts one thread a core.
  ortWeb.env.wasm.numThreads = 1;
  const session = await InferenceSession.create(onnx, {
    executionProviders: [provider],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
  });
  const [, h = 0, w = 0, c = 0] = image.shape;
  const planes = channelsFirst(image.data, c);
  return {
    name,
    channelsFirst: true,
    run: async () => {
      const answer = await session.run({ [ONNX_INPUT]: new Tensor('float32', planes, [1, c, h, w]) });
      return floats(answer[ONNX_OUTPUT]?.data);
    },
    dispose: () => session.release(),
  };
}

/** [pixels, c] -> [c, pixels]. */
export function channelsFirst(data: Float32Array, channels: number): Float32Array {
  const pixels = data.length / channels;
  return data.map((_, i) => data[(i % pixels) * channels + Math.floor(i / pixels)] ?? 0);
}

function floats(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new Error('An engine gave no floats.');
}
