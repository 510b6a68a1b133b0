// The cubic steps of ridge regression in doubles, in a memory of its own: what src/head/matrix.ts and cholesky.ts do, in the
// same order and with every product rounded, so that the results are the same to the bit. Two columns share a vector; the
// sums of an element are never split. Addresses and strides in bytes, all sizes multiples of 4.

/** Columns of a tile, and its rows. */
const T: i32 = 4;
const DOUBLE: i32 = 8;
/** Bytes of a tile. */
const TILE: usize = T * T * DOUBLE;
/** Rows that are worked on together while they stay in the cache. */
const PANEL: i32 = 48;

/** The first byte that is free. */
export function base(): usize {
  return (__heap_base + 15) & ~15;
}

/** Bytes of scratch for rows of so many columns. */
export function scratchBytes(columns: i32): usize {
  return TILE + <usize>(columns * T * DOUBLE);
}

/** out += x yᵀ over `inner` columns; lower: only tiles with j <= i, for x = y. */
export function addProduct(
  out: usize, outStride: usize, x: usize, xRows: i32, xStride: usize,
  y: usize, yRows: i32, yStride: usize, inner: i32, lower: bool, scratch: usize,
): void {
  const packed = scratch + TILE;
  for (let j = 0; j < yRows; j += T) {
    pack(y + <usize>j * yStride, yStride, inner, packed);
    for (let i = lower ? j : 0; i < xRows; i += T) {
      tile(x + <usize>i * xStride, xStride, packed, inner, scratch);
      let to = out + <usize>i * outStride + <usize>(j * DOUBLE);
      for (let r: usize = 0; r < TILE; r += T * DOUBLE, to += outStride) {
        v128.store(to, f64x2.add(v128.load(to), v128.load(scratch + r)));
        v128.store(to, f64x2.add(v128.load(to, 16), v128.load(scratch + r, 16)), 16);
      }
    }
  }
}

/** Cholesky in place. @returns false when a pivot is not above 0 */
export function factorize(a: usize, stride: usize, size: i32, scratch: usize): bool {
  for (let panel = 0; panel < size; panel += PANEL) {
    const end = min(panel + PANEL, size);
    solveColumns(a, panel, end, stride, a, stride, 0, panel, 0, scratch);
    for (let i = panel; i < end; i += T) {
      solveColumns(a, i, i + T, stride, a, stride, panel, i, 0, scratch);
      if (!factorTile(a, stride, i)) return false;
    }
  }
  return true;
}

/**
 * Forward substitution of every row of v.
 * @param starts of each four rows, the column before which they are zero; 0: none
 */
export function solveRows(
  v: usize, rows: i32, vStride: usize, l: usize, lStride: usize, size: i32, starts: usize, scratch: usize,
): void {
  for (let row = 0; row < rows; row += PANEL)
    solveColumns(v, row, min(row + PANEL, rows), vStride, l, lStride, 0, size, starts, scratch);
}

function solveColumns(
  v: usize, from: i32, to: i32, vStride: usize,
  l: usize, lStride: usize, first: i32, last: i32, starts: usize, scratch: usize,
): void {
  const packed = scratch + TILE;
  for (let j = first; j < last; j += T) {
    const triangle = l + <usize>j * lStride + <usize>(j * DOUBLE);
    pack(l + <usize>j * lStride, lStride, j, packed);
    for (let i = from; i < to; i += T) {
      const start = starts == 0 ? 0 : load<i32>(starts + <usize>i);
      if (start > j) continue;
      const row = v + <usize>i * vStride;
      tile(row + <usize>(start * DOUBLE), vStride, packed + <usize>(start * T * DOUBLE), j - start, scratch);
      solveTile(row + <usize>(j * DOUBLE), vStride, triangle, lStride, scratch);
    }
  }
}

