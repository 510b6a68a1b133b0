// Sums over the middle axis: the gradients of everything that is broadcast, a bias or BatchNorm's gamma and beta.

/** Rows that are summed on their own before they are added up: rounding errors grow with the rows of a block. */
const BLOCK: i32 = 64;

/** out[o,i] = sum over j of x[o,j,i], for x [outer,count,inner] */
export function sumMiddle(x: usize, out: usize, outer: i32, count: i32, inner: i32): void {
  const row = <usize>inner << 2;
  memory.fill(out, 0, <usize>(outer * inner) << 2);
  for (let o = 0; o < outer; o++, out += row)
    for (let j0 = 0; j0 < count; j0 += BLOCK) {
      const rows = min(BLOCK, count - j0);
      addRows(x, out, rows, inner);
      x += row * rows;
    }
}

/** out[i] += sum over j of x[j,i] */
function addRows(x: usize, out: usize, rows: i32, inner: i32): void {
  const row = <usize>inner << 2;
  let i = 0;
  for (; i + 16 <= inner; i += 16) {
    let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0;
    let from = x + (<usize>i << 2);
    for (let j = 0; j < rows; j++, from += row) {
      s0 = f32x4.add(s0, v128.load(from));
      s1 = f32x4.add(s1, v128.load(from, 16));
      s2 = f32x4.add(s2, v128.load(from, 32));
      s3 = f32x4.add(s3, v128.load(from, 48));
    }
    const to = out + (<usize>i << 2);
    v128.store(to, f32x4.add(v128.load(to), s0));
    v128.store(to, f32x4.add(v128.load(to, 16), s1), 16);
    v128.store(to, f32x4.add(v128.load(to, 32), s2), 32);
    v128.store(to, f32x4.add(v128.load(to, 48), s3), 48);
  }
  for (; i < inner; i++) {
    let sum: f32 = 0;
    let from = x + (<usize>i << 2);
    for (let j = 0; j < rows; j++, from += row) sum += load<f32>(from);
    const to = out + (<usize>i << 2);
    store<f32>(to, load<f32>(to) + sum);
  }
}
