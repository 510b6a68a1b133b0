// Which photos go through the trunk together with one photo: a few sets that differ in what they show. Pure.
import { randomFrom, shuffled } from '../../../src/head/random.ts';
import type { ExampleId, ExampleRecord } from '../../storage/schema.ts';

/** Batch-mates of a photo: a batch of eight, small enough for any phone. */
export const MATES = 7;
/** Fewer photos make no sets that differ. */
export const LEAST_PHOTOS = 4;

export interface MateSet {
  /** `own`: of the photo's class; `other`: of all others; `mixed`: of every class in turn. */
  readonly kind: 'own' | 'other' | 'mixed';
  readonly photos: readonly ExampleId[];
}

/**
 * Sets of at most `MATES` photos each, never the photo itself; what there is where there are fewer, and no set where
 * there is none. The same seed makes the same sets.
 */
export function chooseMates(
  examples: readonly Pick<ExampleRecord, 'id' | 'class'>[],
  photo: Pick<ExampleRecord, 'id' | 'class'>,
  seed: number,
): readonly MateSet[] {
  const rng = randomFrom(seed);
  const others = examples.filter(({ id }) => id !== photo.id);
  const draw = () => shuffled(others, rng);
  const isOwn = (one: Pick<ExampleRecord, 'class'>) => one.class === photo.class;
  const sets = [
    { kind: 'own', from: draw().filter(isOwn) },
    { kind: 'other', from: draw().filter((one) => !isOwn(one)) },
    { kind: 'mixed', from: inTurn(draw()) },
  ] as const;
  return sets.flatMap(({ kind, from }) =>
    from.length === 0 ? [] : [{ kind, photos: from.slice(0, MATES).map(({ id }) => id) }],
  );
}

/** The first of each class, then the second of each, and so on. */
function inTurn<T extends Pick<ExampleRecord, 'class'>>(photos: readonly T[]): readonly T[] {
  const seen = new Map<string, number>();
  return photos
    .map((photo) => {
      const round = seen.get(photo.class) ?? 0;
      seen.set(photo.class, round + 1);
      return { photo, round };
    })
    .sort((a, b) => a.round - b.round)
    .map(({ photo }) => photo);
}
