// One door for everything that D1, R2 and the assets can fail with.
import { AppError } from '../../src/contract/errors.ts';

/**
 * Runs storage work.
 * @throws AppError `storage_failed` for whatever it throws that is not an AppError
 */
export async function guardStorage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('storage_failed', { detail: 'The storage did not answer. Try again.', cause });
  }
}
