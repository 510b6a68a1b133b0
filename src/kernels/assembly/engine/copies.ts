// Moving numbers without changing them.

/** `rows` runs of `bytes`, ldx and ldy bytes apart. */
export function copy(x: usize, y: usize, rows: i32, bytes: usize, ldx: usize, ldy: usize): void {
  if (bytes == 32) {
    for (; rows > 0; rows--) {
      v128.store(y, v128.load(x));
      v128.store(y, v128.load(x, 16), 16);
      x += ldx; y += ldy;
    }
    return;
  }
  for (; rows > 0; rows--) {
    memory.copy(y, x, bytes);
    x += ldx; y += ldy;
  }
}

export function clear(y: usize, bytes: usize): void {
  memory.fill(y, 0, bytes);
}

/** y[p, c * times + i] = x[p, c] */
export function repeat(x: usize, y: usize, pixels: i32, channels: i32, times: i32, ldx: usize, ldy: usize): void {
  for (; pixels > 0; pixels--) {
    let to = y;
    for (let c = 0; c < channels; c++) {
      const value = load<f32>(x + (<usize>c << 2));
      for (let i = 0; i < times; i++) { store<f32>(to, value); to += 4; }
    }
    x += ldx; y += ldy;
  }
}

/** `count` numbers in rows of cx, ldx bytes apart -> rows of cy, ldy bytes apart. */
export function reflow(x: usize, y: usize, count: i32, cx: i32, ldx: usize, cy: i32, ldy: usize): void {
  let i = 0, j = 0;
  for (; count > 0; count--) {
    if (i == cx) { i = 0; x += ldx; }
    if (j == cy) { j = 0; y += ldy; }
    store<f32>(y + (<usize>j << 2), load<f32>(x + (<usize>i << 2)));
    i++; j++;
  }
}
