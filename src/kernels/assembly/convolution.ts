// The convolution and its gradients, NHWC, dilation 1, any stride and padding, as packed matrix products.
import { gemm, gemmScratch } from './gemm';

/** Rows of a product that `convolve` makes at once, about: enough to pay for packing the filter again. */
const ROWS: i32 = 512;

/** Floats of scratch for `convolve`. */
export function convolveScratch(c: i32, k: i32, oh: i32, ow: i32, kh: i32, kw: i32, n: i32): i32 {
  const rows = imagesAtOnce(n, oh * ow) * oh * ow;
  const taps = kh * kw * c;
  return max(gemmScratch(rows, k, taps) + rows * taps, gemmScratch(n * oh * ow, k, c));
}

/**
 * Y [n oh ow, k] = X [n oh ow, kh kw c] · filter [kh kw c, k], X the inputs that all taps meet, zeros outside.
 * @param scratch `convolveScratch` floats
 */
export function convolve(
  x: usize, filter: usize, out: usize,
  n: i32, h: i32, w: i32, c: i32, k: i32,
  oh: i32, ow: i32, kh: i32, kw: i32,
  sh: i32, sw: i32, top: i32, left: i32, scratch: usize,
): void {
  if (isPlain(kh, kw, sh, sw, top, left)) {
    gemm(x, filter, out, n * oh * ow, k, c, false, false, c, k, k, false, scratch);
    return;
  }
  const taps = kh * kw * c;
  const images = imagesAtOnce(n, oh * ow);
  const rest = scratch + (<usize>(images * oh * ow * taps) << 2);
  for (let b = 0; b < n; b += images) {
    const count = min(images, n - b);
    const from = x + (<usize>(b * h * w * c) << 2);
    for (let ky = 0; ky < kh; ky++)
      for (let kx = 0; kx < kw; kx++)
        gather(
          from, scratch + (<usize>((ky * kw + kx) * c) << 2), taps,
          count, h, w, c, oh, ow, sh, sw, ky - top, kx - left,
        );
    const to = out + (<usize>(b * oh * ow * k) << 2);
    gemm(scratch, filter, to, count * oh * ow, k, taps, false, false, taps, k, k, false, rest);
  }
}

/** Floats of scratch for `filterGradient` and `inputGradient` of a convolution. */
export function convolutionScratch(c: i32, k: i32, oh: i32, ow: i32, kh: i32, kw: i32, n: i32): i32 {
  const rows = n * oh * ow;
  return max(gemmScratch(c, k, rows), gemmScratch(rows, c, k)) + rows * c;
}

/**
 * dFilter[ky,kx] [c,k] = X(ky,kx)ᵀ · dY, with X(ky,kx) [n oh ow, c] the inputs that this tap meets, zeros outside.
 * @param scratch `convolutionScratch` floats
 */
export function filterGradient(
  x: usize, dy: usize, out: usize,
  n: i32, h: i32, w: i32, c: i32, k: i32,
  oh: i32, ow: i32, kh: i32, kw: i32,
  sh: i32, sw: i32, top: i32, left: i32, scratch: usize,
): void {
  const rows = n * oh * ow;
  const plain = isPlain(kh, kw, sh, sw, top, left);
  const gathered = scratch;
  const rest = scratch + (<usize>(rows * c) << 2);
  for (let ky = 0; ky < kh; ky++)
    for (let kx = 0; kx < kw; kx++) {
      if (!plain) gather(x, gathered, c, n, h, w, c, oh, ow, sh, sw, ky - top, kx - left);
      gemm(
        plain ? x : gathered, dy, out + (<usize>((ky * kw + kx) * c * k) << 2),
        c, k, rows, true, false, c, k, k, false, rest,
      );
    }
}

/**
 * dx = sum over ky, kx of dY · filter[ky,kx]ᵀ, each row added where its tap met the input.
 * @param scratch `convolutionScratch` floats
 */
export function inputGradient(
  dy: usize, filter: usize, out: usize,
  n: i32, h: i32, w: i32, c: i32, k: i32,
  oh: i32, ow: i32, kh: i32, kw: i32,
  sh: i32, sw: i32, top: i32, left: i32, scratch: usize,
): void {
  const rows = n * oh * ow;
  if (isPlain(kh, kw, sh, sw, top, left)) {
    gemm(dy, filter, out, rows, c, k, false, true, k, k, c, false, scratch);
    return;
  }
  const product = scratch;
  const rest = scratch + (<usize>(rows * c) << 2);
  memory.fill(out, 0, <usize>(n * h * w * c) << 2);
  for (let ky = 0; ky < kh; ky++)
    for (let kx = 0; kx < kw; kx++) {
      gemm(
        dy, filter + (<usize>((ky * kw + kx) * c * k) << 2), product,
        rows, c, k, false, true, k, k, c, false, rest,
      );
      scatter(product, out, n, h, w, c, oh, ow, sh, sw, ky - top, kx - left);
    }
}

/** The rows of X are those of the input as it lies there. */
@inline
function isPlain(kh: i32, kw: i32, sh: i32, sw: i32, top: i32, left: i32): bool {
  return kh == 1 && kw == 1 && sh == 1 && sw == 1 && top == 0 && left == 0;
}

@inline
function imagesAtOnce(n: i32, cells: i32): i32 {
  return min(n, (ROWS + cells - 1) / cells);
}

/** to[n,oy,ox] = x[n, oy s + dy, ox s + dx], zeros outside; rows of `to` are `ld` floats apart. */
function gather(
  x: usize, to: usize, ld: i32, n: i32, h: i32, w: i32, c: i32,
  oh: i32, ow: i32, sh: i32, sw: i32, dy: i32, dx: i32,
): void {
  const bytes = <usize>c << 2;
  for (let b = 0; b < n; b++)
    for (let oy = 0; oy < oh; oy++) {
      const iy = oy * sh + dy;
      for (let ox = 0; ox < ow; ox++, to += <usize>ld << 2) {
        const ix = ox * sw + dx;
        if (iy >= 0 && iy < h && ix >= 0 && ix < w) memory.copy(to, x + (<usize>(((b * h + iy) * w + ix) * c) << 2), bytes);
        else memory.fill(to, 0, bytes);
      }
    }
}

/** out[n, oy s + dy, ox s + dx] += from[n,oy,ox], where that is inside. */
function scatter(
  from: usize, out: usize, n: i32, h: i32, w: i32, c: i32,
  oh: i32, ow: i32, sh: i32, sw: i32, dy: i32, dx: i32,
): void {
  for (let b = 0; b < n; b++)
    for (let oy = 0; oy < oh; oy++) {
      const iy = oy * sh + dy;
      for (let ox = 0; ox < ow; ox++, from += <usize>c << 2) {
        const ix = ox * sw + dx;
        if (iy < 0 || iy >= h || ix < 0 || ix >= w) continue;
        const to = out + (<usize>(((b * h + iy) * w + ix) * c) << 2);
        let ch = 0;
        for (; ch + 4 <= c; ch += 4) {
          const at = <usize>ch << 2;
          v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
        }
        for (; ch < c; ch++) {
          const at = <usize>ch << 2;
          store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
        }
      }
    }
}
