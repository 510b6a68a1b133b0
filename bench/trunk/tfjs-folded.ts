// The trunk on tfjs as fast as tfjs goes: the project's own lowering to it, BatchNorm folded and ops fused.
import * as tf from '@tensorflow/tfjs-core';
import { lowerInfer } from '../../src/trunk/infer.ts';
import type { Engine } from './engine.ts';

/** @param backend registered by whoever runs this; each run makes it the current one */
export function tfjsFolded(backend: 'wasm' | 'webgl', name = `tfjs folded (${backend})`): Engine {
  return {
    name,
    async prepare({ trunk, cut, images }) {
      await tf.setBackend(backend);
      const lowering = lowerInfer(trunk.model, { cut });
      return {
        async run() {
          if (tf.getBackend() !== backend) await tf.setBackend(backend);
          return (await lowering.run(images)).data;
        },
        dispose: () => lowering.dispose(),
      };
    },
  };
}
