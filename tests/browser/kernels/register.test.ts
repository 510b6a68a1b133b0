// The training kernels in Chromium, on tfjs's own WASM backend as any program starts it.
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { beforeAll, describe, expect, it } from 'vitest';
import { chooseBuild } from '../../../src/kernels/build.ts';
import { registerWasmTrainingKernels } from '../../../src/kernels/register.ts';
import { checkSmallNet } from '../../support/small-net.ts';
import { readFile } from '../support/files.ts';

const compile = async (build: string) =>
  WebAssembly.compile(await readFile(`dist/kernels/training-${build}.wasm`));

describe('the training kernels in Chromium', () => {
  beforeAll(async () => {
    setWasmPaths('/node_modules/@tensorflow/tfjs-backend-wasm/wasm-out/');
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
    await tf.setBackend('wasm');
  });

  it('are those with relaxed SIMD, which this engine has', () => expect(chooseBuild()).toBe('relaxed'));

  it.each(['simd', 'relaxed'] as const)(
    'give right gradients, and a step that descends: %s',
    async (build) => {
      await registerWasmTrainingKernels({ compile, build });
      checkSmallNet();
    },
  );
});
