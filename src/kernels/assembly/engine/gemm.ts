// The inner loop of every convolution and dense layer: m pixels by 8 output channels at a time, summed over segments of
// the input that lie one after the other in memory. A pointwise convolution has one segment, its channels; a k by k one
// has k rows of k * c floats, or k * k of c where it is dilated.
import { madd } from '../madd';

/**
 * Whether branches that are never taken, as `i` is a multiple of 4, keep four products apart. V8 11.3 and 12.4 (Node 20 and
 * 22) move all loads between two branches to the first, and put away most of what they loaded: a fifth slower. Of branches
 * with one condition only one stays. Not with relaxed SIMD: where it is, V8 is mostly newer, and loses by them.
 */
const APART = !ASC_FEATURE_RELAXED_SIMD;

/**
 * y[p, 8 j ..] = clamp(bias + sum over s, i of x[p + offsets[s] + i] * w[j, s, i, ..] + residual[p])
 * @param panels groups of 8 output channels
 * @param offsets bytes from a pixel to each of its `segments`, as i32
 * @param k floats in a segment, a multiple of 4
 * @param ldx, ldy bytes from one pixel to the next
 * @param residual added before the clamp; 0 for none. It has the layout of y.
 * @param n6 .. n1 tiles of 6 to 1 pixels, which are done in this order
 */
export function gemm(
  x: usize, w: usize, bias: usize, y: usize, residual: usize, offsets: usize,
  segments: i32, k: i32, panels: i32, ldx: usize, ldy: usize, low: f32, high: f32,
  n6: i32, n5: i32, n4: i32, n3: i32, n2: i32, n1: i32,
): void {
  const lo = f32x4.splat(low), hi = f32x4.splat(high);
  const panel = <usize>(segments * k) << 5;
  const add = residual ? residual - y : 0;
  for (; panels > 0; panels--) {
    let px = x, py = y;
    tiles(6, n6, px, w, bias, py, add, offsets, segments, k, ldx, ldy, lo, hi);
    px += ldx * 6 * n6; py += ldy * 6 * n6;
    tiles(5, n5, px, w, bias, py, add, offsets, segments, k, ldx, ldy, lo, hi);
    px += ldx * 5 * n5; py += ldy * 5 * n5;
    tiles(4, n4, px, w, bias, py, add, offsets, segments, k, ldx, ldy, lo, hi);
    px += ldx * 4 * n4; py += ldy * 4 * n4;
    tiles(3, n3, px, w, bias, py, add, offsets, segments, k, ldx, ldy, lo, hi);
    px += ldx * 3 * n3; py += ldy * 3 * n3;
    tiles(2, n2, px, w, bias, py, add, offsets, segments, k, ldx, ldy, lo, hi);
    px += ldx * 2 * n2; py += ldy * 2 * n2;
    tiles(1, n1, px, w, bias, py, add, offsets, segments, k, ldx, ldy, lo, hi);
    w += panel; bias += 32; y += 32;
  }
}

@inline
function put(y: usize, add: usize, v0: v128, v1: v128, lo: v128, hi: v128): void {
  if (add) {
    v0 = f32x4.add(v0, v128.load(y + add));
    v1 = f32x4.add(v1, v128.load(y + add, 16));
  }
  v128.store(y, f32x4.pmin(f32x4.pmax(v0, lo), hi));
  v128.store(y, f32x4.pmin(f32x4.pmax(v1, lo), hi), 16);
}

