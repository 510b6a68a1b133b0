// The few web-platform globals that Node, workerd and browsers share, and that `src/` may use.
// Anything else (DOM, fetch, timers, process) is out of bounds here by not being declared.

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
}
declare class TextDecoder {
  constructor(label?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: ArrayBufferView | ArrayBuffer): string;
}
declare const crypto: {
  readonly subtle: {
    digest(algorithm: 'SHA-256', data: ArrayBufferView<ArrayBuffer> | ArrayBuffer): Promise<ArrayBuffer>;
  };
};
declare function structuredClone<T>(value: T): T;
declare function btoa(text: string): string;
declare function atob(text: string): string;
interface AbortSignal {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}
declare namespace WebAssembly {
  class Module {
    private constructor();
    static imports(module: Module): { readonly name: string }[];
  }
  class Memory {
    private constructor();
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  type Imports = Record<string, Record<string, ((...args: never[]) => unknown) | number | Memory>>;
  class Instance {
    constructor(module: Module, imports?: Imports);
    readonly exports: Record<string, ((...args: never[]) => unknown) | Memory | object>;
  }
  function validate(bytes: Uint8Array): boolean;
  function instantiate(module: Module, imports?: Imports): Promise<Instance>;
}
