// Body limits as options of Hono's body-limit, which also counts a body that does not say its length.
import { AppError, type ErrorCode } from '../src/contract/errors.ts';
import { MAX_BODY_BYTES, MAX_HEAD_BYTES } from '../src/contract/limits.ts';

const MAX_JSON_BYTES = 64 * 1024;

/** A JSON body of a few fields. */
export const smallBody = limit(MAX_JSON_BYTES, 'body_too_large', 'This body');
/** A prediction's input. */
export const predictionBody = limit(MAX_BODY_BYTES, 'body_too_large', 'The body of a prediction');
/** A head artifact. */
export const headBody = limit(MAX_HEAD_BYTES, 'head_too_large', 'A head');

function limit(maxSize: number, code: ErrorCode, what: string) {
  return {
    maxSize,
    onError(): never {
      throw new AppError(code, { detail: `${what} may have ${maxSize} bytes and no more.` });
    },
  };
}
