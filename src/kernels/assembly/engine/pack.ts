// Weights as they are stored -> as the kernels read them, in one go: made floats where they are bytes, multiplied by what
// was folded into them, put into order. In doubles, rounded where src/trunk/weights.ts and fuse.ts round.

/**
 * A kernel [segments, taps, c, k] as panels of 8 output channels: y[j, s, t ld + i, ..] = x[s, t, i, 8 j ..].
 * @param bytes 1 where x holds bytes, 0 where it holds floats
 * @param scale doubles: step and offset of the bytes, then what each of the k channels is multiplied by
 * @param length, ld rows of 8 floats of a segment and of a tap of y; those that nothing goes into stay as they are
 */
export function packPanels(
  bytes: i32, x: usize, scale: usize, y: usize, segments: i32, taps: i32, c: i32, k: i32, length: i32, ld: i32,
): void {
  if (bytes) panels(true, x, scale, y, segments, taps, c, k, length, ld);
  else panels(false, x, scale, y, segments, taps, c, k, length, ld);
}

/** A depthwise kernel [taps, channels] as [channels / 4, taps, 4]; the parameters are those of `packPanels`. */
export function packDepthwise(bytes: i32, x: usize, scale: usize, y: usize, taps: i32, channels: i32): void {
  if (bytes) fours(true, x, scale, y, taps, channels);
  else fours(false, x, scale, y, taps, channels);
}

@inline
function panels(
  bytes: bool, x: usize, scale: usize, y: usize, segments: i32, taps: i32, c: i32, k: i32, length: i32, ld: i32,
): void {
  const size: usize = bytes ? 1 : 4;
  const row = <usize>k * size;
  let scales = scale + 16;
  for (let first = 0; first < k; first += 8, x += 8 * size, scales += 64) {
    const count = min(8, k - first);
    let p = x;
    for (let s = 0; s < segments; s++, y += <usize>length << 5) {
      let q = y;
      for (let t = 0; t < taps; t++, q += <usize>(ld - c) << 5)
        for (let i = 0; i < c; i++, p += row, q += 32)
          if (count == 8) {
            v128.store(q, quad(bytes, p, scale, scales));
            v128.store(q, quad(bytes, p + 4 * size, scale, scales + 32), 16);
          } else few(bytes, p, scale, scales, q, count);
    }
  }
}

@inline
function fours(bytes: bool, x: usize, scale: usize, y: usize, taps: i32, channels: i32): void {
  const size: usize = bytes ? 1 : 4;
  let scales = scale + 16;
  for (let first = 0; first < channels; first += 4, x += 4 * size, scales += 32) {
    const count = min(4, channels - first);
    let p = x;
    for (let t = 0; t < taps; t++, p += <usize>channels * size, y += 16)
      if (count == 4) v128.store(y, quad(bytes, p, scale, scales));
      else few(bytes, p, scale, scales, y, count);
  }
}

/** Four stored numbers. */
@inline
function quad(bytes: bool, x: usize, scale: usize, scales: usize): v128 {
  let floats: v128;
  if (bytes) {
    const step = v128.load64_splat(scale), offset = v128.load64_splat(scale, 8);
    const whole = i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(x)));
    floats = rounded(
      f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_u(whole), step), offset),
      f64x2.add(f64x2.mul(f64x2.convert_low_i32x4_u(behind(whole)), step), offset),
    );
  } else floats = v128.load(x);
  return rounded(
    f64x2.mul(f64x2.promote_low_f32x4(floats), v128.load(scales)),
    f64x2.mul(f64x2.promote_low_f32x4(behind(floats)), v128.load(scales, 16)),
  );
}

/** Four doubles as floats. */
@inline
function rounded(low: v128, high: v128): v128 {
  return v128.shuffle<f32>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 1, 4, 5);
}

/** The last two of four. */
@inline
function behind(v: v128): v128 {
  return v128.shuffle<i64>(v, v, 1, 1);
}

/** Fewer than a panel or a group has, one by one: what is behind them in y stays zero. */
function few(bytes: bool, x: usize, scale: usize, scales: usize, y: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    const value: f32 = bytes
      ? <f32>(<f64>load<u8>(x + i) * load<f64>(scale) + load<f64>(scale, 8))
      : load<f32>(x + (<usize>i << 2));
    store<f32>(y + (<usize>i << 2), <f32>(<f64>value * load<f64>(scales + (<usize>i << 3))));
  }
}
