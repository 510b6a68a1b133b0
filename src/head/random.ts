// Pseudo-random numbers from a seed, the same on every platform: integer arithmetic only.

/** Numbers in [0,1) from a seed. @see mulberry32, Tommy Ettinger, public domain */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A shuffled copy: sorted by a random number each. @param rng numbers in [0,1) */
export function shuffled<T>(items: readonly T[], rng: () => number): T[] {
  return items
    .map((item) => ({ item, key: rng() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
