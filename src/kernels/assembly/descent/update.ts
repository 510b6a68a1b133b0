// Gradient and update of a kernel in one pass: a tile of the gradient is used while it is in the registers' cache line and
// never written out whole.
import { madd } from '../madd';
import { MR, NR, tile } from './tile';

/** Bytes of a tile. */
const TILE: usize = (MR * NR) << 2;
const BETA1: f32 = 0.9, BETA2: f32 = 0.999, EPSILON: f32 = 1e-7;

/**
 * Moves a kernel by its gradient xᵀ delta + decay K. Adam where it has moments: with g the gradient,
 * m' = 0.9 m + 0.1 g, v' = 0.999 v + 0.001 g², K' = K - rate m' / (sqrt(root v') + 1e-7); else K' = K - rate g.
 * @param x [rows,inputs], delta [rows,outputs]
 * @param first, second moments, laid out as the kernel; 0: none
 * @param rate the learning rate, for Adam divided by 1 - 0.9^t; root: 1 / (1 - 0.999^t)
 * @param scratch 32 floats
 * @returns the sum of the squares of K before, if there is decay
 */
export function update(
  x: usize, delta: usize, kernel: usize, first: usize, second: usize,
  rows: i32, inputs: i32, outputs: i32, decay: f32, rate: f32, root: f32, scratch: usize,
): f64 {
  const xRow = <usize>inputs << 2, deltaRow = <usize>outputs << 2;
  let squares: f64 = 0;
  for (let c = 0; c < outputs; c += NR, delta += NR << 2)
    for (let i = 0; i < inputs; i += MR) {
      tile(rows, x + (<usize>i << 2), 4, xRow, delta, deltaRow, scratch, NR << 2);
      if (decay != 0) squares += decayed(scratch, kernel, decay);
      move(kernel, scratch, first, second, TILE, rate, root);
      kernel += TILE;
      if (first != 0) {
        first += TILE;
        second += TILE;
      }
    }
  return squares;
}

/** The same for a bias, whose gradient is the sum over rows of delta. @param scratch `outputs` floats */
export function updateBias(
  delta: usize, bias: usize, first: usize, second: usize,
  rows: i32, outputs: i32, rate: f32, root: f32, scratch: usize,
): void {
  const row = <usize>outputs << 2;
  for (let at: usize = 0; at < row; at += 16) {
    let sum = f32x4.splat(0), from = delta + at;
    for (let r = 0; r < rows; r++, from += row) sum = f32x4.add(sum, v128.load(from));
    v128.store(scratch + at, sum);
  }
  move(bias, scratch, first, second, row, rate, root);
}

/** Adds decay K to a tile of the gradient. */
function decayed(gradient: usize, kernel: usize, decay: f32): f64 {
  const factor = f32x4.splat(decay);
  let squares = f32x4.splat(0);
  for (let at: usize = 0; at < TILE; at += 16) {
    const value = v128.load(kernel + at);
    squares = f32x4.add(squares, f32x4.mul(value, value));
    v128.store(gradient + at, madd(factor, value, v128.load(gradient + at)));
  }
  return <f64>f32x4.extract_lane(squares, 0) + <f64>f32x4.extract_lane(squares, 1)
    + <f64>f32x4.extract_lane(squares, 2) + <f64>f32x4.extract_lane(squares, 3);
}

@inline
function move(w: usize, gradient: usize, first: usize, second: usize, bytes: usize, rate: f32, root: f32): void {
  const by = f32x4.splat(-rate);
  if (first == 0) {
    for (let at: usize = 0; at < bytes; at += 16)
      v128.store(w + at, madd(v128.load(gradient + at), by, v128.load(w + at)));
    return;
  }
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = v128.load(gradient + at);
    const m = madd(v128.load(first + at), f32x4.splat(BETA1), f32x4.mul(g, f32x4.splat(1 - BETA1)));
    const v = madd(v128.load(second + at), f32x4.splat(BETA2), f32x4.mul(f32x4.mul(g, g), f32x4.splat(1 - BETA2)));
    v128.store(first + at, m);
    v128.store(second + at, v);
    const below = f32x4.add(f32x4.sqrt(f32x4.mul(v, f32x4.splat(root))), f32x4.splat(EPSILON));
    v128.store(w + at, f32x4.add(v128.load(w + at), f32x4.div(f32x4.mul(m, by), below)));
  }
}
