// What every dialect says of its answer in headers. Pure.
import type { Chosen, Predicted } from '../inference/predictor.ts';
import type { Timings } from '../inference/timings.ts';

/**
 * Headers of a prediction: which model, head and revision answered, how long the phases took, and, where there are
 * any, how many of the inputs are unlike everything that the head has seen (`X-Topwork-Rejected`).
 */
export function answerHeaders(
  { manifest, head }: Chosen,
  { scores }: Predicted,
  timings: Timings,
): Record<string, string> {
  const rejected = scores?.rejected.filter((each) => each).length ?? 0;
  return {
    'Cache-Control': 'no-store',
    'X-Topwork-Model': manifest.name,
    ...(head === null
      ? {}
      : { 'X-Topwork-Head': head.record.id, 'X-Topwork-Revision': head.record.revision }),
    ...(rejected === 0 ? {} : { 'X-Topwork-Rejected': `${rejected}` }),
    'Server-Timing': timings.header(),
  };
}
