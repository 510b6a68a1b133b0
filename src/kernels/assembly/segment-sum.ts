// out[ids[i]] += x[i]: the gradient of gathering.

/** @param ids int32 [rows]; a negative one is left out. @param out [segments, columns], set to zero first */
export function segmentSum(x: usize, ids: usize, out: usize, rows: i32, columns: i32, segments: i32): void {
  memory.fill(out, 0, <usize>(segments * columns) << 2);
  for (let i = 0; i < rows; i++) {
    const id = load<i32>(ids + (<usize>i << 2));
    if (id < 0 || id >= segments) continue;
    const to = out + (<usize>(id * columns) << 2);
    const from = x + (<usize>(i * columns) << 2);
    let j = 0;
    for (; j + 4 <= columns; j += 4) {
      const at = <usize>j << 2;
      v128.store(to + at, f32x4.add(v128.load(to + at), v128.load(from + at)));
    }
    for (; j < columns; j++) {
      const at = <usize>j << 2;
      store<f32>(to + at, load<f32>(to + at) + load<f32>(from + at));
    }
  }
}
