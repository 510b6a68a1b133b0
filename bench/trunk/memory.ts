// What an engine takes of memory for one trunk: ours says it, and tfjs's is the growth of its heap.
import * as tf from '@tensorflow/tfjs-core';
import { heapOf } from '../../src/kernels/heap.ts';
import { lowerWasm } from '../../src/trunk/engine/lower.ts';
import { lowerInfer } from '../../src/trunk/infer.ts';
import type { Task } from './engine.ts';
import type { engineModules } from './modules.ts';

/** Bytes. */
export interface MemoryFigures {
  readonly cut: string;
  /** Side of the input, px. */
  readonly size: number;
  readonly weights: number;
  readonly arena: number;
  /** Of tfjs, whole, after a run; it grows and never shrinks, so nothing else must have run in it. */
  readonly tfjsHeap: number;
}

export async function benchMemory(
  { trunk, cut, images }: Task,
  [engine]: ReturnType<typeof engineModules>,
): Promise<MemoryFigures> {
  if (engine === undefined) throw new Error('There is no build of the engine.');
  const own = lowerWasm(trunk.model, { cut, ...engine });
  const tfjs = lowerInfer(trunk.model, { cut });
  try {
    await own.run(images);
    await tfjs.run(images);
    return {
      ...{ cut, size: images.shape[1] ?? 0, weights: own.weightBytes, arena: own.arenaBytes },
      tfjsHeap: heapOf(tf.backend()).buffer.byteLength,
    };
  } finally {
    own.dispose();
    tfjs.dispose();
  }
}
