// The trunk's engine on several threads in Node, for tests and benchmarks: nothing here runs more than one trunk.
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import type { KernelBuild } from '../../src/kernels/build.ts';
import { startTeam, TEAM_MEMORY } from '../../src/kernels/team.ts';
import { lowerWasm, type WasmLowering } from '../../src/trunk/engine/lower.ts';
import type { LowerTrunk } from '../../src/trunk/lowering.ts';
import { KERNELS } from './build-kernels.ts';
import type { TeamMessage } from './engine-thread.ts';

/** A trunk with threads of its own, which end with it. */
export interface ThreadsLowering extends WasmLowering {
  /** The other threads have begun to serve. */
  readonly ready: Promise<unknown>;
}

/** A build for threads, compiled. */
export function teamModule(build: KernelBuild): WebAssembly.Module {
  return new WebAssembly.Module(new Uint8Array(readFileSync(`${KERNELS}/engine-threads-${build}.wasm`)));
}

/**
 * @param options.threads with the one that calls
 * @param options.patienceMs see team.ts
 */
export function lowerOnThreads(
  build: KernelBuild,
  ...[model, part, { threads, patienceMs }]: [
    ...Parameters<LowerTrunk>,
    { readonly threads: number; readonly patienceMs?: number },
  ]
): ThreadsLowering {
  const module = teamModule(build);
  const memory = new WebAssembly.Memory(TEAM_MEMORY);
  const others = Array.from({ length: threads - 1 }, () => {
    const worker = new Worker(new URL('./engine-thread.ts', import.meta.url));
    worker.unref();
    worker.postMessage({ module, memory } satisfies TeamMessage);
    return worker;
  });
  const left = () => {
    for (const worker of others) void worker.terminate();
  };
  const lowering = lowerWasm(model, {
    ...{ ...part, module, build },
    start: () => startTeam(module, memory, { left, ...(patienceMs === undefined ? {} : { patienceMs }) }),
  });
  const ready = Promise.all(others.map((worker) => new Promise((serves) => worker.once('message', serves))));
  return Object.defineProperties(lowering, { ready: { value: ready } }) as ThreadsLowering;
}
