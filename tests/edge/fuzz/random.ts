// Choices that follow from a seed.
import { randomFrom } from '../../../src/head/random.ts';

export interface Random {
  /** 0 to n - 1 */
  below(n: number): number;
  chance(share: number): boolean;
  /** One of them. */
  pick<T>(from: readonly T[]): T;
  bytes(length: number): Uint8Array<ArrayBuffer>;
}

/** The same choices for the same seed, on every platform. */
export function createRandom(seed: number): Random {
  const next = randomFrom(seed);
  const below = (n: number) => Math.floor(next() * n);
  return {
    below,
    chance: (share) => next() < share,
    pick(from) {
      const at = below(from.length);
      for (const [i, each] of from.entries()) if (i === at) return each;
      throw new Error('There is nothing to pick from.');
    },
    bytes: (length) => Uint8Array.from({ length }, () => below(256)),
  };
}
