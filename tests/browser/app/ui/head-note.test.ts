import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { headNote } from '../../../../app/ui/head-note.ts';
import { HeadSummary } from '../../../../src/contract/api.ts';

const head = (labels: readonly string[], title: string) =>
  v.parse(HeadSummary, {
    id: 'my-head',
    title,
    model: 'tiny',
    trunk: 'ab'.repeat(32),
    revision: 'cd'.repeat(32),
    labels,
    bytes: 1000,
    visibility: 'public',
    createdAt: '2026-11-23T00:00:00.000Z',
    updatedAt: '2026-11-23T00:00:00.000Z',
  });

describe('headNote', () => {
  it('names the head and its classes', () =>
    expect(headNote(head(['bag', 'coat'], 'Garments')).textContent).toBe(
      'The head Garments answers here. It knows bag, coat, and nothing else.',
    ));

  it('takes the id where the title is only the list of classes', () =>
    expect(headNote(head(['bag', 'coat'], 'bag, coat')).textContent).toContain('The head my-head answers'));

  it('counts the classes beyond twenty', () => {
    const labels = Array.from({ length: 23 }, (_, i) => `c${i}`);
    expect(headNote(head(labels, 'Many')).textContent).toContain(
      `c19 and ${23 - 20} more, and nothing else.`,
    );
  });
});
