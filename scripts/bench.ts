// npm run bench [-- --json] [-- --quick] [-- --only <part>]: installs the peers that only it needs into
// bench/, builds, and runs bench/main.ts with the same arguments. Never gates on time.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { readOptions } from '../bench/options.ts';
import { build } from './support/build.ts';
import { fail } from './support/fail.ts';
import { ended } from './support/run.ts';

const LOCK = 'bench/package-lock.json';
/** Written by npm at the end of an install. */
const INSTALLED = 'bench/node_modules/.package-lock.json';

try {
  readOptions(process.argv.slice(2));
  if (!existsSync(INSTALLED) || statSync(INSTALLED).mtimeMs < statSync(LOCK).mtimeMs) await install();
  await build({ quiet: true });
  const args = ['bench/main.ts', ...process.argv.slice(2)];
  const code = await ended(spawn(process.execPath, args, { stdio: 'inherit' }));
  process.exitCode = code === 0 ? 0 : 1;
} catch (error) {
  fail(error);
}

/** Without install scripts: onnxruntime-node's would fetch CUDA, and its CPU build is in the package. */
async function install(): Promise<void> {
  const args = ['ci', '--prefix', 'bench', '--ignore-scripts', '--no-audit', '--no-fund'];
  // npm's words go to stderr: stdout is for the figures.
  const code = await ended(spawn('npm', args, { stdio: ['ignore', 2, 2] }));
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}.`);
}