/** `count` tiles of m pixels; m is known when this is compiled. */
@inline
function tiles(
  m: i32, count: i32, x: usize, w: usize, bias: usize, y: usize, add: usize, offsets: usize,
  segments: i32, k: i32, ldx: usize, ldy: usize, lo: v128, hi: v128,
): void {
  if (count == 0) return;
  do {
    let a0 = v128.load(bias), a1 = v128.load(bias, 16);
    let b0 = a0, b1 = a1, c0 = a0, c1 = a1, d0 = a0, d1 = a1, e0 = a0, e1 = a1, f0 = a0, f1 = a1;
    let p = w;
    let o = offsets, s = segments;
    do {
      let pa = x + load<i32>(o);
      let pb = pa + ldx, pc = pb + ldx, pd = pc + ldx, pe = pd + ldx, pf = pe + ldx;
      let i = k;
      do {
        let w0 = v128.load(p), w1 = v128.load(p, 16), v = v128.load32_splat(pa);
        a0 = madd(v, w0, a0); a1 = madd(v, w1, a1);
        if (m > 1) { v = v128.load32_splat(pb); b0 = madd(v, w0, b0); b1 = madd(v, w1, b1); }
        if (m > 2) { v = v128.load32_splat(pc); c0 = madd(v, w0, c0); c1 = madd(v, w1, c1); }
        if (m > 3) { v = v128.load32_splat(pd); d0 = madd(v, w0, d0); d1 = madd(v, w1, d1); }
        if (m > 4) { v = v128.load32_splat(pe); e0 = madd(v, w0, e0); e1 = madd(v, w1, e1); }
        if (m > 5) { v = v128.load32_splat(pf); f0 = madd(v, w0, f0); f1 = madd(v, w1, f1); }
        if (APART && i == 1) break;
        w0 = v128.load(p, 32); w1 = v128.load(p, 48); v = v128.load32_splat(pa, 4);
        a0 = madd(v, w0, a0); a1 = madd(v, w1, a1);
        if (m > 1) { v = v128.load32_splat(pb, 4); b0 = madd(v, w0, b0); b1 = madd(v, w1, b1); }
        if (m > 2) { v = v128.load32_splat(pc, 4); c0 = madd(v, w0, c0); c1 = madd(v, w1, c1); }
        if (m > 3) { v = v128.load32_splat(pd, 4); d0 = madd(v, w0, d0); d1 = madd(v, w1, d1); }
        if (m > 4) { v = v128.load32_splat(pe, 4); e0 = madd(v, w0, e0); e1 = madd(v, w1, e1); }
        if (m > 5) { v = v128.load32_splat(pf, 4); f0 = madd(v, w0, f0); f1 = madd(v, w1, f1); }
        if (APART && i == 2) break;
        w0 = v128.load(p, 64); w1 = v128.load(p, 80); v = v128.load32_splat(pa, 8);
        a0 = madd(v, w0, a0); a1 = madd(v, w1, a1);
        if (m > 1) { v = v128.load32_splat(pb, 8); b0 = madd(v, w0, b0); b1 = madd(v, w1, b1); }
        if (m > 2) { v = v128.load32_splat(pc, 8); c0 = madd(v, w0, c0); c1 = madd(v, w1, c1); }
        if (m > 3) { v = v128.load32_splat(pd, 8); d0 = madd(v, w0, d0); d1 = madd(v, w1, d1); }
        if (m > 4) { v = v128.load32_splat(pe, 8); e0 = madd(v, w0, e0); e1 = madd(v, w1, e1); }
        if (m > 5) { v = v128.load32_splat(pf, 8); f0 = madd(v, w0, f0); f1 = madd(v, w1, f1); }
        if (APART && i == 3) break;
        w0 = v128.load(p, 96); w1 = v128.load(p, 112); v = v128.load32_splat(pa, 12);
        a0 = madd(v, w0, a0); a1 = madd(v, w1, a1);
        if (m > 1) { v = v128.load32_splat(pb, 12); b0 = madd(v, w0, b0); b1 = madd(v, w1, b1); }
        if (m > 2) { v = v128.load32_splat(pc, 12); c0 = madd(v, w0, c0); c1 = madd(v, w1, c1); }
        if (m > 3) { v = v128.load32_splat(pd, 12); d0 = madd(v, w0, d0); d1 = madd(v, w1, d1); }
        if (m > 4) { v = v128.load32_splat(pe, 12); e0 = madd(v, w0, e0); e1 = madd(v, w1, e1); }
        if (m > 5) { v = v128.load32_splat(pf, 12); f0 = madd(v, w0, f0); f1 = madd(v, w1, f1); }
        pa += 16;
        if (m > 1) pb += 16;
        if (m > 2) pc += 16;
        if (m > 3) pd += 16;
        if (m > 4) pe += 16;
        if (m > 5) pf += 16;
        p += 128;
        i -= 4;
      } while (i);
      o += 4;
      s--;
    } while (s);
    put(y, add, a0, a1, lo, hi);
    if (m > 1) { y += ldy; put(y, add, b0, b1, lo, hi); }
    if (m > 2) { y += ldy; put(y, add, c0, c1, lo, hi); }
    if (m > 3) { y += ldy; put(y, add, d0, d1, lo, hi); }
    if (m > 4) { y += ldy; put(y, add, e0, e1, lo, hi); }
    if (m > 5) { y += ldy; put(y, add, f0, f1, lo, hi); }
    y += ldy;
    x += ldx * m;
    count--;
  } while (count);
}
