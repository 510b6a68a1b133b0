// The training kernels in workerd, which compiles no WASM at run time: as imported modules, on the backend that the
// Worker starts, with the further kernels of tfjs's that a gradient is composed of.
import { depthwiseConv2dNativeConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/DepthwiseConv2dNative.js';
import { expConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Exp.js';
import { logConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Log.js';
import { negConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Neg.js';
import { oneHotConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/OneHot.js';
import { realDivConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/RealDiv.js';
import { subConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Sub.js';
import { sumConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Sum.js';
import { tileConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Tile.js';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-core/dist/register_all_gradients';
import { beforeAll, describe, expect, it } from 'vitest';
import { initBackend } from '../../../bench/workers/tfjs-backend.ts';
import relaxed from '../../../dist/kernels/training-relaxed.wasm';
import simd from '../../../dist/kernels/training-simd.wasm';
import { chooseBuild } from '../../../src/kernels/build.ts';
import { registerWasmTrainingKernels } from '../../../src/kernels/register.ts';
import { checkSmallNet } from '../../support/small-net.ts';

const MODULES = { simd, relaxed };

describe('the training kernels in workerd', () => {
  beforeAll(async () => {
    const further = [
      ...[depthwiseConv2dNativeConfig, expConfig, logConfig, negConfig, oneHotConfig, realDivConfig],
      ...[subConfig, sumConfig, tileConfig],
    ];
    for (const config of further) tf.registerKernel(config);
    await initBackend();
  });

  it('are those with relaxed SIMD, which this engine has', () => expect(chooseBuild()).toBe('relaxed'));

  it.each(['simd', 'relaxed'] as const)(
    'give right gradients, and a step that descends: %s',
    async (build) => {
      await registerWasmTrainingKernels({ compile: (wanted) => MODULES[wanted], build });
      checkSmallNet();
    },
  );
});
