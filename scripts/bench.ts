// npm run bench [-- --json] [-- --quick] [-- --only <part>]: installs the peers that only it needs into
// bench/, builds, and runs bench/main.ts with the same arguments. Never gates on time.
import { spawn } from 'node:child_process';
import { readOptions } from '../bench/options.ts';
import { build } from './support/build.ts';
import { fail } from './support/fail.ts';
import { installBench } from './support/install-bench.ts';
import { ended } from './support/run.ts';

try {
  readOptions(process.argv.slice(2));
  await installBench();
  await build({ quiet: true });
  const args = ['bench/main.ts', ...process.argv.slice(2)];
  const code = await ended(spawn(process.execPath, args, { stdio: 'inherit' }));
  process.exitCode = code === 0 ? 0 : 1;
} catch (error) {
  fail(error);
}
