// Gradient descent on the layers of a softmax head by fused SIMD kernels in a WASM memory of their own: forward, loss,
// gradient and update of a batch in a few calls, without tensors. src/kernels/assembly/descent has the kernels; which of
// their builds, and where from, is the caller's business.
import { type Descent, initialKernel, type StartDescent } from './descent.ts';
import type { DenseLayer } from './head.ts';

type Address = number;

/** The module's exports; addresses in bytes, everything else in elements. */
interface Kernels {
  readonly memory: WebAssembly.Memory;
  base(): Address;
  forward(
    ...args: [
      ...[x: Address, kernel: Address, bias: Address, y: Address],
      ...[rows: number, inputs: number, outputs: number, relu: boolean],
    ]
  ): void;
  backward(
    ...args: [
      ...[delta: Address, kernel: Address, x: Address, out: Address],
      ...[rows: number, inputs: number, outputs: number],
    ]
  ): void;
  loss(
    ...args: [
      ...[logits: Address, labels: Address, weights: Address],
      ...[rows: number, k: number, stride: number, sums: Address],
    ]
  ): void;
  update(
    ...args: [
      ...[x: Address, delta: Address, kernel: Address, first: Address, second: Address, rows: number],
      ...[inputs: number, outputs: number, decay: number, rate: number, root: number, scratch: Address],
    ]
  ): number;
  updateBias(
    ...args: [
      ...[delta: Address, bias: Address, first: Address, second: Address],
      ...[rows: number, outputs: number, rate: number, root: number, scratch: Address],
    ]
  ): void;
}

/** Width of the panels that kernels lie in. */
const PANEL = 8;
const PAGE_BYTES = 65_536;
/** Of a number, single and double. */
const [FLOAT, DOUBLE] = [4, 8];

/** A layer in the memory: values and, for Adam, both moments. Padded sizes. */
interface Layer {
  readonly inputs: number;
  readonly outputs: number;
  readonly kernel: readonly [values: Address, first: Address, second: Address];
  readonly bias: readonly [values: Address, first: Address, second: Address];
}

/** Where a batch is. */
interface Batch {
  readonly rows: number;
  /** What goes into each layer and, last, the logits. */
  readonly activations: readonly Address[];
  /** Derivatives by those, but for the first and the last, which take the place of the logits. */
  readonly deltas: readonly Address[];
  readonly labels: Address;
  readonly weights: Address;
}

/**
 * As `startDescent`, on the kernels of `module`: within rounding the same numbers from the same seed; on one build
 * always the same.
 * @param module compiled from dist/kernels/descent-*.wasm
 * @example
 * trainSoftmax(examples, { ...options, start: wasmDescent(module) })
 */
