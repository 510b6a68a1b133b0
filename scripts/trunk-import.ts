// npm run trunk:import -- <folder | npm package[/path]> --name <name> [--top layer] [--cut layer] [--pooling 1x1|2x2]
//   [--size px] [--range=0,1] [--licence SPDX] [--into folder]
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as v from 'valibot';
import { AppError } from '../src/contract/errors.ts';
import { ModelName } from '../src/contract/ids.ts';
import { Pooling } from '../src/contract/manifest.ts';
import { fail } from './support/fail.ts';
import { importTrunkFolder } from './support/import-trunk.ts';

const Range = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map(Number)),
  v.strictTuple([v.pipe(v.number(), v.finite()), v.pipe(v.number(), v.finite())]),
);
const Options = v.object({
  source: v.string('a folder or an npm package'),
  name: ModelName,
  into: v.optional(v.string(), 'models'),
  top: v.optional(v.string()),
  cut: v.optional(v.string()),
  pooling: v.optional(Pooling),
  size: v.optional(v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))),
  range: v.optional(Range),
  licence: v.optional(v.string()),
});

const USAGE =
  'Usage: npm run trunk:import -- <folder | npm package[/path]> --name <name> [--into folder] [--top layer] [--cut layer] [--pooling 1x1|2x2] [--size px] [--range=0,1] [--licence SPDX]';

try {
  const { into, ...options } = readArguments();
  const manifest = await importTrunkFolder({ ...options, into });
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const figures = `${(bytes / 1e6).toFixed(2)} MB, ${manifest.parameters.toLocaleString('en')} parameters`;
  console.log(`${join(into, manifest.name)}: ${figures}`);
  console.log(`  digest ${manifest.digest}`);
  console.log(
    `  input ${manifest.input.size} px, range [${manifest.input.range}]; BatchNorm layers ${manifest.batchNorm.length}`,
  );
  console.log(`  cuts ${manifest.cuts.map(({ layer, dim }) => `${layer} (${dim})`).join(', ')}`);
  console.log(
    `  new heads: ${manifest.defaults.cut}, pooling ${manifest.defaults.pooling}, ${manifest.defaults.size} px`,
  );
} catch (error) {
  fail(error);
}

function readArguments(): v.InferOutput<typeof Options> {
  const text = { type: 'string' } as const;
  const parsed = v.safeParse(
    Options,
    readFlags({
      name: text,
      into: text,
      top: text,
      cut: text,
      pooling: text,
      size: text,
      range: text,
      licence: text,
    }),
  );
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new AppError('request_invalid', {
    detail: `${v.getDotPath(issue) ?? 'arguments'}: ${issue.message}. ${USAGE}`,
  });
}

function readFlags(options: Record<string, { readonly type: 'string' }>): Record<string, unknown> {
  try {
    const { values, positionals } = parseArgs({ allowPositionals: true, options });
    return { ...values, source: positionals[0] };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/\s+/g, ' ') : 'Malformed.';
    throw new AppError('request_invalid', { detail: `${reason} - ${USAGE}`, cause });
  }
}
