// An engine whose programs several threads run together: an instance of the module each, on one shared memory. How
// threads are made, and how they come by module and memory, is the platform's business.
import type { Address, Engine } from './engine.ts';

/** What the memory is made with; 256 MiB at most, as phones refuse to put aside addresses for more. */
export const TEAM_MEMORY = { initial: 1, maximum: 4096, shared: true } as const;

/** How long the others' last tasks are waited for, ms; a phone may have put threads aside meanwhile. */
const PATIENCE_MS = 10_000;
/** See assembly/engine/threads.ts. */
const NAP_MS = 0.2;

interface Exports {
  run(at: Address, end: Address): void;
  share(tasks: Address, count: number, naps: number): number;
  serve(): void;
  stop(): void;
}

/**
 * Starts the instance of the thread that wants results. It waits, and so cannot be a page's main thread. Other threads
 * `serve` on the same memory, from whenever they are ready; until then this one does everything itself.
 * @param module dist/kernels/engine-threads-<build>.wasm, compiled
 * @param memory of `TEAM_MEMORY`, not used before
 * @param options.left is called when the others have been told to leave
 */
export function startTeam(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  {
    left = () => {},
    patienceMs = PATIENCE_MS,
  }: { readonly left?: () => void; readonly patienceMs?: number } = {},
): Engine {
  const { run, share, stop } = instantiate(module, memory);
  return {
    ...{ memory, run },
    share: (tasks, count) => share(tasks, count, Math.ceil(patienceMs / NAP_MS)) === 1,
    dispose() {
      stop();
      left();
    },
  };
}

/** Helps a team with its programs until it is disposed; does not return before. */
export function serve(module: WebAssembly.Module, memory: WebAssembly.Memory): void {
  instantiate(module, memory).serve();
}

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Exports {
  return new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports;
}
