// What is done to each number on its own, four at a time.
import { madd } from '../madd';

/** max(low, min(high, x)) */
export const CLAMP: i32 = 0;
export const LEAKY: i32 = 1;
export const SIGMOID: i32 = 2;
export const TANH: i32 = 3;
export const SWISH: i32 = 4;
/** x * p + q */
export const RESCALE: i32 = 5;

/** @param count floats, a multiple of 4 */
export function activate(kind: i32, x: usize, y: usize, count: i32, p: f32, q: f32): void {
  const a = f32x4.splat(p), b = f32x4.splat(q), zero = f32x4.splat(0), one = f32x4.splat(1);
  for (let end = x + (<usize>count << 2); x < end; x += 16, y += 16) {
    let v = v128.load(x);
    if (kind == CLAMP) v = f32x4.pmin(f32x4.pmax(v, a), b);
    else if (kind == LEAKY) v = v128.bitselect(f32x4.mul(v, a), v, f32x4.lt(v, zero));
    else if (kind == SIGMOID) v = sigmoid(v);
    else if (kind == TANH) v = f32x4.sub(f32x4.mul(f32x4.splat(2), sigmoid(f32x4.add(v, v))), one);
    else if (kind == SWISH) v = f32x4.mul(v, sigmoid(v));
    else v = f32x4.add(f32x4.mul(v, a), b);
    v128.store(y, v);
  }
}

/** y[p,c] = clamp(x[p,c] * scale[c] + shift[c]) @param vectors groups of 4 channels */
export function affine(
  x: usize, scale: usize, shift: usize, y: usize, pixels: i32, vectors: i32, low: f32, high: f32,
): void {
  const lo = f32x4.splat(low), hi = f32x4.splat(high);
  for (; pixels > 0; pixels--)
    for (let i: usize = 0, end = <usize>vectors << 4; i < end; i += 16) {
      const v = madd(v128.load(x), v128.load(scale + i), v128.load(shift + i));
      v128.store(y, f32x4.pmin(f32x4.pmax(v, lo), hi));
      x += 16; y += 16;
    }
}

/**
 * y = a + b, or a * b, where each axis of a and b is that of y or 1: its step is then 0. Steps in bytes; channels are
 * `count` floats, a multiple of 4, and one number for all of them where `spreadA` or `spreadB` is set.
 */
export function combine(
  multiply: i32, a: usize, b: usize, y: usize, h: i32, w: i32, count: i32,
  rowA: i32, columnA: i32, spreadA: i32, rowB: i32, columnB: i32, spreadB: i32,
): void {
  for (let i = 0; i < h; i++)
    for (let j = 0; j < w; j++) {
      let p = a + i * rowA + j * columnA, q = b + i * rowB + j * columnB;
      const s = v128.load32_splat(p), t = v128.load32_splat(q);
      for (let k = 0; k < count; k += 4) {
        const u = spreadA ? s : v128.load(p), v = spreadB ? t : v128.load(q);
        v128.store(y, multiply ? f32x4.mul(u, v) : f32x4.add(u, v));
        p += 16; q += 16; y += 16;
      }
    }
}

/** Over the first `channels` of each row of `ld` bytes; what is behind them stays. */
export function softmax(x: usize, y: usize, rows: i32, channels: i32, ld: usize): void {
  for (; rows > 0; rows--) {
    let most = load<f32>(x);
    for (let c = 1; c < channels; c++) most = max(most, load<f32>(x + (<usize>c << 2)));
    let sum: f32 = 0;
    for (let c = 0; c < channels; c++) {
      const at = <usize>c << 2;
      const e = f32x4.extract_lane(exp(f32x4.splat(load<f32>(x + at) - most)), 0);
      store<f32>(y + at, e);
      sum += e;
    }
    for (let c = 0; c < channels; c++) {
      const at = y + (<usize>c << 2);
      store<f32>(at, load<f32>(at) / sum);
    }
    x += ld; y += ld;
  }
}

@inline
function sigmoid(v: v128): v128 {
  const one = f32x4.splat(1);
  return f32x4.div(one, f32x4.add(one, exp(f32x4.neg(v))));
}

/** 2^n * e^r with r in [-ln 2 / 2, ln 2 / 2] by a polynomial. @see Cephes, expf: 2 units in the last place */
@inline
function exp(x: v128): v128 {
  x = f32x4.min(f32x4.max(x, f32x4.splat(-87.3)), f32x4.splat(88.3));
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.44269504088896341)));
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(n, f32x4.splat(-2.12194440e-4)));
  let p = f32x4.splat(1.9875691500e-4);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), f32x4.add(r, f32x4.splat(1)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return f32x4.mul(p, power);
}
