// The kernels that train heads, where this browser can run them and they are within reach.
import { type Algebra, PLAIN_ALGEBRA } from '../../../src/head/algebra.ts';
import { compile, hasSimd } from './module.ts';

/** What the kernels are to do; `otherwise` where they cannot run, or are out of reach. */
export async function kernelsOr<T>(
  otherwise: () => T | Promise<T>,
  load: (kernels: typeof import('./head-kernels.ts')) => Promise<T>,
): Promise<T> {
  if (!hasSimd()) return otherwise();
  try {
    return await load(await import('./head-kernels.ts'));
  } catch {
    return otherwise();
  }
}

/** For the ridge fits of one task; the heads are the same either way. */
export function algebraHere(): Promise<Algebra> {
  return kernelsOr(
    () => PLAIN_ALGEBRA,
    (kernels) => kernels.loadAlgebra(compile),
  );
}
