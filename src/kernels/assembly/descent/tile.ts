// The inner loop of forward and gradient.
import { madd } from '../madd';

/** Rows and columns of a tile: eight accumulators, as many as two multipliers of latency four keep busy. */
export const MR: i32 = 4;
export const NR: i32 = 8;

/**
 * out[4,8] = sum over i < k of a[4,i] b[i,8].
 * @param aRow, aStep bytes from one of the four to the next, and from i to i + 1
 * @param bStep, outRow likewise
 */
export function tile(
  k: i32, a: usize, aRow: usize, aStep: usize, b: usize, bStep: usize, out: usize, outRow: usize,
): void {
  let p0 = f32x4.splat(0), p1 = p0, q0 = p0, q1 = p0, r0 = p0, r1 = p0, s0 = p0, s1 = p0;
  let aq = a + aRow, ar = aq + aRow, as = ar + aRow;
  for (let i = 0; i < k; i++) {
    const low = v128.load(b), high = v128.load(b, 16);
    let one = v128.load32_splat(a);
    p0 = madd(one, low, p0); p1 = madd(one, high, p1);
    one = v128.load32_splat(aq);
    q0 = madd(one, low, q0); q1 = madd(one, high, q1);
    one = v128.load32_splat(ar);
    r0 = madd(one, low, r0); r1 = madd(one, high, r1);
    one = v128.load32_splat(as);
    s0 = madd(one, low, s0); s1 = madd(one, high, s1);
    a += aStep; aq += aStep; ar += aStep; as += aStep;
    b += bStep;
  }
  v128.store(out, p0); v128.store(out, p1, 16);
  out += outRow;
  v128.store(out, q0); v128.store(out, q1, 16);
  out += outRow;
  v128.store(out, r0); v128.store(out, r1, 16);
  out += outRow;
  v128.store(out, s0); v128.store(out, s1, 16);
}
