// Softmax cross-entropy. Few numbers: in doubles, one by one.

/**
 * Turns logits into the derivatives of the loss by them, w (p - y) / rows, in place; past k they become 0.
 * @param logits [rows,stride] of which k count
 * @param labels [rows] whole numbers below k
 * @param weights [rows]
 * @param sums two doubles that grow: the loss of each example, nats, and how many are predicted right (the first of equals)
 */
export function loss(logits: usize, labels: usize, weights: usize, rows: i32, k: i32, stride: i32, sums: usize): void {
  let total: f64 = 0, right: f64 = 0;
  for (let r = 0; r < rows; r++, logits += <usize>stride << 2) {
    const label = load<i32>(labels + (<usize>r << 2));
    const weight = <f64>load<f32>(weights + (<usize>r << 2));
    let best = 0;
    let most = load<f32>(logits);
    for (let c = 1; c < k; c++) {
      const value = load<f32>(logits + (<usize>c << 2));
      if (value > most) {
        most = value;
        best = c;
      }
    }
    let sum: f64 = 0;
    for (let c = 0; c < k; c++) sum += Math.exp(<f64>load<f32>(logits + (<usize>c << 2)) - <f64>most);
    const logSum = <f64>most + Math.log(sum);
    total += weight * (logSum - <f64>load<f32>(logits + (<usize>label << 2)));
    if (best == label) right += 1;
    for (let c = 0; c < stride; c++) {
      const at = logits + (<usize>c << 2);
      const p = c < k ? Math.exp(<f64>load<f32>(at) - logSum) : 0;
      store<f32>(at, <f32>((weight * (p - (c == label ? 1 : 0))) / rows));
    }
  }
  store<f64>(sums, load<f64>(sums) + total);
  store<f64>(sums, load<f64>(sums, 8) + right, 8);
}
