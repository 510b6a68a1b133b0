// Packed matrix products C[m,n] (+)= op(A) · op(B) in blocks of k that the caches hold. Any m, n and k: what is past
// the edge is packed as zeros and not stored.
import { MR, NR, tile } from './tile';

/** Block of k: a packed tile of A is 12 KiB and a panel of B 16 KiB. */
const KC: i32 = 512;

/** Floats of scratch that `gemm` needs. */
export function gemmScratch(m: i32, n: i32, k: i32): i32 {
  const kc = min(k, KC);
  return kc * MR + kc * (((n + NR - 1) / NR) * NR) + MR * NR;
}

/**
 * @param transA A is stored [k,m] instead of [m,k]
 * @param transB B is stored [n,k] instead of [k,n]
 * @param lda, ldb, ldc floats from one stored row to the next
 * @param add adds to C
 * @param scratch `gemmScratch(m, n, k)` floats
 */
export function gemm(
  a: usize, b: usize, c: usize,
  m: i32, n: i32, k: i32,
  transA: bool, transB: bool,
  lda: i32, ldb: i32, ldc: i32,
  add: bool, scratch: usize,
): void {
  const panels = (n + NR - 1) / NR;
  const kcMost = min(k, KC);
  const packedA = scratch;
  const packedB = packedA + <usize>(kcMost * MR << 2);
  const edge = packedB + <usize>(kcMost * panels * NR << 2);
  for (let k0 = 0; k0 < k; k0 += KC) {
    const kc = min(KC, k - k0);
    const more = add || k0 > 0;
    for (let p = 0; p < panels; p++) {
      const width = min(NR, n - p * NR);
      const to = packedB + <usize>(p * kc * NR << 2);
      if (transB) packRows(b + <usize>((p * NR * ldb + k0) << 2), to, width, kc, ldb, NR);
      else packColumns(b + <usize>((k0 * ldb + p * NR) << 2), to, width, kc, ldb, NR);
    }
    for (let i = 0; i < m; i += MR) {
      const height = min(MR, m - i);
      if (transA) packColumns(a + <usize>((k0 * lda + i) << 2), packedA, height, kc, lda, MR);
      else packRows(a + <usize>((i * lda + k0) << 2), packedA, height, kc, lda, MR);
      for (let p = 0; p < panels; p++) {
        const width = min(NR, n - p * NR);
        const from = packedB + <usize>(p * kc * NR << 2);
        const out = c + <usize>((i * ldc + p * NR) << 2);
        if (height == MR && width == NR) {
          tile(kc, packedA, from, out, <usize>ldc << 2, more);
        } else {
          tile(kc, packedA, from, edge, NR << 2, false);
          for (let y = 0; y < height; y++)
            for (let x = 0; x < width; x++) {
              const at = out + <usize>((y * ldc + x) << 2);
              const value = load<f32>(edge + <usize>((y * NR + x) << 2));
              store<f32>(at, more ? load<f32>(at) + value : value);
            }
        }
      }
    }
  }
}

/** [k, count] stored with k as the slow axis -> [k, width], zeros after `count`. */
function packColumns(from: usize, to: usize, count: i32, k: i32, ld: i32, width: i32): void {
  if (count == NR && width == NR) {
    for (let i = 0; i < k; i++) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from, 16), 16);
      from += <usize>ld << 2;
      to += NR << 2;
    }
    return;
  }
  if (count == MR && width == MR) {
    for (let i = 0; i < k; i++) {
      v128.store(to, v128.load(from));
      if (MR == 6) store<u64>(to, load<u64>(from, 16), 16);
      from += <usize>ld << 2;
      to += MR << 2;
    }
    return;
  }
  for (let i = 0; i < k; i++) {
    for (let j = 0; j < width; j++)
      store<f32>(to + <usize>(j << 2), j < count ? load<f32>(from + <usize>(j << 2)) : 0);
    from += <usize>ld << 2;
    to += <usize>width << 2;
  }
}

/** [count, k] stored with k as the fast axis -> [k, width], zeros after `count`. */
function packRows(from: usize, to: usize, count: i32, k: i32, ld: i32, width: i32): void {
  for (let j = 0; j < width; j++) {
    let source = from + (<usize>(j * ld) << 2);
    let target = to + <usize>(j << 2);
    const known = j < count;
    for (let i = 0; i < k; i++) {
      store<f32>(target, known ? load<f32>(source) : 0);
      source += 4;
      target += <usize>width << 2;
    }
  }
}
