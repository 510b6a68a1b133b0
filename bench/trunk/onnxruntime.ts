// The trunk on onnxruntime, one thread, its own optimisations on.
import { ONNX_INPUT, ONNX_OUTPUT, toOnnx } from '../onnx.ts';
import { channelsFirst, type Engine, floats } from './engine.ts';

/** @param provider `wasm` of onnxruntime-web, whose `env.wasm.numThreads` must be 1; `cpu` of onnxruntime-node */
export function onnxruntime(
  name: string,
  { InferenceSession, Tensor }: Pick<Ort, 'InferenceSession' | 'Tensor'>,
  provider: 'wasm' | 'cpu',
): Engine {
  return {
    name,
    channelsFirst: true,
    async prepare({ trunk, cut, images }) {
      const [n = 0, h = 0, w = 0, c = 0] = images.shape;
      const session = await InferenceSession.create(toOnnx(trunk.model, { cut, size: h, batch: n }), {
        executionProviders: [provider],
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
      });
      const planes = channelsFirst(images.data, c, n);
      return {
        async run() {
          const answer = await session.run({ [ONNX_INPUT]: new Tensor('float32', planes, [n, c, h, w]) });
          return floats(answer[ONNX_OUTPUT]?.data);
        },
        dispose: () => session.release(),
      };
    },
  };
}
