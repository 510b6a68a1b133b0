// What to do next, from counts and figures.
import { describe, expect, it } from 'vitest';
import type { BurstId, ClassId, ExampleId, ExampleRecord } from '../../../../../app/storage/schema.ts';
import type { Trained } from '../../../../../app/training/trainer.ts';
import { modelNote, nextStep } from '../../../../../app/ui/teach/guide.ts';
import { aClass, aProject, newId } from '../../../support/records.ts';

const [mug, pen, cup] = [aClass('Mug', 0), aClass('Pen', 1), aClass('Cup', 2)] as const;
const classes = [mug, pen, cup];
const project = aProject({ classes });

function photos(of: ClassId, n: number, bursts: number): readonly ExampleRecord[] {
  return Array.from({ length: n }, (_, i) => ({
    id: newId<ExampleId>(),
    project: project.id,
    class: of,
    burst: `burst-${i % bursts}` as BurstId,
    ...{ addedAt: i, source: 'camera' as const, width: 8, height: 8, bytes: 8 },
  }));
}

function counts(...of: readonly (readonly [n: number, bursts: number])[]) {
  return new Map(classes.map(({ id }, i) => [id, photos(id, of[i]?.[0] ?? 0, of[i]?.[1] ?? 1)] as const));
}

/** Of each class: how often it was called Mug, Pen and Cup. */
function trained(confusion: readonly (readonly number[])[], outlook: Trained['outlook'] = null): Trained {
  const ids = classes.map(({ id }) => id);
  const heldOut = confusion.flatMap((row, is) =>
    row.flatMap((n, called) =>
      Array.from({ length: n }, () => ({
        example: newId<ExampleId>(),
        ...{ class: ids[is] ?? mug.id, predicted: ids[called] ?? mug.id, own: 0.5, confidence: 0.5 },
      })),
    ),
  );
  return {
    ...({ kind: 'ridge', data: new ArrayBuffer(0), revision: '' } as unknown as Trained),
    ...{ classes: ids, heldOut, outlook, doubtful: [], suspects: [], fitMs: 1 },
    recall: confusion.map((row, is) => {
      const n = row.reduce((a, b) => a + b, 0);
      return { value: (row[is] ?? 0) / n, low: 0, high: 1, n };
    }),
  };
}

describe('nextStep', () => {
  it('asks for a class where there is none', () => {
    expect(nextStep([], new Map(), null, null)).toEqual({ kind: 'no-class' });
  });

  it('leads from the chosen class to the second and to those that are left', () => {
    expect(nextStep(classes, counts(), null, pen.id)).toEqual({ kind: 'first', class: pen });
    expect(nextStep(classes, counts([0, 1], [3, 1]), null, pen.id)).toEqual({ kind: 'second', class: mug });
    expect(nextStep(classes, counts([3, 1], [3, 1]), null, pen.id)).toEqual({ kind: 'next', class: cup });
  });

  it('names the class with the fewest photos, then the one shot in one go', () => {
    expect(nextStep(classes, counts([12, 3], [4, 2], [8, 2]), null, mug.id)).toMatchObject({
      ...{ kind: 'few', class: pen, examples: 4 },
    });
    expect(nextStep(classes, counts([12, 3], [14, 1], [12, 3]), null, mug.id)).toMatchObject({
      ...{ kind: 'one-burst', class: pen },
    });
  });

  it('names the class that is taken for another, and the one that is taken for anything', () => {
    const enough = counts([12, 3], [12, 3], [12, 3]);
    const taken = trained([
      [6, 0, 6],
      [0, 12, 0],
      [0, 0, 12],
    ]);
    expect(nextStep(classes, enough, taken, mug.id)).toEqual({ kind: 'confused', class: mug, with: cup });
    const lost = trained([
      [6, 1, 1],
      [0, 12, 0],
      [0, 0, 12],
    ]);
    expect(nextStep(classes, enough, lost, mug.id)).toMatchObject({ kind: 'weak', class: mug });
  });

  it('says how well it goes, and what more would bring, when nothing is amiss', () => {
    const later = { more: 10, low: 0.9, high: 0.97 };
    const good = trained(
      [
        [11, 1, 0],
        [0, 12, 0],
        [0, 0, 12],
      ],
      later,
    );
    const step = nextStep(classes, counts([12, 3], [12, 3], [12, 3]), good, mug.id);
    expect(step).toEqual({ kind: 'outlook', now: 35 / 36, later });
  });
});

describe('modelNote', () => {
  const learning = { pending: 0, error: null };
  const ready = { state: 'ready' } as unknown as Parameters<typeof modelNote>[0];

  it('says that the model is awaited, or failed, before anything else', () => {
    expect(modelNote({ state: 'downloading', done: 1, of: 2 }, learning, true)).toEqual({ kind: 'awaited' });
    expect(modelNote({ state: 'starting' }, learning, true)).toEqual({ kind: 'awaited' });
    const error = new Error('no');
    expect(modelNote({ state: 'failed', error }, learning, true)).toEqual({ kind: 'failed' });
  });

  it('is silent when all is well, and about a few photos that wait', () => {
    expect(modelNote(ready, learning, false)).toBeNull();
    expect(modelNote(ready, { pending: 2, error: null }, false)).toBeNull();
    expect(modelNote(ready, { pending: 40, error: null }, false)).toEqual({ kind: 'learning', pending: 40 });
  });

  it('tells that a kept head answers, and why nothing is learnt', () => {
    expect(modelNote(ready, learning, true)).toEqual({ kind: 'kept' });
    const error = new Error('no');
    expect(modelNote(ready, { pending: 0, error }, false)).toEqual({ kind: 'learning-failed', error });
  });
});
