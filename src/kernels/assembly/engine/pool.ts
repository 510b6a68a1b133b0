// The largest, or the mean, of a window of pixels, channel by channel. Pixels outside do not count.

/**
 * @param mean 0 for the largest
 * @param vectors groups of 4 channels
 */
export function pool(
  mean: i32, x: usize, y: usize, h: i32, w: i32, oh: i32, ow: i32, vectors: i32,
  kh: i32, kw: i32, sh: i32, sw: i32, top: i32, left: i32,
): void {
  const ld = <usize>vectors << 4;
  for (let oy = 0; oy < oh; oy++) {
    const y0 = max(0, oy * sh - top), y1 = min(h, oy * sh - top + kh);
    for (let ox = 0; ox < ow; ox++) {
      const x0 = max(0, ox * sw - left), x1 = min(w, ox * sw - left + kw);
      memory.copy(y, x + <usize>(y0 * w + x0) * ld, ld);
      for (let i = y0; i < y1; i++)
        for (let j = i == y0 ? x0 + 1 : x0; j < x1; j++) {
          const p = x + <usize>(i * w + j) * ld;
          for (let c: usize = 0; c < ld; c += 16) {
            const a = v128.load(y + c), b = v128.load(p + c);
            v128.store(y + c, mean ? f32x4.add(a, b) : f32x4.max(a, b));
          }
        }
      if (mean) {
        const share = f32x4.splat(1 / <f32>((y1 - y0) * (x1 - x0)));
        for (let c: usize = 0; c < ld; c += 16) v128.store(y + c, f32x4.mul(v128.load(y + c), share));
      }
      y += ld;
    }
  }
}

/**
 * The means of h rows of w pixels, in doubles, in the order in which src/trunk/pool.ts adds.
 * @param vectors groups of 4 channels
 * @param row bytes from one row to the next
 */
export function means(x: usize, y: usize, h: i32, w: i32, vectors: i32, row: usize): void {
  const ld = <usize>vectors << 4;
  const area = f64x2.splat(<f64>(h * w));
  for (; vectors > 0; vectors--, x += 16, y += 16) {
    let low = f64x2.splat(0), high = low;
    for (let i = 0, from = x; i < h; i++, from += row)
      for (let j = 0, p = from; j < w; j++, p += ld) {
        const v = v128.load(p);
        low = f64x2.add(low, f64x2.promote_low_f32x4(v));
        high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<i64>(v, v, 1, 1)));
      }
    low = f32x4.demote_f64x2_zero(f64x2.div(low, area));
    high = f32x4.demote_f64x2_zero(f64x2.div(high, area));
    v128.store(y, v128.shuffle<f32>(low, high, 0, 1, 4, 5));
  }
}
