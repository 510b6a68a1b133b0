// The WASM module of training kernels, as TypeScript sees it. It works in the heap of tfjs's own WASM backend, on
// addresses of tensors, so that nothing is copied. Instantiation only: which build, and where from, the platform says.

type Address = number;
/** n, h, w, c of the input; channel multiplier or output channels; oh, ow; kernel h, w; strides h, w; padding top, left. */
export type Geometry = readonly [
  ...[n: number, h: number, w: number, c: number, k: number, oh: number, ow: number],
  ...[kh: number, kw: number, sh: number, sw: number, top: number, left: number],
];

/** The exports of `assembly/index.ts`; addresses in bytes, everything else in elements. */
export interface Kernels {
  convolve(x: Address, filter: Address, out: Address, ...rest: [...Geometry, scratch: Address]): void;
  convolveScratch(
    ...sizes: [c: number, k: number, oh: number, ow: number, kh: number, kw: number, n: number]
  ): number;
  filterGradient(x: Address, dy: Address, out: Address, ...rest: [...Geometry, scratch: Address]): void;
  inputGradient(dy: Address, filter: Address, out: Address, ...rest: [...Geometry, scratch: Address]): void;
  convolutionScratch(
    ...sizes: [c: number, k: number, oh: number, ow: number, kh: number, kw: number, n: number]
  ): number;
  depthwiseFilterGradient(x: Address, dy: Address, out: Address, ...geometry: Geometry): void;
  depthwiseInputGradient(dy: Address, filter: Address, out: Address, ...geometry: Geometry): void;
  gemm(
    ...args: [
      ...[a: Address, b: Address, c: Address, m: number, n: number, k: number, transA: boolean],
      ...[transB: boolean, lda: number, ldb: number, ldc: number, add: boolean, scratch: Address],
    ]
  ): void;
  gemmScratch(m: number, n: number, k: number): number;
  segmentSum(x: Address, ids: Address, out: Address, rows: number, columns: number, segments: number): void;
  /** For x [outer,count,inner], the sums over its middle axis. */
  sumMiddle(x: Address, out: Address, outer: number, count: number, inner: number): void;
  rectifierGradient(dy: Address, x: Address, out: Address, count: number, top: number): void;
  adam(
    ...args: [
      ...[value: Address, gradient: Address, first: Address, second: Address, scale: Address],
      ...[newValue: Address, newFirst: Address, newSecond: Address, count: number],
      ...[rate: number, kept: number, beta1: number, beta2: number],
      ...[correction1: number, correction2: number, epsilon: number],
    ]
  ): void;
}
