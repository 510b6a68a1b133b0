// Packed matrix products C[m,n] (+)= op(A) · op(B), blocked for the caches: a panel of B stays in the first one while the
// packed block of A passes, from the second. Any m, n and k: what is past the edge is packed as zeros and not stored.
import { MR, NR, tile } from './tile';

/** Block of k: a panel of B is 8 KiB and a tile of A 6. */
const KC: i32 = 256;
/** Rows of a block of A, 96 KiB packed: a multiple of 4 and of 6. */
const MC: i32 = 96;
/** Columns of a block of B, 512 KiB packed. */
const NC: i32 = 512;

/** Floats of scratch that `gemm` needs. */
export function gemmScratch(m: i32, n: i32, k: i32): i32 {
  const kc = min(k, KC);
  return kc * (whole(min(m, MC), MR) + whole(min(n, NC), NR)) + MR * NR;
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
  const kcMost = min(k, KC);
  const packedA = scratch;
  const packedB = packedA + <usize>(kcMost * whole(min(m, MC), MR) << 2);
  const edge = packedB + <usize>(kcMost * whole(min(n, NC), NR) << 2);
  for (let n0 = 0; n0 < n; n0 += NC) {
    const nc = min(NC, n - n0);
    for (let k0 = 0; k0 < k; k0 += KC) {
      const kc = min(KC, k - k0);
      const more = add || k0 > 0;
      for (let j = 0; j < nc; j += NR) {
        const width = min(NR, nc - j);
        const to = packedB + <usize>(j * kc << 2);
        if (transB) packRows(b + <usize>(((n0 + j) * ldb + k0) << 2), to, width, kc, ldb, NR);
        else packColumns(b + <usize>((k0 * ldb + n0 + j) << 2), to, width, kc, ldb, NR);
      }
      for (let m0 = 0; m0 < m; m0 += MC) {
        const mc = min(MC, m - m0);
        for (let i = 0; i < mc; i += MR) {
          const height = min(MR, mc - i);
          const to = packedA + <usize>(i * kc << 2);
          if (transA) packColumns(a + <usize>((k0 * lda + m0 + i) << 2), to, height, kc, lda, MR);
          else packRows(a + <usize>(((m0 + i) * lda + k0) << 2), to, height, kc, lda, MR);
        }
        for (let j = 0; j < nc; j += NR)
          for (let i = 0; i < mc; i += MR) {
            const rows = min(MR, mc - i), columns = min(NR, nc - j);
            const from = packedA + <usize>(i * kc << 2), by = packedB + <usize>(j * kc << 2);
            const out = c + <usize>(((m0 + i) * ldc + n0 + j) << 2);
            if (rows == MR && columns == NR) {
              tile(kc, from, by, out, <usize>ldc << 2, more);
            } else {
              tile(kc, from, by, edge, NR << 2, false);
              copyEdge(edge, out, rows, columns, ldc, more);
            }
          }
      }
    }
  }
}

/** The least multiple of `step` that is not below `n`. */
@inline
function whole(n: i32, step: i32): i32 {
  return ((n + step - 1) / step) * step;
}

/** The part of a tile that is inside C. */
function copyEdge(edge: usize, out: usize, rows: i32, columns: i32, ldc: i32, add: bool): void {
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const at = out + <usize>((y * ldc + x) << 2);
      const value = load<f32>(edge + <usize>((y * NR + x) << 2));
      store<f32>(at, add ? load<f32>(at) + value : value);
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
  const four = k & ~3;
  let j = 0;
  for (; j + 4 <= count; j += 4) packFour(from + (<usize>(j * ld) << 2), to + <usize>(j << 2), four, ld, width);
  for (let y = 0; y < width; y++) {
    const known = y < count;
    // What four rows at once left over: further rows, and the last places of those.
    for (let i = y < j ? four : 0; i < k; i++)
      store<f32>(
        to + (<usize>(i * width + y) << 2),
        known ? load<f32>(from + (<usize>(y * ld + i) << 2)) : 0,
      );
  }
}

/** Four rows [4,k] -> columns [k,4], in squares of four. */
function packFour(from: usize, to: usize, k: i32, ld: i32, width: i32): void {
  const row = <usize>ld << 2, step = <usize>width << 2;
  for (let i = 0; i < k; i += 4) {
    const a = v128.load(from), b = v128.load(from + row);
    const c = v128.load(from + 2 * row), d = v128.load(from + 3 * row);
    const ab = v128.shuffle<f32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<f32>(c, d, 0, 4, 1, 5);
    const AB = v128.shuffle<f32>(a, b, 2, 6, 3, 7), CD = v128.shuffle<f32>(c, d, 2, 6, 3, 7);
    v128.store(to, v128.shuffle<f32>(ab, cd, 0, 1, 4, 5));
    v128.store(to + step, v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
    v128.store(to + 2 * step, v128.shuffle<f32>(AB, CD, 0, 1, 4, 5));
    v128.store(to + 3 * step, v128.shuffle<f32>(AB, CD, 2, 3, 6, 7));
    from += 16;
    to += 4 * step;
  }
}
