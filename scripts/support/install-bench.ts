// Installs what only the benchmarks and Lighthouse need, into bench/, when it is not there or not as the lock file says.
import { spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { ended } from './run.ts';

const LOCK = 'bench/package-lock.json';
/** Written by npm at the end of an install. */
const INSTALLED = 'bench/node_modules/.package-lock.json';

/** Without install scripts: onnxruntime-node's would fetch CUDA, and its CPU build is in the package. */
export async function installBench(): Promise<void> {
  if (existsSync(INSTALLED) && statSync(INSTALLED).mtimeMs >= statSync(LOCK).mtimeMs) return;
  const args = ['ci', '--prefix', 'bench', '--ignore-scripts', '--no-audit', '--no-fund'];
  // npm's words go to stderr: stdout is for the figures.
  const code = await ended(spawn('npm', args, { stdio: ['ignore', 2, 2] }));
  if (code !== 0) throw new Error(`npm ${args.join(' ')} ended with ${code}.`);
}
