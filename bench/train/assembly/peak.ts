// As fast as multiply-adds can go: a tile of a matrix product whose operands stay in the first cache. 6 rows use all
// registers of x64; without fused multiply-adds products need some of them, and 4 rows may be faster.
import { madd } from '../../../src/kernels/assembly/madd';

const K: i32 = 256;
const A: usize = 1 << 16;
const B: usize = 1 << 17;
const C: usize = 1 << 18;

/** `times` products [6,256]·[256,8]: 24,576 floating-point operations each. */
export function six(times: i32): void {
  for (let i = 0; i < times; i++) tile(true);
}

/** `times` products [4,256]·[256,8]: 16,384 floating-point operations each. */
export function four(times: i32): void {
  for (let i = 0; i < times; i++) tile(false);
}

@inline
function tile(tall: bool): void {
  let a0 = f32x4.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0;
  let d0 = a0, d1 = a0, e0 = a0, e1 = a0, f0 = a0, f1 = a0;
  let a = A, b = B;
  for (let i = 0; i < K; i++) {
    const w0 = v128.load(b), w1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    a0 = madd(s, w0, a0); a1 = madd(s, w1, a1);
    s = v128.load32_splat(a, 4);
    b0 = madd(s, w0, b0); b1 = madd(s, w1, b1);
    s = v128.load32_splat(a, 8);
    c0 = madd(s, w0, c0); c1 = madd(s, w1, c1);
    s = v128.load32_splat(a, 12);
    d0 = madd(s, w0, d0); d1 = madd(s, w1, d1);
    if (tall) {
      s = v128.load32_splat(a, 16);
      e0 = madd(s, w0, e0); e1 = madd(s, w1, e1);
      s = v128.load32_splat(a, 20);
      f0 = madd(s, w0, f0); f1 = madd(s, w1, f1);
    }
    a += 24;
    b += 32;
  }
  v128.store(C, a0); v128.store(C, a1, 16); v128.store(C, b0, 32); v128.store(C, b1, 48);
  v128.store(C, c0, 64); v128.store(C, c1, 80); v128.store(C, d0, 96); v128.store(C, d1, 112);
  if (tall) {
    v128.store(C, e0, 128); v128.store(C, e1, 144); v128.store(C, f0, 160); v128.store(C, f1, 176);
  }
}
