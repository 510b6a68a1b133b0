// npm run trunk:import -- <folder | npm package[/path]> --name <name> [--top layer] [--cut layer] [--pooling 1x1|2x2]
//   [--size px] [--range 0,1] [--licence SPDX]
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
  v.tuple([v.pipe(v.number(), v.finite()), v.pipe(v.number(), v.finite())]),
);
const Options = v.object({
  source: v.string('a folder or an npm package'),
  name: ModelName,
  top: v.optional(v.string()),
  cut: v.optional(v.string()),
  pooling: v.optional(Pooling),
  size: v.optional(v.pipe(v.string(), v.regex(/^\d+$/), v.transform(Number))),
  range: v.optional(Range),
  licence: v.optional(v.string()),
});

try {
  const text = { type: 'string' } as const;
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { name: text, top: text, cut: text, pooling: text, size: text, range: text, licence: text },
  });
  const parsed = v.safeParse(Options, { ...values, source: positionals[0] });
  if (!parsed.success)
    throw new AppError('request_invalid', {
      detail: `${v.getDotPath(parsed.issues[0]) ?? 'arguments'}: ${parsed.issues[0].message}. Usage: npm run trunk:import -- <folder | npm package[/path]> --name <name> [--top layer] [--cut layer] [--pooling 1x1|2x2] [--size px] [--range 0,1] [--licence SPDX]`,
    });
  const manifest = await importTrunkFolder({ ...parsed.output, into: 'models' });
  const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  console.log(
    `models/${manifest.name}: ${(bytes / 1e6).toFixed(2)} MB, ${manifest.parameters.toLocaleString('en')} parameters`,
  );
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
