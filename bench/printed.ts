// A script in a process of its own that prints JSON.
import { spawn } from 'node:child_process';
import { ended } from '../scripts/support/run.ts';

/** What it printed, parsed. @throws Error when it fails */
export async function printed(node: string, args: readonly string[]): Promise<unknown> {
  const child = spawn(node, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: string[] = [];
  child.stdout.on('data', (chunk) => chunks.push(String(chunk)));
  const code = await ended(child);
  if (code !== 0) throw new Error(`${node} ${args.join(' ')} ended with ${code}.`);
  return JSON.parse(chunks.join(''));
}
