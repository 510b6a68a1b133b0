import { describe, expect, it } from 'vitest';
import { advise, type ClassFigures } from '../../../src/head/advice.ts';

const good: ClassFigures = { examples: 20, takes: 5, recall: { value: 1, n: 20 } };
const weak = (value: number): ClassFigures => ({ ...good, recall: { value, n: 20 } });

describe('advise', () => {
  it('has nothing to say when all is well, or nothing is known yet', () => {
    expect(advise([good, good], [20, 0, 0, 20])).toEqual([]);
    expect(advise([{ ...good, recall: null }], [])).toEqual([]);
    expect(advise([], [])).toEqual([]);
  });

  it('names what is missing, the class with the fewest examples first', () => {
    const few = (examples: number) => ({ ...good, examples });
    expect(advise([few(9), few(3), { examples: 0, takes: 0, recall: null }, few(10)], [])).toEqual([
      { class: 2, reason: 'none' },
      { class: 1, reason: 'few' },
      { class: 0, reason: 'few' },
    ]);
  });

  it('says that near-copies alone are not enough, after what is missing', () => {
    const copies = { ...good, takes: 1 };
    expect(advise([copies, { ...good, examples: 5 }], [20, 0, 0, 5])).toEqual([
      { class: 1, reason: 'few' },
      { class: 0, reason: 'one-burst' },
    ]);
  });

  it('names the class that another is taken for', () => {
    expect(advise([weak(0.5), good, good], [10, 7, 3, 0, 20, 0, 0, 0, 20])).toEqual([
      { class: 0, reason: 'confused', with: 1 },
    ]);
  });

  it('calls a class weak when its mistakes are spread, the lowest recall first', () => {
    const confusion = [12, 2, 3, 3, 0, 20, 0, 0, 0, 0, 20, 0, 5, 1, 4, 10];
    expect(advise([weak(0.6), good, good, weak(0.5)], confusion)).toEqual([
      { class: 3, reason: 'confused', with: 0 },
      { class: 0, reason: 'weak' },
    ]);
  });

  it('makes nothing of one mistake', () => {
    expect(advise([weak(0.75), good], [3, 1, 0, 20])).toEqual([]);
  });
});
