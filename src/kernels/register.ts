// The kernels that training a convolution needs and tfjs's WASM backend lacks, or has in a slow form, registered for
// that backend. They work on its own heap: no tensor is copied. NHWC, dilation 1.
import * as tf from '@tensorflow/tfjs-core';
import { chooseBuild, type KernelBuild } from './build.ts';
import { convolutionKernels } from './convolution.ts';
import { elementwiseKernels } from './elementwise.ts';
import { heapOf } from './heap.ts';
import type { Replacement, Stock } from './kernel.ts';
import type { Kernels } from './module.ts';
import { productKernels } from './products.ts';
import { registerRectifierGradients } from './rectifiers.ts';

/** What was registered. */
export interface Registration {
  /** `relaxed`: fused multiply-adds, where the engine has relaxed SIMD; their last bits may differ between processors. */
  readonly build: KernelBuild;
  readonly kernels: readonly string[];
}

/**
 * Makes convolutions trainable on tfjs's WASM backend, for any tfjs program. Call it once the backend is ready, and
 * after tfjs's gradients and kernels are registered.
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
  const kernels = exports as unknown as Kernels;
  const all = [...convolutionKernels(kernels), ...productKernels(kernels), ...elementwiseKernels(kernels)];
  for (const replacement of all) replace(replacement);
  registerRectifierGradients();
  return { build, kernels: all.map(({ name }) => name) };
}

/** Our configurations, and tfjs's own in whose place each is. */
const replaced = new WeakMap<tf.KernelConfig, tf.KernelConfig | undefined>();

function replace({ name, run }: Replacement): void {
  const before = tf.getKernel(name, 'wasm');
  const stock = before !== undefined && replaced.has(before) ? replaced.get(before) : before;
  if (before !== undefined) tf.unregisterKernel(name, 'wasm');
  const config: tf.KernelConfig = {
    ...{ kernelName: name, backendName: 'wasm' },
    ...(stock?.setupFunc === undefined ? {} : { setupFunc: stock.setupFunc }),
    kernelFunc: ((call: never) => run(call, stock?.kernelFunc as Stock)) as unknown as tf.KernelFunc,
  };
  replaced.set(config, stock);
  tf.registerKernel(config);
}
