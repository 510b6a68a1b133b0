// One row of a depthwise convolution. Away from the sides three or five taps of four outputs at a time, so that each
// input is loaded once a row; at the sides, and for every other window, one output at a time over the taps inside.
import { madd } from '../madd';

/**
 * y[ox, c] = clamp(bias[c] + sum over ky, kx of rows[ky][ox s + kx d - left, c] * w[c / 4, ky, kx, c % 4])
 * @param rows addresses of the `kh` input rows; a row outside is one of zeros
 * @param vectors groups of 4 channels, an even number
 * @param width, outputs columns of a row of the input and of the output
 */
export function depthwise(
  rows: usize, w: usize, bias: usize, y: usize, vectors: i32, width: i32, outputs: i32,
  kh: i32, kw: i32, stride: i32, left: i32, dilation: i32, low: f32, high: f32,
): void {
  const ld = <usize>vectors << 4;
  const lo = f32x4.splat(low), hi = f32x4.splat(high);
  const known = dilation == 1 && (kw == 3 || kw == 5) && (stride == 1 || stride == 2);
  // Outputs from `first` to `last` see all their taps.
  const first = min(outputs, (left + stride - 1) / stride);
  const reach = width + left - (kw - 1) * dilation - 1;
  const last = reach < 0 ? first : max(first, min(outputs, reach / stride + 1));
  if (!known || last - first < 4) {
    for (let ox = 0; ox < outputs; ox++) one(ox, rows, w, bias, y, vectors, width, kh, kw, stride, left, dilation, lo, hi);
    return;
  }
  for (let ox = 0; ox < first; ox++) one(ox, rows, w, bias, y, vectors, width, kh, kw, stride, left, 1, lo, hi);
  for (let ox = last; ox < outputs; ox++) one(ox, rows, w, bias, y, vectors, width, kh, kw, stride, left, 1, lo, hi);
  for (let ox = first; ox < last; ox += 4) {
    // The last four begin further left: what they do twice comes out the same.
    const from = min(ox, last - 4);
    const at = <usize>(from * stride - left) * ld, to = y + <usize>from * ld;
    if (kw == 3) {
      if (stride == 1) four(3, 1, rows, at, w, bias, to, vectors, ld, kh, lo, hi);
      else four(3, 2, rows, at, w, bias, to, vectors, ld, kh, lo, hi);
    } else if (stride == 1) four(5, 1, rows, at, w, bias, to, vectors, ld, kh, lo, hi);
    else four(5, 2, rows, at, w, bias, to, vectors, ld, kh, lo, hi);
  }
}

