// The README's commands, run as a newcomer runs them, except that the build is done already.
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MAX_WORKER_GZIP_BYTES = 3 * 1024 * 1024;
let folder: string;
let children: ChildProcess[] = [];

/** A copy of what git tracks, without its history, so that a command's left-overs and secrets stay out of the tree. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'topwork-e2e-'));
  for (const name of readdirSync('.').filter((entry) => !SKIPPED.has(entry)))
    cpSync(name, join(folder, name), { recursive: true, filter: (path) => !path.includes('node_modules') });
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'));
});
const SKIPPED = new Set(['.git', '.wrangler', '.dev.vars', '.cache', 'node_modules', 'dist', 'models']);

afterEach(async () => {
  await Promise.all(children.map((child) => end(child)));
  children = [];
  rmSync(folder, { recursive: true, force: true });
});

/** Starts `npm run <script>`'s command in the copy. */
function start(script: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [`scripts/${script}.ts`, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => {
    output.stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output.stderr += chunk;
  });
  const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return { child, output, code };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await gone;
}

describe('npm run demo', () => {
  it('runs the loop and finds every promise kept', async () => {
    const { output, code } = start('demo', ['--json', '--train', '5', '--test', '4']);
    expect(await code, output.stderr).toBe(0);
    const result = JSON.parse(output.stdout);
    expect(result.checks).toHaveLength(8);
    expect(result.checks.filter((check: { ok: boolean }) => !check.ok)).toEqual([]);
    expect(result.edge.confusion.flat().reduce((a: number, b: number) => a + b)).toBe(40);
    expect(result.edge.largestDifference).toBeLessThan(1e-4);
    expect(result.batchNorm).toHaveLength(3);
  });

  it('refuses bad arguments with one line', async () => {
    const { output, code } = start('demo', ['--train', '1']);
    expect(await code).toBe(1);
    expect(output.stderr).toMatch(/^request_invalid: .*--train/);
    expect(output.stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('npm start', () => {
  it('prints an address that answers and a curl line that works as printed; Ctrl-C stops the Worker', async () => {
    const { child, output, code } = start('start', [], { PORT: '0' });
    await printed(child, () => output.stdout.includes('Ctrl-C'));
    const origin = /^Open\s+(\S+)$/m.exec(output.stdout)?.[1] ?? '';
    const curl = /^Predict\s+(curl .*)$/m.exec(output.stdout)?.[1] ?? '';
    expect((await fetch(origin)).status).toBe(200);
    const answer = await shell(curl);
    expect(JSON.parse(answer)).toHaveLength(3);
    expect(JSON.parse(answer)[0].label).toBe('ankle-boot');
    child.kill('SIGINT');
    expect(await code).toBe(0);
    await expect(fetch(origin)).rejects.toThrow();
  });
});

describe('npm run deploy', () => {
  it('builds a Worker of less than 3 MB in a dry run', async () => {
    const { output, code } = start('deploy', ['--dry-run']);
    expect(await code, output.stderr).toBe(0);
    const bundle = join(folder, 'dist/worker');
    expect(existsSync(join(bundle, 'index.js'))).toBe(true);
    const bytes = readdirSync(bundle)
      .filter((file) => /\.(js|wasm)$/.test(file))
      .reduce((sum, file) => sum + gzipSync(readFileSync(join(bundle, file))).length, 0);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(MAX_WORKER_GZIP_BYTES);
  });
});

/** Resolves once the child has printed what is waited for; rejects when it ends before. */
function printed(child: ChildProcess, isThere: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      if (isThere()) resolve();
    });
    child.once('exit', (code) => reject(new Error(`It ended with ${code} before.`)));
  });
}

/** Runs a line as a person would paste it. */
function shell(line: string): Promise<string> {
  const child = spawn('sh', ['-c', line], { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  return new Promise((resolve) => child.once('exit', () => resolve(text)));
}
