// Types that bundled modules lack.

// In workerd an import of a .wasm file is a compiled module, not an instance.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}

// What tfjs's WASM module is declared to be, and declares nowhere: only what is used of it.
interface EmscriptenModule {
  cwrap<T>(name: string, result: 'number' | null, parameters: readonly 'number'[]): T;
}
