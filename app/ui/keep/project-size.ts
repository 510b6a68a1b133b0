// How many bytes a project takes, by what they are; the same in storage and, but for a little, in its file.

import { poolingFactor } from '../../../src/trunk/pool.ts';
import { useApp } from '../../app.ts';
import type { OpenProject } from '../../project/open-project.ts';

export interface ProjectSize {
  readonly photos: number;
  readonly features: number;
  readonly heads: number;
}

/** Follows the project. Features are counted as if all were computed. */
export function useProjectSize(open: OpenProject): ProjectSize {
  const status = useApp().trainer.status.value;
  const examples = open.examples.value;
  const heads = [open.learning.value.live, open.kept.value];
  return {
    photos: examples.reduce((sum, { bytes }) => sum + bytes, 0),
    features: status.state === 'ready' ? examples.length * 4 * dimOf(status.manifest) : 0,
    heads: heads.reduce((sum, head) => sum + (head?.data.byteLength ?? 0), 0),
  };
}

function dimOf({
  cuts,
  defaults,
}: {
  readonly cuts: readonly { layer: string; dim: number }[];
  readonly defaults: { cut: string; pooling: '1x1' | '2x2' };
}): number {
  return (cuts.find(({ layer }) => layer === defaults.cut)?.dim ?? 0) * poolingFactor(defaults.pooling);
}
