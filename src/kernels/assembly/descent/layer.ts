// A dense layer forwards, and the derivatives of what is below it.
import { MR, NR, tile } from './tile';

/** y = x K + bias, or relu of it. x [rows,inputs], y [rows,outputs]; rows a multiple of 4. */
export function forward(
  x: usize, kernel: usize, bias: usize, y: usize, rows: i32, inputs: i32, outputs: i32, relu: bool,
): void {
  const xRow = <usize>inputs << 2, yRow = <usize>outputs << 2, panel = <usize>(inputs * NR) << 2;
  const least = f32x4.splat(relu ? 0 : -Infinity);
  for (let c = 0; c < outputs; c += NR, kernel += panel, bias += NR << 2, y += NR << 2) {
    const low = v128.load(bias), high = v128.load(bias, 16);
    for (let r = 0; r < rows; r += MR) {
      let out = y + <usize>r * yRow;
      tile(inputs, x + <usize>r * xRow, xRow, 4, kernel, NR << 2, out, yRow);
      for (let i = 0; i < MR; i++, out += yRow) {
        v128.store(out, f32x4.max(f32x4.add(v128.load(out), low), least));
        v128.store(out, f32x4.max(f32x4.add(v128.load(out, 16), high), least), 16);
      }
    }
  }
}

/** out = delta Kᵀ where x > 0, else 0. delta [rows,outputs]; x and out [rows,inputs], x what relu gave. */
export function backward(
  delta: usize, kernel: usize, x: usize, out: usize, rows: i32, inputs: i32, outputs: i32,
): void {
  const panel = <usize>(inputs * NR) << 2;
  for (let r = 0; r < rows; r++, delta += <usize>outputs << 2)
    for (let i = 0; i < inputs; i++, x += 4, out += 4) {
      let sum: f32 = 0;
      if (load<f32>(x) > 0) {
        let sums = f32x4.splat(0), at = kernel + (<usize>(i * NR) << 2), d = delta;
        for (let c = 0; c < outputs; c += NR, at += panel, d += NR << 2) {
          sums = f32x4.add(sums, f32x4.mul(v128.load(d), v128.load(at)));
          sums = f32x4.add(sums, f32x4.mul(v128.load(d, 16), v128.load(at, 16)));
        }
        sum = f32x4.extract_lane(sums, 0) + f32x4.extract_lane(sums, 1)
          + (f32x4.extract_lane(sums, 2) + f32x4.extract_lane(sums, 3));
      }
      store<f32>(out, sum);
    }
}
