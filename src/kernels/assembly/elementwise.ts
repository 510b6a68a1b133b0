// What is done to each number on its own, in one pass where tfjs takes several.
import { madd } from './madd';

/** out = dy where 0 < x <= top, else 0: the gradient of a rectifier. @param top infinite for relu, 6 for relu6 */
export function rectifierGradient(dy: usize, x: usize, out: usize, count: i32, top: f32): void {
  const zero = f32x4.splat(0), most = f32x4.splat(top);
  const end = out + (<usize>count << 2);
  const vectors = out + (<usize>(count & ~3) << 2);
  for (; out < vectors; out += 16, x += 16, dy += 16) {
    const value = v128.load(x);
    const passes = v128.and(f32x4.gt(value, zero), f32x4.le(value, most));
    v128.store(out, v128.and(v128.load(dy), passes));
  }
  for (; out < end; out += 4, x += 4, dy += 4) {
    const value = load<f32>(x);
    store<f32>(out, value > 0 && value <= top ? load<f32>(dy) : 0);
  }
}

/**
 * One update by Adam with decoupled weight decay. With g = gradient · scale, m and v the moments:
 * m' = beta1 m + (1 - beta1) g; v' = beta2 v + (1 - beta2) g²; w' = kept w - rate m' / (correction1 (sqrt(v' / correction2) + epsilon))
 * @param scale address of one float; 0: 1
 */
export function adam(
  w: usize, gradient: usize, m: usize, v: usize, scale: usize,
  newW: usize, newM: usize, newV: usize, count: i32,
  rate: f32, kept: f32, beta1: f32, beta2: f32, correction1: f32, correction2: f32, epsilon: f32,
): void {
  const factor: f32 = scale == 0 ? 1 : load<f32>(scale);
  const step: f32 = rate / correction1, root: f32 = 1 / correction2;
  const end = <usize>count << 2, vectors = <usize>(count & ~3) << 2;
  let at: usize = 0;
  for (; at < vectors; at += 16) {
    const g = f32x4.mul(v128.load(gradient + at), f32x4.splat(factor));
    const m1 = madd(v128.load(m + at), f32x4.splat(beta1), f32x4.mul(g, f32x4.splat(1 - beta1)));
    const v1 = madd(v128.load(v + at), f32x4.splat(beta2), f32x4.mul(f32x4.mul(g, g), f32x4.splat(1 - beta2)));
    const below = f32x4.add(f32x4.sqrt(f32x4.mul(v1, f32x4.splat(root))), f32x4.splat(epsilon));
    const change = f32x4.div(f32x4.mul(m1, f32x4.splat(step)), below);
    v128.store(newM + at, m1);
    v128.store(newV + at, v1);
    v128.store(newW + at, f32x4.sub(f32x4.mul(v128.load(w + at), f32x4.splat(kept)), change));
  }
  for (; at < end; at += 4) {
    const g = load<f32>(gradient + at) * factor;
    const m1 = load<f32>(m + at) * beta1 + g * (1 - beta1);
    const v1 = load<f32>(v + at) * beta2 + g * g * (1 - beta2);
    store<f32>(newM + at, m1);
    store<f32>(newV + at, v1);
    store<f32>(newW + at, load<f32>(w + at) * kept - (m1 * step) / (<f32>Math.sqrt(<f64>(v1 * root)) + epsilon));
  }
}