export function wasmDescent(module: WebAssembly.Module): StartDescent {
  return (widths, { kind, learningRate, l2, rng }): Descent => {
    const kernels = new WebAssembly.Instance(module).exports as unknown as Kernels;
    const { memory } = kernels;
    let end = kernels.base();
    /** Zeros, aligned for vectors. */
    const take = (bytes: number): Address => {
      const at = end;
      end = at + roundUp(bytes, 16);
      const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE_BYTES);
      if (missing > 0) memory.grow(missing);
      return at;
    };
    const sums = take(2 * DOUBLE);
    const scratch = take(FLOAT * Math.max(32, ...widths.map((width) => roundUp(width, PANEL))));
    const values = (count: number) => {
      const moment = () => (kind === 'adam' ? take(count * FLOAT) : 0);
      return [take(count * FLOAT), moment(), moment()] as const;
    };
    const layers = widths.slice(1).map((width, i): Layer => {
      const inputs = roundUp(widths[i] ?? 0, i === 0 ? 4 : PANEL);
      const outputs = roundUp(width, PANEL);
      return { inputs, outputs, kernel: values(inputs * outputs), bias: values(outputs) };
    });
    layers.forEach(({ kernel: [at], inputs, outputs }, i) => {
      const [rows, columns] = [widths[i] ?? 0, widths[i + 1] ?? 0];
      pack(initialKernel(rows, columns, rng), view(at, inputs, outputs), inputs, columns);
    });
    const k = widths.at(-1) ?? 0;
    const last = layers.length - 1;
    const batchesFrom = end;
    let batch = place(0);
    // Products and not powers, whose last bit is the engine's own.
    let [beta1, beta2] = [1, 1];

    function view(at: Address, rows: number, columns: number): Float32Array {
      return new Float32Array(memory.buffer, at, rows * columns);
    }

    /** Room for so many rows, in the place of the batches before. */
    function place(rows: number): Batch {
      new Uint8Array(memory.buffer, batchesFrom, end - batchesFrom).fill(0);
      end = batchesFrom;
      const padded = roundUp(rows, 4);
      const room = (columns: number) => take(padded * columns * FLOAT);
      return {
        rows,
        activations: [room(layers[0]?.inputs ?? 0), ...layers.map(({ outputs }) => room(outputs))],
        deltas: layers.slice(0, -1).map(({ outputs }) => room(outputs)),
        labels: room(1),
        weights: room(1),
      };
    }

    function forward(inputs: readonly Float32Array[]): void {
      if (inputs.length > batch.rows) batch = place(inputs.length);
      const stride = layers[0]?.inputs ?? 0;
      const x = view(batch.activations[0] ?? 0, batch.rows, stride);
      inputs.forEach((input, i) => {
        x.set(input, i * stride);
      });
      layers.forEach(({ kernel, bias, ...layer }, i) => {
        const [from = 0, to = 0] = batch.activations.slice(i);
        kernels.forward(
          ...([from, kernel[0], bias[0], to] as const),
          ...([roundUp(inputs.length, 4), layer.inputs, layer.outputs, i < last] as const),
        );
      });
    }

    return {
      step(examples) {
        const rows = examples.length;
        forward(examples.map(({ input }) => input));
        new Int32Array(memory.buffer, batch.labels, rows).set(examples.map(({ label }) => label));
        view(batch.weights, rows, 1).set(examples.map(({ weight }) => weight));
        const logits = batch.activations[last + 1] ?? 0;
        kernels.loss(logits, batch.labels, batch.weights, rows, k, layers[last]?.outputs ?? 0, sums);
        beta1 *= 0.9;
        beta2 *= 0.999;
        const rate = kind === 'adam' ? learningRate / (1 - beta1) : learningRate;
        const root = 1 / (1 - beta2);
        let squares = 0;
        for (let i = last; i >= 0; i--) {
          const layer = layers[i];
          if (layer === undefined) break;
          const { inputs, outputs, kernel, bias } = layer;
          const x = batch.activations[i] ?? 0;
          const delta = i === last ? logits : (batch.deltas[i] ?? 0);
          // Before the kernel moves.
          if (i > 0) kernels.backward(delta, kernel[0], x, batch.deltas[i - 1] ?? 0, rows, inputs, outputs);
          squares += kernels.update(x, delta, ...kernel, rows, inputs, outputs, 2 * l2, rate, root, scratch);
          kernels.updateBias(delta, ...bias, rows, outputs, rate, root, scratch);
        }
        const total = new Float64Array(memory.buffer, sums, 2);
        total[0] = (total[0] ?? 0) + rows * l2 * squares;
      },
      async read() {
        const total = new Float64Array(memory.buffer, sums, 2);
        const [loss = Number.NaN, right = Number.NaN] = total;
        total.fill(0);
        return {
          loss,
          right,
          layers: layers.map(({ inputs, outputs, kernel, bias }, i): DenseLayer => {
            const [rows, columns] = [widths[i] ?? 0, widths[i + 1] ?? 0];
            return {
              kernel: unpack(view(kernel[0], inputs, outputs), inputs, rows, columns),
              bias: view(bias[0], 1, columns).slice(),
              activation: i === last ? 'linear' : 'relu',
            };
          }),
        };
      },
      async logits(inputs) {
        const logits = new Float32Array(inputs.length * k);
        const [count, stride] = [Math.max(batch.rows, 16), layers[last]?.outputs ?? 0];
        for (let at = 0; at < inputs.length; at += count) {
          const some = inputs.slice(at, at + count);
          forward(some);
          const values = view(batch.activations[last + 1] ?? 0, some.length, stride);
          for (let i = 0; i < some.length; i++)
            logits.set(values.subarray(i * stride, i * stride + k), (at + i) * k);
        }
        return logits;
      },
      dispose() {
        // The memory goes with the instance.
      },
    };
  };
}

/** [rows,columns] -> panels [columns/8,inputs,8]; what is past its edges stays as it is. */
function pack(kernel: Float32Array, panels: Float32Array, inputs: number, columns: number): void {
  for (let at = 0; at < kernel.length; at++)
    panels[inPanels(Math.floor(at / columns), at % columns, inputs)] = kernel[at] ?? 0;
}

function unpack(panels: Float32Array, inputs: number, rows: number, columns: number): Float32Array {
  const kernel = new Float32Array(rows * columns);
  for (let left = 0; left < columns; left += PANEL) {
    const width = Math.min(PANEL, columns - left);
    for (let r = 0, from = left * inputs, to = left; r < rows; r++, from += PANEL, to += columns)
      for (let c = 0; c < width; c++) kernel[to + c] = panels[from + c] ?? 0;
  }
  return kernel;
}

function inPanels(row: number, column: number, inputs: number): number {
  return (Math.floor(column / PANEL) * inputs + row) * PANEL + (column % PANEL);
}

/** The next multiple. */
function roundUp(n: number, step: number): number {
  return Math.ceil(n / step) * step;
}
