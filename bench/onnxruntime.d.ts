// The little of onnxruntime's two packages that the benchmark uses, so that the types check without their install.

interface OrtTensor {
  readonly data: unknown;
}
interface OrtSession {
  run(feeds: Readonly<Record<string, OrtTensor>>): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}
interface OrtSessionOptions {
  readonly executionProviders: readonly string[];
  readonly intraOpNumThreads?: number;
  readonly interOpNumThreads?: number;
  readonly graphOptimizationLevel: 'all';
}
interface Ort {
  readonly InferenceSession: {
    create(model: Uint8Array, options: OrtSessionOptions): Promise<OrtSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
}

declare module 'onnxruntime-node' {
  const ort: Ort;
  export default ort;
}
declare module 'onnxruntime-web' {
  export const InferenceSession: Ort['InferenceSession'];
  export const Tensor: Ort['Tensor'];
  export const env: { readonly wasm: { numThreads: number } };
}

declare module 'onnxruntime-web/wasm' {
  export const InferenceSession: Ort['InferenceSession'];
  export const Tensor: Ort['Tensor'];
  export const env: { readonly wasm: { numThreads: number; wasmPaths: string } };
}
