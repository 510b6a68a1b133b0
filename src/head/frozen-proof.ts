// Proof that a training left alone what was frozen: every frozen weight and statistic compared to the bit.
import { digestArrays } from '../contract/digest.ts';
import { AppError } from '../contract/errors.ts';
import type { Digest } from '../contract/ids.ts';
import type { WeightFacts } from '../trunk/train.ts';

/** That nothing moved which should not have: digests before and after, of equal content. */
export interface FrozenProof {
  /** Weights of the top that gradient descent was not to update; with everything below the cut out of reach. */
  readonly frozenWeights: Digest;
  /** Statistics that were not to move. */
  readonly frozenStatistics: Digest;
  /** Layers whose statistics moved, as the flags said. */
  readonly moved: readonly string[];
}

const STATISTICS: ReadonlySet<string> = new Set(['movingMean', 'movingVariance']);

/**
 * @returns digests of what was frozen
 * @throws AppError `digest_mismatch` that names the first layer which moved and should not have
 */
export async function prove(
  facts: readonly WeightFacts[],
  before: ReadonlyMap<string, Float32Array>,
  after: ReadonlyMap<string, Float32Array>,
  { trainable, training }: { readonly trainable: boolean; readonly training: boolean },
): Promise<FrozenProof> {
  const moves = trainable && training;
  const isStatistic = ({ role }: WeightFacts) => STATISTICS.has(role);
  const frozen = facts.filter((weight) => (isStatistic(weight) ? !moves : !weight.trainable));
  const broken = frozen.find(({ name }) => !sameBits(before.get(name), after.get(name)));
  if (broken !== undefined)
    throw new AppError('digest_mismatch', {
      detail: `"${broken.name}" of the frozen layer "${broken.layer}" has changed during training. Discard this head and report it.`,
    });
  const digest = (kept: readonly WeightFacts[]) =>
    digestArrays(kept.map(({ name }) => [name, after.get(name) ?? new Float32Array()] as const));
  const moved = facts
    .filter((weight) => isStatistic(weight) && !sameBits(before.get(weight.name), after.get(weight.name)))
    .map(({ layer }) => layer);
  return {
    frozenWeights: await digest(frozen.filter((weight) => !isStatistic(weight))),
    frozenStatistics: await digest(frozen.filter(isStatistic)),
    moved: [...new Set(moved)],
  };
}

/** Equal to the last bit; NaN equals NaN, and 0 is not -0. */
export function sameBits(a: Float32Array | undefined, b: Float32Array | undefined): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.length === b.length &&
    a.every((value, i) => Object.is(value, b[i]))
  );
}
