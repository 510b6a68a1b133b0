// What is said when a backend does not start.
import { AppError } from '../../../src/contract/errors.ts';
import type { BackendName } from '../trainer.ts';

/** An `internal` error for `throw`. */
export function couldNotStart(name: BackendName, cause: unknown): AppError {
  const detail = `This browser could not start ${name}. Reload the page, or try a newer browser. (${cause})`;
  return new AppError('internal', { detail, cause });
}
