// What every engine of the comparison looks like, ours and the others'. Types and array layouts only.
import type { NdArray } from '../../src/contract/nd-array.ts';
import type { Trunk } from '../load-trunk.ts';

/** What an engine is to compute. */
export interface Task {
  readonly trunk: Pick<Trunk, 'manifest' | 'model' | 'layersModel' | 'weights'>;
  readonly cut: string;
  /** [n,size,size,3] */
  readonly images: NdArray;
}

/** An engine made ready for one task; every run takes floats in and gives floats out. */
export interface Ready {
  /** Activation at the cut, [n,h,w,c] or, where the engine is `channelsFirst`, [n,c,h,w]. */
  run(): Promise<Float32Array>;
  dispose(): Promise<void> | void;
}

export interface Engine {
  readonly name: string;
  /** The layout change that it needs is made before anything is timed. */
  readonly channelsFirst?: boolean;
  prepare(task: Task): Promise<Ready>;
}

/** [n,pixels,c] -> [n,c,pixels]. */
export function channelsFirst(data: Float32Array, channels: number, batch: number): Float32Array {
  const moved = new Float32Array(data.length);
  const pixels = data.length / channels / batch;
  for (let n = 0; n < batch; n++)
    for (let p = 0; p < pixels; p++)
      for (let c = 0; c < channels; c++)
        moved[(n * channels + c) * pixels + p] = data[(n * pixels + p) * channels + c] ?? 0;
  return moved;
}

export function floats(data: unknown): Float32Array {
  if (data instanceof Float32Array) return data;
  throw new Error('An engine gave no floats.');
}