/** Four outputs; kw and stride are known when this is compiled. */
@inline
function four(
  kw: i32, stride: i32, rows: usize, at: usize, w: usize, bias: usize, y: usize,
  vectors: i32, ld: usize, kh: i32, lo: v128, hi: v128,
): void {
  do {
    let a = v128.load(bias), b = a, c = a, d = a;
    let row = rows, left = kh;
    do {
      let p = load<usize>(row) + at;
      const w0 = v128.load(w), w1 = v128.load(w, 16), w2 = v128.load(w, 32);
      let v = v128.load(p);
      a = madd(v, w0, a);
      p += ld; v = v128.load(p);
      a = madd(v, w1, a);
      if (stride == 1) b = madd(v, w0, b);
      p += ld; v = v128.load(p);
      a = madd(v, w2, a);
      if (stride == 1) { b = madd(v, w1, b); c = madd(v, w0, c); } else b = madd(v, w0, b);
      p += ld; v = v128.load(p);
      if (kw == 3) {
        if (stride == 1) {
          b = madd(v, w2, b); c = madd(v, w1, c); d = madd(v, w0, d);
          p += ld; v = v128.load(p);
          c = madd(v, w2, c); d = madd(v, w1, d);
          p += ld; v = v128.load(p);
          d = madd(v, w2, d);
        } else {
          b = madd(v, w1, b);
          p += ld; v = v128.load(p);
          b = madd(v, w2, b); c = madd(v, w0, c);
          p += ld; v = v128.load(p);
          c = madd(v, w1, c);
          p += ld; v = v128.load(p);
          c = madd(v, w2, c); d = madd(v, w0, d);
          p += ld; v = v128.load(p);
          d = madd(v, w1, d);
          p += ld; v = v128.load(p);
          d = madd(v, w2, d);
        }
      } else {
        const w3 = v128.load(w, 48), w4 = v128.load(w, 64);
        a = madd(v, w3, a);
        if (stride == 1) {
          b = madd(v, w2, b); c = madd(v, w1, c); d = madd(v, w0, d);
          p += ld; v = v128.load(p);
          a = madd(v, w4, a); b = madd(v, w3, b); c = madd(v, w2, c); d = madd(v, w1, d);
          p += ld; v = v128.load(p);
          b = madd(v, w4, b); c = madd(v, w3, c); d = madd(v, w2, d);
          p += ld; v = v128.load(p);
          c = madd(v, w4, c); d = madd(v, w3, d);
          p += ld; v = v128.load(p);
          d = madd(v, w4, d);
        } else {
          b = madd(v, w1, b);
          p += ld; v = v128.load(p);
          a = madd(v, w4, a); b = madd(v, w2, b); c = madd(v, w0, c);
          p += ld; v = v128.load(p);
          b = madd(v, w3, b); c = madd(v, w1, c);
          p += ld; v = v128.load(p);
          b = madd(v, w4, b); c = madd(v, w2, c); d = madd(v, w0, d);
          p += ld; v = v128.load(p);
          c = madd(v, w3, c); d = madd(v, w1, d);
          p += ld; v = v128.load(p);
          c = madd(v, w4, c); d = madd(v, w2, d);
          p += ld; v = v128.load(p);
          d = madd(v, w3, d);
          p += ld; v = v128.load(p);
          d = madd(v, w4, d);
        }
      }
      w += kw << 4;
      row += 4;
      left--;
    } while (left);
    let to = y;
    v128.store(to, clamp(a, lo, hi));
    to += ld; v128.store(to, clamp(b, lo, hi));
    to += ld; v128.store(to, clamp(c, lo, hi));
    to += ld; v128.store(to, clamp(d, lo, hi));
    at += 16; bias += 16; y += 16;
    vectors--;
  } while (vectors);
}

/** One output over the taps that are inside. */
function one(
  ox: i32, rows: usize, w: usize, bias: usize, y: usize, vectors: i32, width: i32,
  kh: i32, kw: i32, stride: i32, left: i32, dilation: i32, lo: v128, hi: v128,
): void {
  const ld = <usize>vectors << 4, step = ld * dilation;
  const x = ox * stride - left;
  const from = x >= 0 ? 0 : (dilation - 1 - x) / dilation;
  const to = min(kw, (width - x + dilation - 1) / dilation);
  y += <usize>ox * ld;
  let at = <usize>((x + from * dilation) * <i32>ld);
  const taps = <usize>(kh * kw) << 4;
  for (let i = 0; i < vectors; i += 2) {
    let a = v128.load(bias), b = v128.load(bias, 16);
    for (let ky = 0; ky < kh; ky++) {
      let p = load<usize>(rows + (<usize>ky << 2)) + at, q = w + (<usize>(ky * kw + from) << 4);
      for (let kx = from; kx < to; kx++) {
        a = madd(v128.load(p), v128.load(q), a);
        b = madd(v128.load(p, 16), v128.load(q + taps), b);
        p += step; q += 16;
      }
    }
    v128.store(y, clamp(a, lo, hi));
    v128.store(y, clamp(b, lo, hi), 16);
    at += 32; bias += 32; y += 32;
    w += taps << 1;
  }
}

@inline
function clamp(v: v128, lo: v128, hi: v128): v128 {
  return f32x4.pmin(f32x4.pmax(v, lo), hi);
}
