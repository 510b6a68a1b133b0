// The last job of a plan that is asked for features: means over parts of the map at the cut, the same bits as pool.ts.
import type { Pooling } from '../../contract/manifest.ts';
import { pooledRegions } from '../pool.ts';
import type { Job } from './job.ts';
import { FLOAT, rowBytes, type View } from './view.ts';

/** The features' view: a pixel for each region. */
export function featuresView({ h, w, c, ld }: View, pooling: Pooling): View {
  return { h: 1, w: pooledRegions(h, w, pooling).length, c, ld };
}

export function featuresJob(name: string, input: string, from: View, pooling: Pooling): Job {
  return {
    ...{ name, inputs: [input], scratch: [], zeros: 0 },
    emit(program, { inputs: [x = 0], output }) {
      pooledRegions(from.h, from.w, pooling).forEach(({ top, bottom, left, right }, i) => {
        const first = x + top * rowBytes(from) + left * from.ld * FLOAT;
        const y = output + i * from.ld * FLOAT;
        program.means(first, y, bottom - top, right - left, from.ld / 4, rowBytes(from));
      });
    },
  };
}
