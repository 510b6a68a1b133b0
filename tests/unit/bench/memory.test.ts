import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { workerdCpu, workerdMemory } from '../../../bench/memory.ts';

describe('workerdMemory', () => {
  let root = '';
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'topwork-proc-'));
    mkdirSync(join(root, 'sys'));
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const add = (id: number, name: string, parent: number, now: number, peak: number) => {
    mkdirSync(join(root, `${id}`));
    // pid (comm) state ppid pgrp session tty tpgid flags minflt cminflt majflt cmajflt utime stime
    const times = `${id} 30`;
    const stat = `${id} (${name}) S ${parent} ${id} 1 0 -1 0 1 2 3 4 ${times} 0 0 20\n`;
    writeFileSync(join(root, `${id}`, 'stat'), stat);
    const status = `Name:\t${name}\nVmHWM:\t  ${peak} kB\nVmRSS:\t  ${now} kB\n`;
    writeFileSync(join(root, `${id}`, 'status'), status);
  };

  it('gives the largest workerd below the process, at any depth, in MiB', () => {
    add(10, 'node', 1, 900_000, 900_000);
    add(11, 'odd) S 1 (name', 10, 1024, 1024);
    add(12, 'workerd', 11, 150 * 1024, 160 * 1024);
    add(13, 'workerd', 10, 100 * 1024, 300 * 1024);
    add(14, 'workerd', 1, 500 * 1024, 500 * 1024);
    expect(workerdMemory(10, root)).toEqual({ now: 150, peak: 160 });
    // User and system time of 12 and 13 in ticks of 10 ms.
    expect(workerdCpu(10, root)).toBe((12 + 30 + 13 + 30) * 10);
  });

  it('knows nothing where there is no workerd, no such process or no list of processes', () => {
    add(10, 'node', 1, 1024, 1024);
    expect(workerdMemory(10, root)).toBeNull();
    expect(workerdMemory(99, root)).toBeNull();
    expect(workerdCpu(10, root)).toBeNull();
    expect(workerdMemory(10, join(root, 'nothing'))).toBeNull();
  });
});
