// Pointwise products in whole numbers, beside the engine's own gemm in floats: the same panels of 8 output channels and the
// same tiles of up to 6 pixels, so that the arithmetic alone differs. `sixteen` multiplies words, two at a time, `eight`
// bytes, four at a time. Weights are exact: byte - zero point as a word, byte - 128 as a byte, whose difference comes
// back by the sum of a pixel's activations. No convolution but the pointwise one.

/** Added to a float below 2^22 it leaves the float's nearest whole number in the lowest bits. */
const MAGIC: f32 = 12582912;
const MAGIC_BITS: i32 = 0x4b400000;

/** round(x * inverse) as signed words, `count` of them, a multiple of 8. */
export function quantize16(x: usize, y: usize, count: i32, inverse: f32): void {
  const by = f32x4.splat(inverse), magic = f32x4.splat(MAGIC), bits = i32x4.splat(MAGIC_BITS);
  for (const end = y + (<usize>count << 1); y < end; x += 32, y += 16)
    v128.store(
      y, i16x8.narrow_i32x4_s(whole(v128.load(x), by, magic, bits), whole(v128.load(x, 16), by, magic, bits)),
    );
}

/** Pixels of k floats, k a multiple of 8 -> round(x * inverse) + zero in 0 to 127, and each pixel's sum of them. */
export function quantize8(x: usize, y: usize, sums: usize, pixels: i32, k: i32, inverse: f32, zero: f32): void {
  const by = f32x4.splat(inverse), magic = f32x4.splat(MAGIC + zero), bits = i32x4.splat(MAGIC_BITS);
  const top = i8x16.splat(127);
  for (; pixels > 0; pixels--, sums += 4) {
    let sum = i16x8.splat(0);
    for (const end = y + k; y < end; x += 32, y += 8) {
      const words = i16x8.narrow_i32x4_s(whole(v128.load(x), by, magic, bits), whole(v128.load(x, 16), by, magic, bits));
      const bytes = i8x16.min_u(i8x16.narrow_i16x8_u(words, words), top);
      v128.store64_lane(y, bytes, 0);
      sum = i16x8.add(sum, i16x8.extend_low_i8x16_u(bytes));
    }
    const fours = i32x4.extadd_pairwise_i16x8_u(sum);
    const twos = i32x4.add(fours, v128.shuffle<i32>(fours, fours, 2, 3, 0, 1));
    store<i32>(sums, i32x4.extract_lane(twos, 0) + i32x4.extract_lane(twos, 1));
  }
}

@inline
function whole(x: v128, by: v128, magic: v128, bits: v128): v128 {
  return i32x4.sub(f32x4.add(f32x4.mul(x, by), magic), bits);
}

/**
 * y = clamp(sum of x w * scale + bias + residual), [pixels,k]·[k,8 panels].
 * @param scale what a sum is multiplied by, for each output channel
 * @param k a multiple of 8
 * @param ldy bytes from one pixel of y, and of the residual, to the next
 * @param residual 0 for none; not y itself
 */
export function sixteen(
  x: usize, w: usize, scale: usize, bias: usize, y: usize, residual: usize,
  k: i32, panels: i32, ldy: usize, low: f32, high: f32, pixels: i32,
): void {
  product(false, x, 0, 0, w, scale, bias, y, residual, k, panels, ldy, low, high, pixels);
}

/** As `sixteen`. @param sums of each pixel's activations @param zero what each is multiplied by: 128 - the weights' zero point */
export function eight(
  x: usize, w: usize, scale: usize, bias: usize, y: usize, residual: usize,
  k: i32, panels: i32, ldy: usize, low: f32, high: f32, pixels: i32, sums: usize, zero: i32,
): void {
  if (ASC_FEATURE_RELAXED_SIMD)
    product(true, x, sums, zero, w, scale, bias, y, residual, k, panels, ldy, low, high, pixels);
}

@inline
function product(
  bytes: bool, x: usize, sums: usize, zero: i32, w: usize, scale: usize, bias: usize, y: usize, residual: usize,
  k: i32, panels: i32, ldy: usize, low: f32, high: f32, pixels: i32,
): void {
  const lo = f32x4.splat(low), hi = f32x4.splat(high);
  const ldx = <usize>k << (bytes ? 0 : 1);
  const add = residual ? residual - y : 0;
  const count = (pixels + 5) / 6, least = pixels / count, higher = pixels - least * count;
  const n6 = least == 6 ? count : least == 5 ? higher : 0;
  for (; panels > 0; panels--) {
    tiles(bytes, 6, n6, x, sums, zero, w, scale, bias, y, add, k, ldx, ldy, lo, hi);
    let px = x + ldx * 6 * n6, py = y + ldy * 6 * n6, ps = sums + 24 * n6;
    if (least < 6) rest(bytes, count - n6, least, higher, px, ps, zero, w, scale, bias, py, add, k, ldx, ldy, lo, hi);
    w += <usize>k << (bytes ? 3 : 4);
    scale += 32; bias += 32; y += 32;
  }
}

@inline
function rest(
  bytes: bool, n: i32, least: i32, higher: i32, x: usize, sums: usize, zero: i32, w: usize, scale: usize, bias: usize,
  y: usize, add: usize, k: i32, ldx: usize, ldy: usize, lo: v128, hi: v128,
): void {
  if (least == 5) tiles(bytes, 5, n, x, sums, zero, w, scale, bias, y, add, k, ldx, ldy, lo, hi);
  else {
    tiles(bytes, 5, least == 4 ? higher : 0, x, sums, zero, w, scale, bias, y, add, k, ldx, ldy, lo, hi);
    if (least == 4) {
      x += ldx * 5 * higher; y += ldy * 5 * higher; sums += 20 * higher;
      tiles(bytes, 4, n - higher, x, sums, zero, w, scale, bias, y, add, k, ldx, ldy, lo, hi);
    } else for (let i = n * least + higher; i > 0; i--) {
      tiles(bytes, 1, 1, x, sums, zero, w, scale, bias, y, add, k, ldx, ldy, lo, hi);
      x += ldx; y += ldy; sums += 4;
    }
  }
}

