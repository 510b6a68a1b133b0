// A training set as the heads' trainers take it. No features and no photos here.
import type { Examples } from '../../src/head/examples.ts';
import type { TrainingSet } from './trainer.ts';

/** Examples without their features. */
export function labelled({ classes, examples }: TrainingSet): Omit<Examples, 'features'> {
  const index = new Map(classes.map(({ id }, c) => [id, c]));
  return {
    classes: classes.map(({ name }) => name),
    labels: examples.map((example) => index.get(example.class) ?? -1),
    bursts: examples.map(({ burst }) => burst),
  };
}
