// Examples by class. Pure but for the signal.
import { computed, type ReadonlySignal } from '@preact/signals';
import type { ClassId, ExampleRecord } from '../../storage/schema.ts';

/** Newest first; a class whose photos did not change keeps its array, so that its strip is not drawn again. */
export function groupByClass(
  examples: ReadonlySignal<readonly ExampleRecord[]>,
): ReadonlySignal<ReadonlyMap<ClassId, readonly ExampleRecord[]>> {
  let before: ReadonlyMap<ClassId, readonly ExampleRecord[]> = new Map();
  return computed(() => {
    const groups = new Map<ClassId, ExampleRecord[]>();
    for (const example of examples.value) {
      const group = groups.get(example.class);
      if (group === undefined) groups.set(example.class, [example]);
      else group.push(example);
    }
    const now = new Map<ClassId, readonly ExampleRecord[]>();
    for (const [id, group] of groups) {
      const last = before.get(id) ?? [];
      const next = group.reverse();
      now.set(id, last.length === next.length && last.every((one, i) => one === next[i]) ? last : next);
    }
    before = now;
    return now;
  });
}
