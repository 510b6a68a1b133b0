// How a command ends when it cannot go on: one line that says what to do, and exit code 1.
import { AppError } from '../../src/contract/errors.ts';

export function fail(error: unknown): never {
  console.error(error instanceof AppError ? `${error.code}: ${error.detail}` : error);
  process.exit(1);
}
