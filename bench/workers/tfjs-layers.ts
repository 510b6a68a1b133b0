// The trunk in a Worker on tfjs-layers as anyone loads it: `loadLayersModel`, BatchNorm unfused, on tfjs's WASM backend.
import '@tensorflow/tfjs-backend-wasm/dist/register_all_kernels';
import * as tf from '@tensorflow/tfjs-core';
import { loadLayersModel, model } from '@tensorflow/tfjs-layers';
import * as v from 'valibot';
import { concatBytes } from '../../src/trunk/model-files.ts';
import { poolFeatures } from '../../src/trunk/pool.ts';
import { serve } from './serve.ts';
import { initBackend } from './tfjs-backend.ts';

const Files = v.object({
  modelTopology: v.record(v.string(), v.unknown()),
  weightsManifest: v.tuple([v.object({ paths: v.array(v.string()), weights: v.array(v.any()) })]),
});

export default serve(async (catalog, { name, defaults }, timings) => {
  await initBackend();
  const { files, bytes } = await timings.measure('read', async () => {
    const json: unknown = JSON.parse(new TextDecoder().decode(await catalog.file(name, 'model.json')));
    const files = v.parse(Files, json);
    const [{ paths }] = files.weightsManifest;
    return { files, bytes: concatBytes(await Promise.all(paths.map((path) => catalog.file(name, path)))) };
  });
  const full = await timings.measure('lower', () =>
    loadLayersModel(
      tf.io.fromMemory({
        modelTopology: files.modelTopology,
        weightSpecs: files.weightsManifest[0].weights,
        weightData: bytes.slice().buffer,
      }),
    ),
  );
  const top = model({ inputs: full.inputs, outputs: full.getLayer(defaults.cut).output });
  const run = async ({
    data,
    shape: [n = 0, h = 0, w = 0, c = 0],
  }: {
    data: Float32Array;
    shape: readonly number[];
  }) => {
    const [output] = tf.tidy(() => [top.predict(tf.tensor4d(data, [n, h, w, c]))].flat());
    if (output === undefined) throw new Error('tfjs-layers gave nothing.');
    const activation = { data: Float32Array.from(await output.data()), shape: output.shape };
    output.dispose();
    return activation;
  };
  return {
    cut: defaults.cut,
    run,
    features: async (images, pooling) => poolFeatures(await run(images), pooling),
    weightBytes: 0,
    dispose: () => void full.dispose(),
  };
});
