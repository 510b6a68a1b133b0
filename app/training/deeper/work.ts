// What every long job of the deeper trainer is given, and photos as trainers take them.
import { AppError } from '../../../src/contract/errors.ts';
import type { Photo, TrainingSet } from '../trainer.ts';

export interface Work<Said> {
  readonly say: (said: Said) => void;
  readonly signal: AbortSignal;
  /** Lets messages in, so that a stop is heard. */
  readonly breathe: () => Promise<void>;
}

/** Lets messages in. @throws AppError `aborted` */
export async function pause({ signal, breathe }: Pick<Work<never>, 'signal' | 'breathe'>): Promise<void> {
  await breathe();
  if (signal.aborted) throw new AppError('aborted', { detail: 'It was stopped.' });
}

/** The photos in the order of the examples. @throws AppError `features_invalid` for one that is missing */
export function inOrder(
  { examples }: Pick<TrainingSet, 'examples'>,
  photos: readonly Photo[],
): readonly Photo[] {
  const byId = new Map(photos.map((photo) => [photo.id, photo]));
  return examples.map(({ id }) => {
    const photo = byId.get(id);
    if (photo === undefined)
      throw new AppError('features_invalid', { detail: `The photo ${id} is missing.` });
    return photo;
  });
}

/** At most `most` of them, evenly. */
export function spread<T>(items: readonly T[], most: number): readonly T[] {
  if (items.length <= most) return items;
  return items.filter(
    (_, i) => Math.floor((i * most) / items.length) !== Math.floor(((i - 1) * most) / items.length),
  );
}
