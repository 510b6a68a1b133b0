// One call of a whole trunk with the two flags, as a program would make it: what comes out, and which statistics moved.
// From cut to cut, so that no more than a few layers' activations are in memory at once. Changes nothing that lasts.
import * as tf from '@tensorflow/tfjs-core';
import type { NdArray } from '../contract/nd-array.ts';
import { type Drift, driftOf } from './adapt.ts';
import { cutPoints } from './cuts.ts';
import { truncate } from './graph.ts';
import type { TrunkModel } from './model-files.ts';
import { asMap } from './stateless.ts';
import { lowerTrain } from './train.ts';

/** What one call came to. */
export interface Call {
  /** At `to`, [n,h',w',c]. */
  readonly activation: NdArray;
  /** How far each layer's moving statistics went, in the order of execution; 0 where they stayed to the bit. */
  readonly moved: readonly Drift[];
}

/**
 * Calls the trunk on a copy of its weights.
 * @param images [n,h,w,3] in the trunk's range
 * @param options.trainable of all layers: `base_model.trainable`
 * @param options.training of the call: `base_model(x, training=…)`
 * @param options.onPart after each part: how many are done, and of how many; what it throws ends the call
 * @throws AppError as `lowerTrain` and `TrainableTop.call`
 */
export async function callTrunk(
  model: TrunkModel,
  { data, shape }: NdArray,
  {
    to,
    trainable,
    training,
    onPart = () => {},
  }: {
    readonly to: string;
    readonly trainable: boolean;
    readonly training: boolean;
    readonly onPart?: (done: number, of: number) => void | Promise<void>;
  },
): Promise<Call> {
  const ends = cutPoints(truncate(model.graph, to)).map(({ layer }) => layer);
  if (ends.at(-1) !== to) ends.push(to);
  const [n = 0, h = 0, w = 0, c = 0] = shape;
  let x: tf.Tensor4D = tf.tensor4d(data, [n, h, w, c]);
  let from: string | null = null;
  const moved: Drift[] = [];
  try {
    for (const [i, end] of ends.entries()) {
      const part = lowerTrain(model, { from, to: end, trainable });
      try {
        const before = part.statistics();
        const next = asMap(part.call(x, { training }));
        x.dispose();
        x = next;
        moved.push(...part.statistics().map((after, at) => driftOf(before[at] ?? after, after)));
      } finally {
        part.dispose();
      }
      from = end;
      await onPart(i + 1, ends.length);
    }
    return { activation: { data: Float32Array.from(await x.data()), shape: x.shape }, moved };
  } finally {
    x.dispose();
  }
}