@inline
function dot(bytes: bool, v: v128, w: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) {
    if (bytes) return i32x4.relaxed_dot_i8x16_i7x16_add_s(w, v, sum);
  }
  return i32x4.add(i32x4.dot_i16x8_s(v, w), sum);
}

@inline
function put(
  y: usize, add: usize, v0: v128, v1: v128, s0: v128, s1: v128, b0: v128, b1: v128, lo: v128, hi: v128,
): void {
  v0 = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(v0), s0), b0);
  v1 = f32x4.add(f32x4.mul(f32x4.convert_i32x4_s(v1), s1), b1);
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
  bytes: bool, m: i32, count: i32, x: usize, sums: usize, zero: i32, w: usize, scale: usize, bias: usize, y: usize,
  add: usize, k: i32, ldx: usize, ldy: usize, lo: v128, hi: v128,
): void {
  if (count == 0) return;
  do {
    let a0 = start(bytes, sums, 0, zero), a1 = a0;
    let b0 = m > 1 ? start(bytes, sums, 4, zero) : a0, b1 = b0, c0 = m > 2 ? start(bytes, sums, 8, zero) : a0, c1 = c0;
    let d0 = m > 3 ? start(bytes, sums, 12, zero) : a0, d1 = d0, e0 = m > 4 ? start(bytes, sums, 16, zero) : a0, e1 = e0;
    let f0 = m > 5 ? start(bytes, sums, 20, zero) : a0, f1 = f0;
    let pa = x, p = w;
    let pb = pa + ldx, pc = pb + ldx, pd = pc + ldx, pe = pd + ldx, pf = pe + ldx;
    let i = bytes ? k >> 3 : k >> 2;
    do {
      let w0 = v128.load(p), w1 = v128.load(p, 16), v = v128.load32_splat(pa);
      a0 = dot(bytes, v, w0, a0); a1 = dot(bytes, v, w1, a1);
      if (m > 1) { v = v128.load32_splat(pb); b0 = dot(bytes, v, w0, b0); b1 = dot(bytes, v, w1, b1); }
      if (m > 2) { v = v128.load32_splat(pc); c0 = dot(bytes, v, w0, c0); c1 = dot(bytes, v, w1, c1); }
      if (m > 3) { v = v128.load32_splat(pd); d0 = dot(bytes, v, w0, d0); d1 = dot(bytes, v, w1, d1); }
      if (m > 4) { v = v128.load32_splat(pe); e0 = dot(bytes, v, w0, e0); e1 = dot(bytes, v, w1, e1); }
      if (m > 5) { v = v128.load32_splat(pf); f0 = dot(bytes, v, w0, f0); f1 = dot(bytes, v, w1, f1); }
      w0 = v128.load(p, 32); w1 = v128.load(p, 48); v = v128.load32_splat(pa, 4);
      a0 = dot(bytes, v, w0, a0); a1 = dot(bytes, v, w1, a1);
      if (m > 1) { v = v128.load32_splat(pb, 4); b0 = dot(bytes, v, w0, b0); b1 = dot(bytes, v, w1, b1); }
      if (m > 2) { v = v128.load32_splat(pc, 4); c0 = dot(bytes, v, w0, c0); c1 = dot(bytes, v, w1, c1); }
      if (m > 3) { v = v128.load32_splat(pd, 4); d0 = dot(bytes, v, w0, d0); d1 = dot(bytes, v, w1, d1); }
      if (m > 4) { v = v128.load32_splat(pe, 4); e0 = dot(bytes, v, w0, e0); e1 = dot(bytes, v, w1, e1); }
      if (m > 5) { v = v128.load32_splat(pf, 4); f0 = dot(bytes, v, w0, f0); f1 = dot(bytes, v, w1, f1); }
      pa += 8; p += 64;
      if (m > 1) pb += 8;
      if (m > 2) pc += 8;
      if (m > 3) pd += 8;
      if (m > 4) pe += 8;
      if (m > 5) pf += 8;
    } while (--i);
    const s0 = v128.load(scale), s1 = v128.load(scale, 16), o0 = v128.load(bias), o1 = v128.load(bias, 16);
    put(y, add, a0, a1, s0, s1, o0, o1, lo, hi);
    if (m > 1) { y += ldy; put(y, add, b0, b1, s0, s1, o0, o1, lo, hi); }
    if (m > 2) { y += ldy; put(y, add, c0, c1, s0, s1, o0, o1, lo, hi); }
    if (m > 3) { y += ldy; put(y, add, d0, d1, s0, s1, o0, o1, lo, hi); }
    if (m > 4) { y += ldy; put(y, add, e0, e1, s0, s1, o0, o1, lo, hi); }
    if (m > 5) { y += ldy; put(y, add, f0, f1, s0, s1, o0, o1, lo, hi); }
    y += ldy;
    x += ldx * m;
    if (bytes) sums += 4 * m;
    count--;
  } while (count);
}

@inline
function start(bytes: bool, sums: usize, offset: usize, zero: i32): v128 {
  return bytes ? i32x4.splat(load<i32>(sums + offset) * zero) : i32x4.splat(0);
}
