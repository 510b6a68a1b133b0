// npm run bench [-- --json] [-- --quick] [-- --only trunk|head|edge|bytes]: installs the peers that only it needs into
// bench/, builds, and runs bench/main.ts with the same arguments. Never gates on time.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { build } from './support/build.ts';
import { fail } from './support/fail.ts';
import { ended } from './support/run.ts';

const LOCK = 'bench/package-lock.json';
/** Written by npm at the end of an install. */
const INSTALLED = 'bench/node_modules/.package-lock.json';

try {
  // Without install scripts: onnxruntime-node's would fetch CUDA, and the CPU build is in its package.
  if (!existsSync(INSTALLED) || statSync(INSTALLED).mtimeMs < statSync(LOCK).mtimeMs)
    await command('npm', ['ci', '--prefix', 'bench', '--ignore-scripts', '--no-audit', '--no-fund']);
  await build({ quiet: true });
  await command(process.execPath, ['bench/main.ts', ...process.argv.slice(2)], 'inherit');
} catch (error) {
  fail(error);
}

/** Runs a command to its end; what it says goes to stderr unless inherited, for --json owns stdout. */
async function command(name: string, args: readonly string[], stdout: 'inherit' | 2 = 2): Promise<void> {
  const code = await ended(spawn(name, args, { stdio: ['ignore', stdout, 'inherit'] }));
  if (code !== 0) throw new Error(`${[name, ...args].join(' ')} ended with ${code}.`);
}
