import { describe, expect, it } from 'vitest';
import { argMax } from '../../../src/head/evaluate.ts';
import { type Examples, pickExamples } from '../../../src/head/examples.ts';
import { applyHead } from '../../../src/head/head.ts';
import { outlook } from '../../../src/head/outlook.ts';
import { randomFrom, shuffled } from '../../../src/head/random.ts';
import { fitRidge } from '../../../src/head/ridge.ts';
import { randomExamples, refusal } from './support.ts';

const K = 4;
/** Many examples of four classes that overlap, to draw from and to judge by. */
const population = (seed: number) => randomExamples(seed, { n: 900, d: 30, k: K });

function drawn(all: Examples, perClass: number, rng: () => number): { some: Examples; rest: Examples } {
  const order = shuffled(
    Array.from(all.labels, (_, i) => i),
    rng,
  );
  const some = Array.from({ length: K }, (_, c) =>
    order.filter((i) => all.labels[i] === c).slice(0, perClass),
  ).flat();
  const chosen = new Set(some);
  return {
    some: pickExamples(all, some),
    rest: pickExamples(
      all,
      order.filter((i) => !chosen.has(i)),
    ),
  };
}

function accuracy(train: Examples, test: Examples): number {
  const { logits } = applyHead(fitRidge(train).train().head, test.features, test.labels.length);
  const right = Array.from(test.labels).filter(
    (label, i) => argMax(logits.subarray(i * K, (i + 1) * K)) === label,
  );
  return right.length / test.labels.length;
}

describe('outlook', () => {
  it('holds the accuracy that ten more of each class bring, nearly always', () => {
    let held = 0;
    const rounds = 20;
    for (let seed = 0; seed < rounds; seed++) {
      const rng = randomFrom(seed);
      const all = population(seed);
      const { some, rest } = drawn(all, 25, rng);
      const now = pickExamples(
        some,
        Array.from({ length: 100 }, (_, i) => i).filter((i) => i % 25 < 15),
      );
      const range = outlook(now, 10, rng, { frame: fitRidge(now).frame });
      const truth = accuracy(some, rest);
      if (range !== null && truth >= range.low - 0.01 && truth <= range.high + 0.01) held++;
    }
    expect(held).toBeGreaterThanOrEqual(0.8 * rounds);
  });

  it('expects no less of many more than of few more', () => {
    const { some } = drawn(population(3), 15, randomFrom(3));
    const [few, many] = [5, 60].map((more) => outlook(some, more, randomFrom(1)));
    expect((many?.high ?? 0) >= (few?.high ?? 1)).toBe(true);
    expect(few?.high).toBeLessThan(1);
  });

  it('says the same for the same numbers', () => {
    const { some } = drawn(population(4), 12, randomFrom(4));
    expect(outlook(some, 10, randomFrom(2))).toEqual(outlook(some, 10, randomFrom(2)));
    expect(outlook(some, 10, randomFrom(2))).not.toBeNull();
  });

  it('is silent on two examples of each class', () => {
    expect(outlook(drawn(population(5), 2, randomFrom(5)).some, 10, randomFrom(5))).toBeNull();
  });

  it('takes near-copies for one example: it is silent on two bursts of a class, and wider on bursts', () => {
    const { some } = drawn(population(6), 15, randomFrom(6));
    const inBursts = (length: number) => ({
      ...some,
      bursts: Array.from(some.labels, (label, i) => `${label}/${Math.floor((i % 15) / length)}`),
    });
    expect(outlook(inBursts(8), 10, randomFrom(6))).toBeNull();
    const [alone, threes] = [1, 2].map((length) => outlook(inBursts(length), 10, randomFrom(6)));
    if (alone == null || threes == null) throw new Error('It is silent on 15 examples of each class.');
    expect(threes.high - threes.low).toBeGreaterThan(alone.high - alone.low);
  });

  it('leaves classes without examples out, and looks at part of many examples', () => {
    const { some } = drawn(population(7), 150, randomFrom(7));
    const range = outlook({ ...some, classes: [...some.classes, 'empty'] }, 10, randomFrom(7));
    expect(range).not.toBeNull();
  });

  it('refuses what no head can be made of', () => {
    const { some } = drawn(population(8), 5, randomFrom(8));
    expect(
      refusal(() =>
        outlook({ ...some, labels: some.labels.length ? new Array(20).fill(0) : [] }, 10, randomFrom(8)),
      ),
    ).toBe('head_not_ready');
  });
});
