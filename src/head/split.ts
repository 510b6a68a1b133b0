// Examples parted into those to train on and those to judge by.
import { countClasses, type Examples } from './examples.ts';
import { shuffled } from './random.ts';

/** Two lists of indices of examples, each ascending. */
export interface Split {
  readonly train: readonly number[];
  readonly heldOut: readonly number[];
}

/**
 * Holds back about a share of each class, bursts whole, and never all of a class: near-copies on both sides would
 * flatter the result. A burst is taken when it brings its class closer to the share.
 * @param options.share in [0,1)
 * @param options.rng numbers in [0,1)
 */
export function splitExamples(
  { labels, classes, bursts }: Examples,
  { share, rng }: { readonly share: number; readonly rng: () => number },
): Split {
  const groups = new Map<string | symbol, number[]>();
  for (let i = 0; i < labels.length; i++) {
    const key = bursts?.[i] ?? Symbol();
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [i]);
    else group.push(i);
  }
  const counts = countClasses(labels, classes.length);
  const held = counts.map(() => 0);
  const heldOut: number[] = [];
  for (const group of shuffled([...groups.values()], rng)) {
    const sizes = countClasses(
      group.map((i) => labels[i] ?? -1),
      classes.length,
    );
    const takes = sizes.every((size, c) => {
      const after = (held[c] ?? 0) + size;
      const target = share * (counts[c] ?? 0);
      const closer = Math.abs(after - target) < Math.abs(after - size - target);
      return size === 0 || (closer && after < (counts[c] ?? 0));
    });
    if (!takes) continue;
    heldOut.push(...group);
    sizes.forEach((size, c) => {
      held[c] = (held[c] ?? 0) + size;
    });
  }
  const kept = new Set(heldOut);
  return {
    train: Array.from(labels, (_, i) => i).filter((i) => !kept.has(i)),
    heldOut: heldOut.sort((a, b) => a - b),
  };
}
