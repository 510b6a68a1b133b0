// npm run deploy [-- --dry-run]: builds, creates or updates the database's tables, and puts the Worker on Cloudflare.
import { parseArgs } from 'node:util';
import { build } from './support/build.ts';
import { fail } from './support/fail.ts';
import { run } from './support/run.ts';

try {
  const { values } = parseArgs({ options: { 'dry-run': { type: 'boolean' } } });
  await build();
  if (values['dry-run']) await run('wrangler', ['deploy', '--dry-run', '--outdir', 'dist/worker']);
  else {
    await run('wrangler', ['deploy']);
    await run('wrangler', ['d1', 'migrations', 'apply', 'DB', '--remote']);
  }
} catch (error) {
  fail(error);
}
