// Our own engine on two threads, this Web Worker and one of its own: more were not measured to help. Shared memory needs
// a cross-origin isolated page.
/// <reference types="vite/client" />
import relaxedUrl from '../../../dist/kernels/engine-threads-relaxed.wasm?url';
import simdUrl from '../../../dist/kernels/engine-threads-simd.wasm?url';
import { chooseBuild } from '../../../src/kernels/build.ts';
import { startTeam, TEAM_MEMORY } from '../../../src/kernels/team.ts';
import { lowerWasm } from '../../../src/trunk/engine/lower.ts';
import type { LowerTrunk } from '../../../src/trunk/lowering.ts';
import { compile, hasSimd } from './module.ts';

/** What a thread is told: the team that it serves until that is disposed. */
export interface Team {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
}

let loaded: Promise<LowerTrunk> | null = null;

/**
 * Waits for ever where a thread does not start: callers set a limit. One that crashes later ends this worker too.
 * @throws Error where there is no shared memory, SIMD or second core, or a file cannot be fetched
 */
export function loadThreads(): Promise<LowerTrunk> {
  loaded ??= load().catch((cause: unknown) => {
    loaded = null;
    throw cause;
  });
  return loaded;
}

async function load(): Promise<LowerTrunk> {
  if (!crossOriginIsolated) throw new Error('Threads need a cross-origin isolated page.');
  if (navigator.hardwareConcurrency < 2) throw new Error('There is one core.');
  if (!hasSimd()) throw new Error('WebAssembly has no SIMD.');
  const build = chooseBuild();
  const [module, first] = await Promise.all([
    compile(build === 'relaxed' ? relaxedUrl : simdUrl),
    startedThread(),
  ]);
  /** Those that serve nobody, or will have nobody to serve at once. */
  const free = [first];
  return (model, part) => {
    const memory = new WebAssembly.Memory(TEAM_MEMORY);
    const thread = free.pop() ?? createThread();
    thread.postMessage({ module, memory } satisfies Team);
    const left = () => {
      free.push(thread);
    };
    return lowerWasm(model, { ...part, module, build, start: () => startTeam(module, memory, { left }) });
  };
}

function createThread(): Worker {
  return new Worker(new URL('./thread.ts', import.meta.url), { type: 'module', name: 'thread' });
}

async function startedThread(): Promise<Worker> {
  const thread = createThread();
  await new Promise<unknown>((resolve, reject) => {
    thread.addEventListener('message', resolve, { once: true });
    thread.addEventListener('error', () => reject(new Error('A thread did not start.')), { once: true });
  });
  return thread;
}
