// What a lab that follows Keras's rule finds: made up, but for the rule.
import type { LabMode } from '../../../app/training/deeper.ts';
import type { Score } from '../../../app/training/trainer.ts';
import { batchNormMode } from '../../../src/trunk/batch-norm.ts';

/** Scores by label; of classes that are gone. */
export function answering(scores: Readonly<Record<string, number>>): readonly Score[] {
  return Object.entries(scores).map(([label, score]) => ({ class: null, label, score }));
}

/** The four modes, for so many sets of mates; the first changes its answer with the second set. */
export function labModes(sets: number, layers = 3): readonly LabMode[] {
  return [true, false].flatMap((trainable) =>
    [true, false].map((training): LabMode => {
      const mode = batchNormMode({ trainable, training });
      const moves = mode.movesStatistics;
      return {
        ...{ ...mode, trainable, training, same: !moves },
        moved: Array.from({ length: layers }, (_, i) => ({
          ...{ layer: `bn_${i}`, mean: moves ? 0.001 * (i + 1) : 0, variance: moves ? 0.002 : 0 },
        })),
        learnt: { layers: mode.learns ? 2 : 0, of: 2 },
        answers: Array.from({ length: sets }, (_, i) =>
          moves && i === 1 ? answering({ Oak: 0.49, Elm: 0.51 }) : answering({ Oak: 0.93, Elm: 0.07 }),
        ),
      };
    }),
  );
}
