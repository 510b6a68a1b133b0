// The inverse DCT of a JPEG's blocks, at full size and reduced to 4x4, 2x2 and 1x1 samples: the integer arithmetic of
// libjpeg (jidctint.c, jidctred.c), so that the samples are its samples, to the bit. A reduced block is what the full
// one becomes by averaging, but for rounding; coefficients that averaging cancels are not looked at.

/** Samples along one side of a block once decoded. */
export type BlockSize = 1 | 2 | 4 | 8;

/** Fraction bits of the constants, and the additional ones between the two passes. */
const CONST_BITS = 13;
const PASS1_BITS = 2;

/** A constant with `CONST_BITS` fraction bits. */
const fix = (x: number): number => Math.floor(x * (1 << CONST_BITS) + 0.5);

const F0_211 = fix(0.211164243);
const F0_298 = fix(0.298631336);
const F0_390 = fix(0.390180644);
const F0_509 = fix(0.509795579);
const F0_541 = fix(0.5411961);
const F0_601 = fix(0.601344887);
const F0_720 = fix(0.720959822);
const F0_765 = fix(0.765366865);
const F0_850 = fix(0.850430095);
const F0_899 = fix(0.899976223);
const F1_061 = fix(1.061594337);
const F1_175 = fix(1.175875602);
const F1_272 = fix(1.27275858);
const F1_451 = fix(1.451774981);
const F1_501 = fix(1.50132111);
const F1_847 = fix(1.847759065);
const F1_961 = fix(1.96157056);
const F2_053 = fix(2.053119869);
const F2_172 = fix(2.172734803);
const F2_562 = fix(2.562915447);
const F3_072 = fix(3.072711026);
const F3_624 = fix(3.624509785);

/** Columns done, rows not; and the sums of one column or row. One for all, since nothing else runs meanwhile. */
const work = new Int32Array(64);
const sums = new Int32Array(8);

/**
 * Writes the samples of a block, [size,size], each in [0,255].
 * @param block dequantised coefficients, [8,8] row by row
 * @param at where the first sample goes in `out`, whose rows are `stride` samples long
 */
export function inverseDct(
  size: BlockSize,
  block: Int32Array,
  out: Uint8Array,
  at: number,
  stride: number,
): void {
  if (size === 1) {
    out[at] = toSample(block[0] ?? 0, 3);
    return;
  }
  // Averaging pairs or fours keeps one or two bits more in a sum.
  const bits = CONST_BITS + (size === 8 ? 0 : size === 4 ? 1 : 2);
  for (let column = 0; column < 8; column++) {
    if (!isUsedAlong(size, column)) continue;
    transform(size, block, column, 8);
    for (let k = 0; k < size; k++) work[k * 8 + column] = descale(sums[k] ?? 0, bits - PASS1_BITS);
  }
  for (let row = 0, to = at; row < size; row++, to += stride) {
    transform(size, work, row * 8, 1);
    for (let k = 0; k < size; k++) out[to + k] = toSample(sums[k] ?? 0, bits + PASS1_BITS + 3);
  }
}

/** Whether a reduced block depends on the coefficient at this index of [8,8]. */
export function isUsed(size: BlockSize, index: number): boolean {
  return isUsedAlong(size, index >> 3) && isUsedAlong(size, index & 7);
}

function isUsedAlong(size: BlockSize, k: number): boolean {
  return k === 0 || size === 8 || (size === 4 && k !== 4) || (size === 2 && (k & 1) === 1);
}

/** x / 2^bits, rounded. */
function descale(x: number, bits: number): number {
  return (x + (1 << (bits - 1))) >> bits;
}

/** x / 2^bits, rounded and made a sample: 128 is the middle. */
function toSample(x: number, bits: number): number {
  return Math.max(0, Math.min(descale(x, bits) + 128, 255));
}

/** One column or row of eight: `size` values go to `sums`, not yet divided. */
function transform(size: 8 | 4 | 2, from: Int32Array, at: number, step: number): void {
  const x0 = from[at] ?? 0;
  const x1 = from[at + step] ?? 0;
  const x2 = from[at + 2 * step] ?? 0;
  const x3 = from[at + 3 * step] ?? 0;
  const x4 = from[at + 4 * step] ?? 0;
  const x5 = from[at + 5 * step] ?? 0;
  const x6 = from[at + 6 * step] ?? 0;
  const x7 = from[at + 7 * step] ?? 0;
  if ((x1 | x2 | x3 | x4 | x5 | x6 | x7) === 0) {
    const mean = x0 * ((8 / size) << CONST_BITS);
    for (let k = 0; k < size; k++) sums[k] = mean;
    return;
  }
  if (size === 8) transform8(x0, x1, x2, x3, x4, x5, x6, x7);
  else if (size === 4) transform4(x0, x1, x2, x3, x5, x6, x7);
  else transform2(x0, x1, x3, x5, x7);
}

/** The algorithm of Loeffler, Ligtenberg and Moschytz with 12 multiplications, as in jidctint.c. */
function transform8(
  x0: number,
  x1: number,
  x2: number,
  x3: number,
  x4: number,
  x5: number,
  x6: number,
  x7: number,
): void {
  const e = (x2 + x6) * F0_541;
  const e2 = e - x6 * F1_847;
  const e3 = e + x2 * F0_765;
  const e0 = (x0 + x4) * (1 << CONST_BITS);
  const e1 = (x0 - x4) * (1 << CONST_BITS);
  const z5 = (x7 + x3 + x5 + x1) * F1_175;
  const z1 = (x7 + x1) * -F0_899;
  const z2 = (x5 + x3) * -F2_562;
  const z3 = (x7 + x3) * -F1_961 + z5;
  const z4 = (x5 + x1) * -F0_390 + z5;
  const o0 = x1 * F1_501 + z1 + z4;
  const o1 = x3 * F3_072 + z2 + z3;
  const o2 = x5 * F2_053 + z2 + z4;
  const o3 = x7 * F0_298 + z1 + z3;
  sums[0] = e0 + e3 + o0;
  sums[1] = e1 + e2 + o1;
  sums[2] = e1 - e2 + o2;
  sums[3] = e0 - e3 + o3;
  sums[4] = e0 - e3 - o3;
  sums[5] = e1 - e2 - o2;
  sums[6] = e1 + e2 - o1;
  sums[7] = e0 + e3 - o0;
}

function transform4(
  x0: number,
  x1: number,
  x2: number,
  x3: number,
  x5: number,
  x6: number,
  x7: number,
): void {
  const e = x2 * F1_847 - x6 * F0_765;
  const e0 = x0 * (2 << CONST_BITS);
  const o0 = x5 * F1_451 - x7 * F0_211 - x3 * F2_172 + x1 * F1_061;
  const o2 = x3 * F0_899 - x7 * F0_509 - x5 * F0_601 + x1 * F2_562;
  sums[0] = e0 + e + o2;
  sums[1] = e0 - e + o0;
  sums[2] = e0 - e - o0;
  sums[3] = e0 + e - o2;
}

function transform2(x0: number, x1: number, x3: number, x5: number, x7: number): void {
  const e = x0 * (4 << CONST_BITS);
  const o = x5 * F0_850 - x7 * F0_720 - x3 * F1_272 + x1 * F3_624;
  sums[0] = e + o;
  sums[1] = e - o;
}
