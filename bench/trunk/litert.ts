// The trunk on LiteRT.js (TensorFlow Lite with XNNPACK in WASM), one thread; its build with relaxed SIMD where there is
// any. Who runs this has loaded its WASM by `loadLiteRt`.
import { loadAndCompile, Tensor } from '@litertjs/core';
import { toTflite } from '../tflite.ts';
import { type Engine, floats } from './engine.ts';

export const LITERT: Engine = {
  name: 'LiteRT.js',
  async prepare({ trunk, cut, images }) {
    const [n = 0, size = 0] = images.shape;
    const model = await loadAndCompile(toTflite(trunk.model, { cut, size, batch: n }), {
      accelerator: 'wasm',
    });
    return {
      async run() {
        const input = new Tensor(images.data, images.shape);
        const outputs = await model.run(input);
        // A copy: what the tensor gives may be a view that dies with it.
        const data = floats(outputs[0]?.toTypedArray()).slice();
        for (const tensor of [input, ...outputs]) tensor.delete();
        return data;
      },
      dispose: () => model.delete(),
    };
  },
};
