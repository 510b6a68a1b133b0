// Which engine runs the trunk, by backend: our own, on one thread or two, which needs nothing of tfjs; or tfjs, where the
// GPU is faster on this device, and where WebAssembly has no SIMD.
import type { LowerTrunk } from '../../../src/trunk/lowering.ts';
import type { BackendName } from '../trainer.ts';
import { hasSimd } from './module.ts';
import { loadEngine } from './own-engine.ts';
import { couldNotStart } from './start-error.ts';

/** Starts what is needed. @throws AppError `internal` where this browser cannot run it */
export async function loweringOf(backend: BackendName): Promise<LowerTrunk> {
  if (backend === 'wasm' && hasSimd()) return loadEngine();
  if (backend === 'wasm-threads') return onThreads();
  const [{ startBackend }, { lowerInfer }] = await Promise.all([
    import('./start.ts'),
    import('../../../src/trunk/infer.ts'),
  ]);
  await startBackend(backend);
  return lowerInfer;
}

async function onThreads(): Promise<LowerTrunk> {
  try {
    return await (await import('./threads.ts')).loadThreads();
  } catch (cause) {
    throw couldNotStart('wasm-threads', cause);
  }
}
