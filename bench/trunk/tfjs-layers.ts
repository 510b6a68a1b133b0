// The trunk on tfjs-layers as anyone loads it: `tf.loadLayersModel`, BatchNorm unfused, on the WASM backend.
import * as tf from '@tensorflow/tfjs';
import { type Engine, floats, type Task } from './engine.ts';

export const TFJS_LAYERS: Engine = {
  name: 'tfjs-layers (WASM)',
  async prepare({ trunk, cut, images }: Task) {
    const [n = 0, size = 0] = images.shape;
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
      async run() {
        const [output] = tf.tidy(() => [model.predict(tf.tensor4d(images.data, [n, size, size, 3]))].flat());
        if (output === undefined) throw new Error('tfjs-layers gave nothing.');
        const data = await output.data();
        output.dispose();
        return floats(data);
      },
      dispose: () => void full.dispose(),
    };
  },
};

function shapeOf(side: number): string {
  return `"batch_input_shape":[null,${side},${side},3]`;
}
