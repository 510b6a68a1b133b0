// Which engine runs the trunk, by backend: our own, which needs nothing of tfjs; or tfjs, where its threads or the GPU are
// faster on this device, and where WebAssembly has no SIMD.
import type { LowerTrunk } from '../../../src/trunk/lowering.ts';
import type { BackendName } from '../trainer.ts';
import { hasSimd } from './module.ts';
import { loadEngine } from './own-engine.ts';

/** Starts what is needed. @throws AppError `internal` where this browser cannot run it */
export async function loweringOf(backend: BackendName): Promise<LowerTrunk> {
  if (backend === 'wasm' && hasSimd()) return loadEngine();
  const [{ startBackend }, { lowerInfer }] = await Promise.all([
    import('./start.ts'),
    import('../../../src/trunk/infer.ts'),
  ]);
  await startBackend(backend);
  return lowerInfer;
}
