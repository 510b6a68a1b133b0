// Wall time of things that do the same work, taken in turns so that what disturbs one disturbs all. It measures and
// sums up; it compares with no limit.

/** Something to be timed, by name. */
export interface Contender {
  readonly name: string;
  run(): Promise<unknown>;
}

/** Samples in figures, in the samples' unit. */
export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly p10: number;
  readonly p90: number;
  readonly p95: number;
}

/**
 * Runs A B C, A B C, ...
 * @param options.warmup rounds that are not kept: they compile, allocate and fill caches
 * @param clock ms, from any origin
 * @returns ms of each round, for each contender in the given order
 */
export async function interleave(
  contenders: readonly Contender[],
  options: { readonly rounds: number; readonly warmup: number },
  clock: () => number = () => performance.now(),
): Promise<readonly (readonly number[])[]> {
  const samples = contenders.map((): number[] => []);
  for (let round = -options.warmup; round < options.rounds; round++)
    for (const [i, contender] of contenders.entries()) {
      const start = clock();
      await contender.run();
      if (round >= 0) samples[i]?.push(clock() - start);
    }
  return samples;
}

/** Median, the middle eight tenths, and the 95th percentile; quantiles interpolate linearly between neighbours. */
export function summarise(samples: readonly number[]): Summary {
  const sorted = [...samples].sort((a, b) => a - b);
  const quantile = (q: number) => {
    const at = q * (sorted.length - 1);
    const below = sorted[Math.floor(at)] ?? Number.NaN;
    const above = sorted[Math.ceil(at)] ?? Number.NaN;
    return below + (above - below) * (at - Math.floor(at));
  };
  return {
    n: sorted.length,
    median: quantile(0.5),
    p10: quantile(0.1),
    p90: quantile(0.9),
    p95: quantile(0.95),
  };
}

/** How many times as fast as `other`: the median over rounds of other / own, which cancels what slowed both. */
export function speedup(own: readonly number[], other: readonly number[]): number {
  return summarise(own.map((ms, i) => (other[i] ?? Number.NaN) / ms)).median;
}

/** Mean and standard error of the mean (sample deviation / sqrt n); one value has no error to tell: null. */
export function meanAndError(values: readonly number[]): {
  readonly mean: number;
  readonly error: number | null;
} {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { mean, error: null };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (n - 1) / n) };
}

/** Greatest difference over the greatest reference value, both absolute. */
export function relativeError(actual: ArrayLike<number>, reference: ArrayLike<number>): number {
  if (actual.length !== reference.length) return Number.POSITIVE_INFINITY;
  let difference = 0;
  let scale = 0;
  for (let i = 0; i < reference.length; i++) {
    const expected = reference[i] ?? Number.NaN;
    const distance = Math.abs((actual[i] ?? Number.NaN) - expected);
    if (Number.isNaN(distance)) return Number.POSITIVE_INFINITY;
    difference = Math.max(difference, distance);
    scale = Math.max(scale, Math.abs(expected));
  }
  return difference === 0 ? 0 : difference / scale;
}
