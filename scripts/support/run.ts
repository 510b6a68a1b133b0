// Child processes of the commands: run to the end, or keep until stopped.
import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as v from 'valibot';

const PackageBin = v.object({ bin: v.union([v.string(), v.record(v.string(), v.string())]) });

/** Path of an installed package's command; run it with `process.execPath`, so that it gets this Node. */
export function binOf(pkg: string, name = pkg): string {
  const require = createRequire(import.meta.url);
  const file = (require.resolve.paths(pkg) ?? [])
    .map((path) => join(path, pkg, 'package.json'))
    .find((path) => {
      try {
        require(path);
        return true;
      } catch {
        return false;
      }
    });
  if (file === undefined) throw new Error(`${pkg} is not installed: run npm ci.`);
  const { bin } = v.parse(PackageBin, require(file));
  return join(dirname(file), typeof bin === 'string' ? bin : (bin[name] ?? ''));
}

/**
 * Runs a package's command to its end.
 * @param options.quiet keeps its output to itself unless it fails
 */
export async function run(
  pkg: string,
  args: readonly string[],
  options: {
    readonly quiet?: boolean;
    readonly env?: Readonly<Record<string, string>>;
    readonly bin?: string;
  } = {},
): Promise<void> {
  const child = spawn(process.execPath, [binOf(pkg, options.bin ?? pkg), ...args], {
    stdio: options.quiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
    env: { ...process.env, ...options.env },
  });
  const output = collect(child);
  const code = await ended(child);
  if (code !== 0) throw new Error(`${pkg} ${args.join(' ')} ended with ${code}.\n${output()}`);
}

/** Everything that a child prints from now on. */
export function collect(child: ChildProcess): () => string {
  const chunks: string[] = [];
  child.stdout?.on('data', (chunk) => chunks.push(String(chunk)));
  child.stderr?.on('data', (chunk) => chunks.push(String(chunk)));
  return () => chunks.join('');
}

/** Exit code, or the signal's name. */
export function ended(child: ChildProcess): Promise<number | string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 1));
  });
}
