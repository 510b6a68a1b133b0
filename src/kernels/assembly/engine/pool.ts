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
