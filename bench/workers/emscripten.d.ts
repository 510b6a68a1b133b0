// What tfjs's WASM module is declared to be, and declares nowhere: only what is used of it.
interface EmscriptenModule {
  cwrap<T>(name: string, result: 'number' | null, parameters: readonly 'number'[]): T;
}
