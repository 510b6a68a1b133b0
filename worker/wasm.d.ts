// Types that bundled modules lack.

// In workerd an import of a .wasm file is a compiled module, not an instance.
declare module '*.wasm' {
  const module: WebAssembly.Module;
  export default module;
}
