// Gradients of the depthwise convolution, NHWC, dilation 1, any stride and padding. Channels go four at a time; what is
// left over, and channel multipliers above 1, one at a time.
import { madd } from './madd';

/**
 * dFilter[ky,kx,c,q] = sum over n, oy, ox of x[n, oy s + ky - top, ox s + kx - left, c] · dy[n, oy, ox, c m + q]
 * @param m channel multiplier
 */
export function depthwiseFilterGradient(
  x: usize, dy: usize, out: usize,
  n: i32, h: i32, w: i32, c: i32, m: i32,
  oh: i32, ow: i32, kh: i32, kw: i32,
  sh: i32, sw: i32, top: i32, left: i32,
): void {
  const oc = c * m;
  const vectors = m == 1 ? c & ~3 : 0;
  for (let ky = 0; ky < kh; ky++)
    for (let kx = 0; kx < kw; kx++) {
      const oy0 = firstOutput(top - ky, sh), oy1 = lastOutput(h + top - ky, sh, oh);
      const ox0 = firstOutput(left - kx, sw), ox1 = lastOutput(w + left - kx, sw, ow);
      const to = out + (<usize>((ky * kw + kx) * oc) << 2);
      const stepX = <usize>(sw * c) << 2, stepDy = <usize>oc << 2;
      let ch = 0;
      for (; ch + 16 <= vectors; ch += 16) {
        let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
        for (let b = 0; b < n; b++)
          for (let oy = oy0; oy < oy1; oy++) {
            const iy = oy * sh + ky - top;
            let px = x + (<usize>(((b * h + iy) * w + ox0 * sw + kx - left) * c + ch) << 2);
            let pd = dy + (<usize>(((b * oh + oy) * ow + ox0) * oc + ch) << 2);
            for (let ox = ox0; ox < ox1; ox++) {
              s0 = madd(v128.load(px), v128.load(pd), s0);
              s1 = madd(v128.load(px, 16), v128.load(pd, 16), s1);
              s2 = madd(v128.load(px, 32), v128.load(pd, 32), s2);
              s3 = madd(v128.load(px, 48), v128.load(pd, 48), s3);
              px += stepX;
              pd += stepDy;
            }
          }
        const at = to + (<usize>ch << 2);
        v128.store(at, s0);
        v128.store(at, s1, 16);
        v128.store(at, s2, 32);
        v128.store(at, s3, 48);
      }
      for (; ch < vectors; ch += 4) {
        let sum = f32x4.splat(0);
        for (let b = 0; b < n; b++)
          for (let oy = oy0; oy < oy1; oy++) {
            const iy = oy * sh + ky - top;
            let px = x + (<usize>(((b * h + iy) * w + ox0 * sw + kx - left) * c + ch) << 2);
            let pd = dy + (<usize>(((b * oh + oy) * ow + ox0) * oc + ch) << 2);
            for (let ox = ox0; ox < ox1; ox++) {
              sum = madd(v128.load(px), v128.load(pd), sum);
              px += stepX;
              pd += stepDy;
            }
          }
        v128.store(to + (<usize>ch << 2), sum);
      }
      for (let o = ch * m; o < oc; o++) {
        const input = o / m;
        let sum: f32 = 0;
        for (let b = 0; b < n; b++)
          for (let oy = oy0; oy < oy1; oy++) {
            const iy = oy * sh + ky - top;
            let px = x + (<usize>(((b * h + iy) * w + ox0 * sw + kx - left) * c + input) << 2);
            let pd = dy + (<usize>(((b * oh + oy) * ow + ox0) * oc + o) << 2);
            for (let ox = ox0; ox < ox1; ox++) {
              sum += load<f32>(px) * load<f32>(pd);
              px += stepX;
              pd += stepDy;
            }
          }
        store<f32>(to + (<usize>o << 2), sum);
      }
    }
}

/**
 * dx[n,iy,ix,c] = sum over ky, kx, q of dy[n, (iy + top - ky) / s, (ix + left - kx) / s, c m + q] · filter[ky,kx,c,q],
 * where the quotients are whole and inside.
 */
export function depthwiseInputGradient(
  dy: usize, filter: usize, out: usize,
  n: i32, h: i32, w: i32, c: i32, m: i32,
  oh: i32, ow: i32, kh: i32, kw: i32,
  sh: i32, sw: i32, top: i32, left: i32,
): void {
  const oc = c * m;
  const vectors = m == 1 ? c & ~3 : 0;
  memory.fill(out, 0, <usize>(n * h * w * c) << 2);
  for (let b = 0; b < n; b++)
    for (let iy = 0; iy < h; iy++)
      for (let ix = 0; ix < w; ix++) {
        const to = out + (<usize>(((b * h + iy) * w + ix) * c) << 2);
        for (let ky = 0; ky < kh; ky++) {
          const y = iy + top - ky;
          const oy = y / sh;
          if (y < 0 || oy * sh != y || oy >= oh) continue;
          for (let kx = 0; kx < kw; kx++) {
            const xx = ix + left - kx;
            const ox = xx / sw;
            if (xx < 0 || ox * sw != xx || ox >= ow) continue;
            const pd = dy + (<usize>(((b * oh + oy) * ow + ox) * oc) << 2);
            const pf = filter + (<usize>((ky * kw + kx) * oc) << 2);
            let ch = 0;
            for (; ch < vectors; ch += 4) {
              const at = <usize>ch << 2;
              v128.store(to + at, madd(v128.load(pd + at), v128.load(pf + at), v128.load(to + at)));
            }
            for (; ch < c; ch++) {
              let sum = load<f32>(to + (<usize>ch << 2));
              for (let q = 0; q < m; q++) {
                const at = <usize>(ch * m + q) << 2;
                sum += load<f32>(pd + at) * load<f32>(pf + at);
              }
              store<f32>(to + (<usize>ch << 2), sum);
            }
          }
        }
      }
}

/** Smallest o with o · s >= least, at least 0. */
@inline
function firstOutput(least: i32, s: i32): i32 {
  return least <= 0 ? 0 : (least + s - 1) / s;
}

/** One more than the largest o with o · s < end, at most `count`. */
@inline
function lastOutput(end: i32, s: i32, count: i32): i32 {
  return end <= 0 ? 0 : min(count, (end + s - 1) / s);
}
