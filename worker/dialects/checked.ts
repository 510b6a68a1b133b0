// A value of a request's JSON against a schema. Pure.
import * as v from 'valibot';
import { AppError } from '../../src/contract/errors.ts';

/** @throws AppError `request_invalid`, naming the first thing that is wrong */
export function checked<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue);
  throw new AppError('request_invalid', {
    detail: `The JSON body${path === null ? '' : `, at "${path}"`}: ${issue.message}.`,
  });
}
