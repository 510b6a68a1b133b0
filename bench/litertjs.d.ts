// The little of LiteRT.js that the benchmark uses, so that the types check without its install.
declare module '@litertjs/core' {
  export class Tensor {
    constructor(data: Float32Array, shape: readonly number[]);
    toTypedArray(): unknown;
    delete(): void;
  }
  export interface CompiledModel {
    run(input: Tensor): Promise<readonly Tensor[]>;
    delete(): void;
  }
  /** @param path folder of its WASM files, with a slash at the end */
  export function loadLiteRt(path: string): Promise<unknown>;
  export function loadAndCompile(
    model: Uint8Array,
    options: { readonly accelerator: 'wasm' },
  ): Promise<CompiledModel>;
}
