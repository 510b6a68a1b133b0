// Values -> places on a strip from 0 (bottom) to 1 (top). Pure.

/** A mapping of values to [0,1] and the values worth a line. */
export interface Scale {
  readonly place: (value: number) => number;
  /** Ascending. */
  readonly ticks: readonly number[];
}

/** Below this, a signed scale is nearly linear; above, logarithmic. */
const LINEAR_BELOW = 0.01;
const SIGNED_TICKS = [-10, -0.1, 0, 0.1, 10];

/** A scale for values of both signs and many magnitudes: place ~ sign(x) ln(1 + |x| / 0.01), 0 in the middle. */
export function signedScale(values: readonly number[]): Scale {
  const bend = (value: number) => Math.sign(value) * Math.log1p(Math.abs(value) / LINEAR_BELOW);
  const most = Math.max(...values.map((value) => Math.abs(value)), LINEAR_BELOW);
  return {
    place: (value) => 0.5 + bend(value) / bend(most) / 2,
    ticks: SIGNED_TICKS.filter((tick) => Math.abs(tick) <= most),
  };
}

/** A logarithmic scale for values above zero; what is below `floor` is drawn at the bottom. */
export function logScale(values: readonly number[], floor: number): Scale {
  const most = Math.max(...values, floor * 10);
  const span = Math.log(most / floor);
  const powers = Array.from({ length: 13 }, (_, i) => Number(`1e${i - 6}`));
  return {
    place: (value) => Math.log(Math.max(value, floor) / floor) / span,
    ticks: powers.filter((tick) => tick >= floor && tick <= most),
  };
}
