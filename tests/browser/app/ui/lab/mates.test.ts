import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ExampleRecord } from '../../../../../app/storage/schema.ts';
import { chooseMates, MATES } from '../../../../../app/ui/lab/mates.ts';
import { aClass, anExample, aProject } from '../../../support/records.ts';

const project = aProject({ classes: ['Oak', 'Elm', 'Ash'].map((name, i) => aClass(name, i)) });

function photosOf(...counts: readonly number[]): readonly ExampleRecord[] {
  return project.classes.flatMap(({ id }, c) =>
    Array.from({ length: counts[c] ?? 0 }, () => anExample(project, { class: id })),
  );
}

function setsOf(examples: readonly ExampleRecord[], seed = 1) {
  const [photo] = examples;
  if (photo === undefined) throw new Error('There is a photo.');
  const classOf = new Map(examples.map((one) => [one.id, one.class]));
  const sets = chooseMates(examples, photo, seed);
  return { photo, sets, classesOf: (i: number) => sets[i]?.photos.map((id) => classOf.get(id)) ?? [] };
}

describe('batch-mates', () => {
  it('are seven of its own class, seven of others, and seven of all classes in turn', () => {
    const { photo, sets, classesOf } = setsOf(photosOf(12, 12, 12));
    expect(sets.map(({ kind, photos }) => [kind, photos.length])).toEqual([
      ['own', 7],
      ['other', 7],
      ['mixed', 7],
    ]);
    expect(classesOf(0).every((id) => id === photo.class)).toBe(true);
    expect(classesOf(1).every((id) => id !== photo.class)).toBe(true);
    const counts = project.classes.map(({ id }) => classesOf(2).filter((one) => one === id).length);
    expect(counts.toSorted()).toEqual([2, 2, 3]);
  });

  it('are what there is where there are few, and no set where there is none', () => {
    expect(setsOf(photosOf(3, 1)).sets.map(({ kind, photos }) => [kind, photos.length])).toEqual([
      ['own', 2],
      ['other', 1],
      ['mixed', 3],
    ]);
    expect(setsOf(photosOf(1, 3)).sets.map(({ kind }) => kind)).toEqual(['other', 'mixed']);
  });

  it('are the same for the same seed, and others for another', () => {
    const examples = photosOf(12, 12, 12);
    expect(setsOf(examples, 4).sets).toEqual(setsOf(examples, 4).sets);
    expect(setsOf(examples, 5).sets).not.toEqual(setsOf(examples, 4).sets);
  });

  it('are never the photo itself, never one twice, and never too many', () => {
    const count = fc.nat({ max: 12 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), count, count, fc.nat(), (a, b, c, seed) => {
        const { photo, sets } = setsOf(photosOf(a, b, c), seed);
        for (const { photos } of sets) {
          expect(photos).not.toContain(photo.id);
          expect(new Set(photos).size).toBe(photos.length);
          expect(photos.length).toBeLessThanOrEqual(MATES);
          expect(photos.length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
