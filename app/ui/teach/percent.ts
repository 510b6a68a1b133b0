// Shares as whole per cents. Pure.

/** A share of [0,1]; a certainty that is not there is not rounded to. */
export function toPercent(share: number): number {
  const rounded = Math.round(share * 100);
  if (rounded === 100 && share < 1) return 99;
  return rounded;
}
