// The arguments of `npm run bench`.
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { AppError } from '../src/contract/errors.ts';

const PARTS = [
  'trunk',
  'chromium',
  'workerd',
  'head',
  'edge',
  'load',
  'cold',
  'memory',
  'cpu',
  'images',
  'bytes',
  'precision',
] as const;
export type Part = (typeof PARTS)[number];

const USAGE = `Usage: npm run bench -- [--json] [--quick] [--only ${PARTS.join('|')}]`;
const Flags = v.object({
  json: v.optional(v.boolean(), false),
  quick: v.optional(v.boolean(), false),
  only: v.optional(v.picklist(PARTS)),
});

export interface BenchOptions {
  /** Data on stdout instead of tables. */
  readonly json: boolean;
  /** Few rounds: rough figures. */
  readonly quick: boolean;
  readonly parts: readonly Part[];
}

/** @throws AppError `request_invalid` */
export function readOptions(args: readonly string[]): BenchOptions {
  const { json, quick, only } = parse(args);
  return { json, quick, parts: only === undefined ? PARTS : [only] };
}

function parse(args: readonly string[]): v.InferOutput<typeof Flags> {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { json: { type: 'boolean' }, quick: { type: 'boolean' }, only: { type: 'string' } },
    });
    return v.parse(Flags, values);
  } catch (cause) {
    throw new AppError('request_invalid', { detail: USAGE, cause });
  }
}
