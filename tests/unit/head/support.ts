// What the tests of src/head share: seeded random examples and the code of a refusal.
import { AppError, type ErrorCode } from '../../../src/contract/errors.ts';

/** Runs what must be refused; gives the error's code. */
export function refusal(run: () => unknown): ErrorCode {
  try {
    run();
  } catch (error) {
    if (error instanceof AppError) return error.code;
    throw error;
  }
  throw new Error('It was not refused');
}
