// The commands that measure training, in their short forms: that they come to their end and print their figures.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const run = (script: string, ...args: readonly string[]) =>
  spawnSync(process.execPath, [script, ...args], { encoding: 'utf8', timeout: 220_000 });

describe('npm run bench:train', () => {
  it('prints a step of every engine, whose gradients agree, with machine, runtimes and peak', () => {
    const { stdout, stderr, status } = run('scripts/bench-train.ts', '--quick');
    expect(status, stderr).toBe(0);
    for (const line of [
      /cores, .* load/,
      /Node [\d.]+, V8 [\d.]+/,
      /our kernels, relaxed SIMD .* 1\.00 .* %/,
      /our kernels, plain SIMD .* %/,
      /composed of tfjs's own ops/,
      /peak GFLOP\/s .*relaxed .*simd .*WASM heap after a step \d+ MiB/,
      /Chromium [\d.]+, V8 [\d.]+; WebGL: .*/,
      /WASM, our kernels \(relaxed\)/,
      /WebGL .* \d/,
    ])
      expect(stdout).toMatch(line);
  });

  it('refuses bad arguments with one line', () => {
    const { stderr, status } = run('scripts/bench-train.ts', '--fast');
    expect(status).toBe(1);
    expect(stderr.trim()).toBe('request_invalid: Usage: npm run bench:train -- [--json] [--quick]');
  });
});

describe('npm run accuracy', () => {
  it('prints both tables in its short form, and leaves the committed one alone', () => {
    const committed = () => existsSync('docs/accuracy.md') && readFileSync('docs/accuracy.md', 'utf8');
    const before = committed();
    const { stdout, stderr, status } = run('scripts/accuracy.ts', '--quick');
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/fine-tuned, stored statistics, rate 1e-4 .*\| \d+\.\d \(/);
    expect(stdout).toMatch(/batch statistics.*\| \d+\.\d \(/);
    expect(stdout).toMatch(/low contrast .*(\| \d+\.\d \([\d. to]+\) ){3}/);
    expect(committed()).toBe(before);
  });
});
