// The kernels that training a convolution needs and tfjs's WASM backend lacks, or has in a slow form, registered for
// that backend. They work on its own heap: no tensor is copied. NHWC, dilation 1.
import * as tf from '@tensorflow/tfjs-core';
import { chooseBuild, type KernelBuild } from './build.ts';
import { kernelConfigs } from './configs.ts';
import { heapOf } from './heap.ts';
import type { Kernels } from './kernels.ts';

/** What was registered. */
export interface Registration {
  /** `relaxed`: fused multiply-adds, where the engine has relaxed SIMD; their last bits may differ between processors. */
  readonly build: KernelBuild;
  readonly kernels: readonly string[];
}

/**
 * Makes convolutions trainable on tfjs's WASM backend, for any tfjs program. Call it once the backend is ready.
 * @param options.compile the module of a build, from wherever the platform has it
 * @param options.build instead of the best one that this engine runs
 * @throws Error when the backend is not the WASM one, or was started with threads, whose heap is shared
 * @example
 * await tf.setBackend('wasm');
 * await registerWasmTrainingKernels({ compile: (build) => WebAssembly.compileStreaming(fetch(urls[build])) });
 */
export async function registerWasmTrainingKernels({
  compile,
  build = chooseBuild(),
}: {
  readonly compile: (build: KernelBuild) => WebAssembly.Module | Promise<WebAssembly.Module>;
  readonly build?: KernelBuild;
}): Promise<Registration> {
  const memory = heapOf(tf.backend());
  const { exports } = await WebAssembly.instantiate(await compile(build), { env: { memory } });
  const configs = kernelConfigs(exports as unknown as Kernels);
  for (const config of configs) {
    if (tf.getKernel(config.kernelName, 'wasm') !== undefined) tf.unregisterKernel(config.kernelName, 'wasm');
    tf.registerKernel(config);
  }
  return { build, kernels: configs.map(({ kernelName }) => kernelName) };
}
