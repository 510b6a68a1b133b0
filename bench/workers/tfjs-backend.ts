// tfjs's WASM backend inside workerd, which forbids compiling WASM at run time: the SIMD build is imported as a module
// and instantiated here, past tfjs's own loader. Only the kernels that a trunk's inference uses are registered.
// No threads there; no I/O and no clock here.
/// <reference path="./emscripten.d.ts" />
import { BackendWasm } from '@tensorflow/tfjs-backend-wasm/dist/backend_wasm.js';
import { _fusedMatMulConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/_FusedMatMul.js';
import { addConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Add.js';
import { avgPoolConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/AvgPool.js';
import { castConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Cast.js';
import { clipByValueConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/ClipByValue.js';
import { concatConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Concat.js';
import { fusedConv2DConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/FusedConv2D.js';
import { fusedDepthwiseConv2DConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/FusedDepthwiseConv2D.js';
import { identityConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Identity.js';
import { leakyReluConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/LeakyRelu.js';
import { maxConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Max.js';
import { maxPoolConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/MaxPool.js';
import { meanConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Mean.js';
import { multiplyConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Multiply.js';
import { padV2Config } from '@tensorflow/tfjs-backend-wasm/dist/kernels/PadV2.js';
import { reluConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Relu.js';
import { relu6Config } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Relu6.js';
import { reshapeConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Reshape.js';
import { sigmoidConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Sigmoid.js';
import { softmaxConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Softmax.js';
import { tanhConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Tanh.js';
import { transposeConfig } from '@tensorflow/tfjs-backend-wasm/dist/kernels/Transpose.js';
import createModule from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm.js';
import simd from '@tensorflow/tfjs-backend-wasm/wasm-out/tfjs-backend-wasm-simd.wasm';
import { type KernelConfig, registerBackend, registerKernel, setBackend } from '@tensorflow/tfjs-core';

const KERNELS: readonly KernelConfig[] = [
  ...[addConfig, avgPoolConfig, castConfig, clipByValueConfig, concatConfig, fusedConv2DConfig],
  ...[
    fusedDepthwiseConv2DConfig,
    _fusedMatMulConfig,
    identityConfig,
    leakyReluConfig,
    maxConfig,
    maxPoolConfig,
  ],
  ...[meanConfig, multiplyConfig, padV2Config, relu6Config, reluConfig, reshapeConfig, sigmoidConfig],
  // Transpose is not called by its name, but by the kernels of Max and Mean.
  ...[softmaxConfig, tanhConfig, transposeConfig],
];

let ready: Promise<WebAssembly.Memory> | undefined;

/**
 * Sets tfjs's backend to WASM SIMD, once per isolate; later calls share the first one's work.
 * @returns tfjs's heap, which holds weights and activations; it grows and never shrinks
 */
export function initBackend(): Promise<WebAssembly.Memory> {
  ready ??= start().catch((cause: unknown) => {
    ready = undefined;
    throw cause;
  });
  return ready;
}

async function start(): Promise<WebAssembly.Memory> {
  let heap: WebAssembly.Memory | undefined;
  const module = await createModule({
    instantiateWasm(imports: WebAssembly.Imports, done: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(simd, imports);
      heap = Object.values(instance.exports).find((value) => value instanceof WebAssembly.Memory);
      done(instance);
      return instance.exports;
    },
  });
  if (heap === undefined) throw new Error('The WASM backend exports no memory.');
  bindTfjs(module);
  for (const kernel of KERNELS) registerKernel(kernel);
  const backend = new BackendWasm(module);
  registerBackend('wasm', () => backend);
  await setBackend('wasm');
  return heap;
}

/** What tfjs's own loader does after instantiation. @see tfjs-backend-wasm/src/backend_wasm.ts, `init` */
function bindTfjs(module: Awaited<ReturnType<typeof createModule>>): void {
  module.tfjs = {
    init: module.cwrap('init', null, []),
    initWithThreadsCount: module.cwrap('init_with_threads_count', null, ['number']),
    getThreadsCount: module.cwrap('get_threads_count', 'number', []),
    registerTensor: module.cwrap('register_tensor', null, ['number', 'number', 'number']),
    disposeData: module.cwrap('dispose_data', null, ['number']),
    dispose: module.cwrap('dispose', null, []),
  };
}
