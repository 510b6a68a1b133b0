import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countClasses } from '../../../src/head/examples.ts';
import { randomFrom } from '../../../src/head/random.ts';
import { splitExamples } from '../../../src/head/split.ts';
import { randomExamples } from './support.ts';

const cases = fc.record({
  seed: fc.integer(),
  n: fc.integer({ min: 3, max: 80 }),
  k: fc.integer({ min: 2, max: 3 }),
  share: fc.double({ min: 0, max: 0.9, noNaN: true }),
  burstLength: fc.integer({ min: 0, max: 12 }),
});

describe('splitExamples', () => {
  it('parts every example, keeps bursts whole and empties no class', () => {
    fc.assert(
      fc.property(cases, ({ seed, n, k, share, burstLength }) => {
        const examples = randomExamples(seed, { n, d: 1, k, burstLength });
        const { train, heldOut } = splitExamples(examples, { share, rng: randomFrom(seed) });
        expect([...train, ...heldOut].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
        const burstOf = (i: number) => examples.bursts?.[i] ?? null;
        const held = new Set(heldOut.map(burstOf).filter((burst) => burst !== null));
        for (const i of train) expect(held.has(burstOf(i) ?? '')).toBe(false);
        const rest = countClasses(
          train.map((i) => examples.labels[i] ?? -1),
          k,
        );
        for (const count of rest) expect(count).toBeGreaterThan(0);
      }),
    );
  });

  it('holds out the share of each class where examples stand alone', () => {
    const labels = [...Array<number>(40).fill(0), ...Array<number>(20).fill(1)];
    const examples = { features: new Float32Array(60), classes: ['a', 'b'], labels };
    const { heldOut } = splitExamples(examples, { share: 0.25, rng: randomFrom(1) });
    expect(
      countClasses(
        heldOut.map((i) => labels[i] ?? -1),
        2,
      ),
    ).toEqual([40 * 0.25, 20 * 0.25]);
  });

  it('is the same from the same seed', () => {
    const examples = randomExamples(1, { n: 30, d: 1, k: 3 });
    const once = splitExamples(examples, { share: 0.3, rng: randomFrom(5) });
    expect(splitExamples(examples, { share: 0.3, rng: randomFrom(5) })).toEqual(once);
    expect(splitExamples(examples, { share: 0.3, rng: randomFrom(6) })).not.toEqual(once);
  });
});
