// tfjs's WebGL backend on a canvas of the Web Worker's own, a chunk that is fetched only to be tested or used. The same
// kernels as in wasm.ts.
import { MathBackendWebGL } from '@tensorflow/tfjs-backend-webgl/dist/backend_webgl.js';
import { _fusedMatMulConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/_FusedMatMul.js';
import { addConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Add.js';
import { argMaxConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/ArgMax.js';
import { avgPoolConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/AvgPool.js';
import { batchMatMulConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/BatchMatMul.js';
import { castConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Cast.js';
import { clipByValueConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/ClipByValue.js';
import { concatConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Concat.js';
import { equalConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Equal.js';
import { expConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Exp.js';
import { fillConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Fill.js';
import { fusedConv2DConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/FusedConv2D.js';
import { fusedDepthwiseConv2DConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/FusedDepthwiseConv2D.js';
import { identityConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Identity.js';
import { leakyReluConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/LeakyRelu.js';
import { logConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Log.js';
import { maxConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Max.js';
import { maxPoolConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/MaxPool.js';
import { meanConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Mean.js';
import { multiplyConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Multiply.js';
import { negConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Neg.js';
import { packConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Pack.js';
import { padV2Config } from '@tensorflow/tfjs-backend-webgl/dist/kernels/PadV2.js';
import { realDivConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/RealDiv.js';
import { reluConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Relu.js';
import { relu6Config } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Relu6.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Reshape.js';
import { sigmoidConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sigmoid.js';
import { softmaxConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Softmax.js';
import { sqrtConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sqrt.js';
import { squareConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Square.js';
import { stepConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Step.js';
import { subConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sub.js';
import { sumConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Sum.js';
import { tanhConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Tanh.js';
import { transposeConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/Transpose.js';
import { zerosLikeConfig } from '@tensorflow/tfjs-backend-webgl/dist/kernels/ZerosLike.js';
import {
  getKernel,
  type KernelConfig,
  registerBackend,
  registerKernel,
  setBackend,
} from '@tensorflow/tfjs-core';

const KERNELS: readonly KernelConfig[] = [
  ...[addConfig, argMaxConfig, avgPoolConfig, batchMatMulConfig, castConfig],
  ...[clipByValueConfig, concatConfig, equalConfig, expConfig, fillConfig],
  ...[fusedConv2DConfig, fusedDepthwiseConv2DConfig, identityConfig, leakyReluConfig, logConfig],
  ...[maxConfig, maxPoolConfig, meanConfig, multiplyConfig, negConfig],
  ...[packConfig, padV2Config, realDivConfig, reluConfig, relu6Config],
  ...[reshapeConfig, sigmoidConfig, softmaxConfig, sqrtConfig, squareConfig],
  ...[stepConfig, subConfig, sumConfig, tanhConfig, transposeConfig],
  ...[zerosLikeConfig, _fusedMatMulConfig],
];

/**
 * Makes it the current backend of this Web Worker. A context that is lost later ends the worker with an error, and with
 * it whatever waits for an answer.
 * @throws Error where it does not start
 */
export async function startWebgl(): Promise<void> {
  const canvas = new OffscreenCanvas(1, 1);
  canvas.addEventListener('webglcontextlost', () => {
    throw new Error('The WebGL context was lost.');
  });
  for (const kernel of KERNELS)
    if (getKernel(kernel.kernelName, 'webgl') === undefined) registerKernel(kernel);
  registerBackend('webgl', () => new MathBackendWebGL(canvas));
  if (!(await setBackend('webgl'))) throw new Error('The WebGL backend did not start.');
}
