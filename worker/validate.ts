// The one way in for inputs: a valibot schema per target, and a problem document where it does not hold.
import { sValidator } from '@hono/standard-validator';
import type { ValidationTargets } from 'hono';
import * as v from 'valibot';
import { AppError } from '../src/contract/errors.ts';
import { Digest, HeadId, ModelName } from '../src/contract/ids.ts';

/**
 * Validates a part of the request; the handler gets it by `c.req.valid(target)`.
 * @throws AppError `request_invalid`, naming the first thing that is wrong
 */
export function validate<const Target extends keyof ValidationTargets, Schema extends v.GenericSchema>(
  target: Target,
  schema: Schema,
) {
  return sValidator(target, schema, (result) => {
    if (result.success) return;
    const [issue] = result.error;
    const path = issue?.path?.map((part) => (typeof part === 'object' ? part.key : part)).join('.');
    throw new AppError('request_invalid', {
      detail: `${path ? `"${path}" in the ${PLACES[target]}` : `The ${PLACES[target]}`}: ${issue?.message}.`,
    });
  });
}

const PLACES: Record<keyof ValidationTargets, string> = {
  json: 'JSON body',
  form: 'form',
  query: 'query',
  param: 'path',
  header: 'headers',
  cookie: 'cookies',
};

/** Path parameters. */
export const HeadParam = v.object({ head: HeadId });
export const RevisionParam = v.object({ head: HeadId, digest: Digest });
/** A device's or a key's id. */
export const IdParam = v.object({ id: v.pipe(v.string(), v.uuid()) });
export const ModelParam = v.object({ model: ModelName });