/** Four rows [4,columns] -> [columns,4]. */
function pack(y: usize, stride: usize, columns: i32, to: usize): void {
  const y1 = y + stride, y2 = y1 + stride, y3 = y2 + stride;
  for (let at: usize = 0; at < <usize>(columns * DOUBLE); at += 16, to += 64) {
    const a = v128.load(y + at), b = v128.load(y1 + at), c = v128.load(y2 + at), d = v128.load(y3 + at);
    v128.store(to, v128.shuffle<f64>(a, b, 0, 2));
    v128.store(to, v128.shuffle<f64>(c, d, 0, 2), 16);
    v128.store(to, v128.shuffle<f64>(a, b, 1, 3), 32);
    v128.store(to, v128.shuffle<f64>(c, d, 1, 3), 48);
  }
}

/** out[4,4] = the dot products of four rows of x and four packed ones. */
function tile(x: usize, stride: usize, packed: usize, inner: i32, out: usize): void {
  let a0 = f64x2.splat(0), a1 = a0, b0 = a0, b1 = a0, c0 = a0, c1 = a0, d0 = a0, d1 = a0;
  let x1 = x + stride, x2 = x1 + stride, x3 = x2 + stride;
  for (let k = 0; k < inner; k++) {
    const low = v128.load(packed), high = v128.load(packed, 16);
    let one = v128.load64_splat(x);
    a0 = f64x2.add(a0, f64x2.mul(one, low)); a1 = f64x2.add(a1, f64x2.mul(one, high));
    one = v128.load64_splat(x1);
    b0 = f64x2.add(b0, f64x2.mul(one, low)); b1 = f64x2.add(b1, f64x2.mul(one, high));
    one = v128.load64_splat(x2);
    c0 = f64x2.add(c0, f64x2.mul(one, low)); c1 = f64x2.add(c1, f64x2.mul(one, high));
    one = v128.load64_splat(x3);
    d0 = f64x2.add(d0, f64x2.mul(one, low)); d1 = f64x2.add(d1, f64x2.mul(one, high));
    x += DOUBLE; x1 += DOUBLE; x2 += DOUBLE; x3 += DOUBLE;
    packed += T * DOUBLE;
  }
  v128.store(out, a0); v128.store(out, a1, 16); v128.store(out, b0, 32); v128.store(out, b1, 48);
  v128.store(out, c0, 64); v128.store(out, c1, 80); v128.store(out, d0, 96); v128.store(out, d1, 112);
}

/** The last step of four rows and four columns: subtracts `sums`, then divides by the triangle on the diagonal. */
function solveTile(v: usize, vStride: usize, l: usize, lStride: usize, sums: usize): void {
  const l1 = l + lStride, l2 = l1 + lStride, l3 = l2 + lStride;
  for (let r = 0; r < T; r++, v += vStride, sums += T * DOUBLE) {
    const a = (load<f64>(v) - load<f64>(sums)) / load<f64>(l);
    const b = (load<f64>(v, 8) - load<f64>(sums, 8) - a * load<f64>(l1)) / load<f64>(l1, 8);
    const c = (load<f64>(v, 16) - load<f64>(sums, 16) - a * load<f64>(l2) - b * load<f64>(l2, 8))
      / load<f64>(l2, 16);
    store<f64>(v, a);
    store<f64>(v, b, 8);
    store<f64>(v, c, 16);
    store<f64>(
      v,
      (load<f64>(v, 24) - load<f64>(sums, 24) - a * load<f64>(l3) - b * load<f64>(l3, 8) - c * load<f64>(l3, 16))
        / load<f64>(l3, 24),
      24,
    );
  }
}

/** Cholesky of the four by four on the diagonal at row i, whose columns before i are final. */
function factorTile(a: usize, stride: usize, i: i32): bool {
  for (let r = i; r < i + T; r++)
    for (let c = i; c <= r; c++) {
      const row = a + <usize>r * stride, column = a + <usize>c * stride;
      let sum = load<f64>(row + <usize>(c * DOUBLE));
      for (let k = 0; k < c; k++)
        sum -= load<f64>(row + <usize>(k * DOUBLE)) * load<f64>(column + <usize>(k * DOUBLE));
      if (c < r) store<f64>(row + <usize>(c * DOUBLE), sum / load<f64>(column + <usize>(c * DOUBLE)));
      else if (sum > 0) store<f64>(row + <usize>(r * DOUBLE), Math.sqrt(sum));
      else return false;
    }
  return true;
}
