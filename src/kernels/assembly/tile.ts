// The inner loop of every matrix product: C[r,8] (+)= A[r,k] · B[k,8], both packed with k as the slow axis. With fused
// multiply-adds r is 6: twelve accumulators, two vectors of B and one splat fill the sixteen registers of x64. Without
// them the products need registers too, and r is 4.
import { madd } from './madd';

/** Rows of a tile, r. */
export const MR: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
/** Columns of a tile. */
export const NR: i32 = 8;

@inline
function put(c: usize, low: v128, high: v128, add: bool): void {
  if (add) {
    low = f32x4.add(low, v128.load(c));
    high = f32x4.add(high, v128.load(c, 16));
  }
  v128.store(c, low);
  v128.store(c, high, 16);
}

/**
 * @param a [k,r], packed
 * @param b [k,8], packed
 * @param c where the tile's first element is; rows are `stride` bytes apart
 * @param add adds to what is there
 */
export function tile(k: i32, a: usize, b: usize, c: usize, stride: usize, add: bool): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0;
  let d0 = a0, d1 = a0, e0 = a0, e1 = a0, f0 = a0, f1 = a0;
  for (let i = 0; i < k; i++) {
    const w0 = v128.load(b), w1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    a0 = madd(s, w0, a0); a1 = madd(s, w1, a1);
    s = v128.load32_splat(a, 4);
    b0 = madd(s, w0, b0); b1 = madd(s, w1, b1);
    s = v128.load32_splat(a, 8);
    c0 = madd(s, w0, c0); c1 = madd(s, w1, c1);
    s = v128.load32_splat(a, 12);
    d0 = madd(s, w0, d0); d1 = madd(s, w1, d1);
    if (ASC_FEATURE_RELAXED_SIMD) {
      s = v128.load32_splat(a, 16);
      e0 = madd(s, w0, e0); e1 = madd(s, w1, e1);
      s = v128.load32_splat(a, 20);
      f0 = madd(s, w0, f0); f1 = madd(s, w1, f1);
    }
    a += MR << 2;
    b += NR << 2;
  }
  put(c, a0, a1, add); c += stride;
  put(c, b0, b1, add); c += stride;
  put(c, c0, c1, add); c += stride;
  put(c, d0, d1, add);
  if (ASC_FEATURE_RELAXED_SIMD) {
    c += stride;
    put(c, e0, e1, add); c += stride;
    put(c, f0, f1, add);
  }
}
