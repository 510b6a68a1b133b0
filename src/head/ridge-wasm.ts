// The cubic steps of a ridge regression by SIMD kernels, the same to the bit as in plain arithmetic: matrices are copied
// into a WASM memory and back, which costs a twentieth of the work. src/kernels/assembly/algebra has the kernels.
import type { Algebra } from './algebra.ts';
import { fillPadding, pivotFailed } from './cholesky.ts';
import { type Matrix, roundUp } from './matrix.ts';

type Address = number;

/** The module's exports; addresses and strides in bytes. */
interface Kernels {
  readonly memory: WebAssembly.Memory;
  base(): Address;
  scratchBytes(columns: number): number;
  addProduct(
    ...args: [
      ...[out: Address, outStride: number, x: Address, xRows: number, xStride: number, y: Address],
      ...[yRows: number, yStride: number, inner: number, lower: boolean, scratch: Address],
    ]
  ): void;
  /** @returns 0 when a pivot is not above 0 */
  factorize(a: Address, stride: number, size: number, scratch: Address): number;
  solveRows(
    ...args: [
      ...[v: Address, rows: number, vStride: number, l: Address],
      ...[lStride: number, size: number, starts: Address, scratch: Address],
    ]
  ): void;
}

const DOUBLE = 8;
const PAGE_BYTES = 65_536;

/**
 * For the fits of one task: its memory grows to the largest matrices and is freed with it.
 * @param module compiled from dist/kernels/algebra-simd.wasm
 */
export function wasmAlgebra(module: WebAssembly.Module): Algebra {
  const kernels = new WebAssembly.Instance(module).exports as unknown as Kernels;
  const { memory } = kernels;

  /** Addresses of so many bytes each; what was there before is overwritten. */
  function place<const Sizes extends readonly number[]>(...sizes: Sizes): { [I in keyof Sizes]: Address } {
    let end = kernels.base();
    const addresses = sizes.map((bytes) => {
      const at = end;
      end += Math.ceil(bytes / 16) * 16;
      return at;
    });
    const missing = Math.ceil((end - memory.buffer.byteLength) / PAGE_BYTES);
    if (missing > 0) memory.grow(missing);
    return addresses as unknown as { [I in keyof Sizes]: Address };
  }
  const view = (at: Address, { data }: Matrix) => new Float64Array(memory.buffer, at, data.length);
  const strideOf = ({ stride }: Matrix) => stride * DOUBLE;

  return {
    addProduct(out, x, y, inner, { lower = false, from = 0 } = {}) {
      const same = x === y;
      const [outAt, xAt, ownY, scratch] = place(
        ...([bytesOf(out), bytesOf(x), same ? 0 : bytesOf(y), kernels.scratchBytes(inner)] as const),
      );
      const yAt = same ? xAt : ownY;
      view(outAt, out).set(out.data);
      view(xAt, x).set(x.data);
      if (!same) view(yAt, y).set(y.data);
      kernels.addProduct(
        ...([outAt, strideOf(out), xAt + from * DOUBLE, x.rows, strideOf(x), yAt] as const),
        ...([y.rows, strideOf(y), inner, lower, scratch] as const),
      );
      out.data.set(view(outAt, out));
    },
    factorize(a, size) {
      fillPadding(a, size);
      const [at, scratch] = place(bytesOf(a), kernels.scratchBytes(a.stride));
      view(at, a).set(a.data);
      const factored = kernels.factorize(at, strideOf(a), roundUp(size), scratch);
      a.data.set(view(at, a));
      if (factored === 0) throw pivotFailed();
    },
    solveRows(v, l, size, starts) {
      const [vAt, lAt, startsAt, scratch] = place(
        ...([bytesOf(v), bytesOf(l), v.rows, kernels.scratchBytes(l.stride)] as const),
      );
      view(vAt, v).set(v.data);
      view(lAt, l).set(l.data);
      if (starts !== undefined) new Int32Array(memory.buffer, startsAt, starts.length).set(starts);
      kernels.solveRows(
        ...([vAt, v.rows, strideOf(v), lAt, strideOf(l)] as const),
        ...([roundUp(size), starts === undefined ? 0 : startsAt, scratch] as const),
      );
      v.data.set(view(vAt, v));
    },
  };
}

function bytesOf({ data }: Matrix): number {
  return data.byteLength;
}
