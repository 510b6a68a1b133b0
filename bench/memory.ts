// Resident memory and CPU time of the workerd processes under a process, read from Linux's /proc; elsewhere nothing is
// known.
import { readdirSync, readFileSync } from 'node:fs';

/** Memory of one process, MiB. */
export interface Resident {
  readonly now: number;
  /** The most it ever was. */
  readonly peak: number;
}

/**
 * The largest workerd below `pid`, or null where there is none to be seen. `wrangler dev` runs a second, small one.
 * @param root where the processes are listed
 */
export function workerdMemory(pid: number, root = '/proc'): Resident | null {
  return workerds(pid, root)
    .map(({ id }) => residentOf(`${root}/${id}/status`))
    .reduce((a, b) => ((b?.now ?? 0) > (a?.now ?? 0) ? b : a), null);
}

/**
 * CPU time that all workerds below `pid` have taken so far, ms, or null where it cannot be read. It includes what the
 * platform does around a Worker: HTTP, and the local D1 and R2. The kernel counts in steps of 10 ms.
 */
export function workerdCpu(pid: number, root = '/proc'): number | null {
  const found = workerds(pid, root);
  if (found.length === 0) return null;
  return found.reduce((sum, { ticks }) => sum + ticks * TICK_MS, 0);
}

/** A kernel's USER_HZ is 100 wherever Node runs. */
const TICK_MS = 10;

function workerds(pid: number, root: string): readonly Process[] {
  const all = processes(root);
  const below = (candidate: number): boolean => {
    const parent = all.get(candidate)?.parent;
    return parent !== undefined && (parent === pid || below(parent));
  };
  return [...all.values()].filter(({ id, name }) => name === 'workerd' && below(id));
}

interface Process {
  readonly id: number;
  readonly name: string;
  readonly parent: number;
  /** User and system time, in the kernel's ticks. */
  readonly ticks: number;
}

function processes(root: string): ReadonlyMap<number, Process> {
  const found = new Map<number, Process>();
  for (const entry of names(root)) {
    // "1234 (name) S 1230 ...", and the name may hold anything but ends at the last bracket.
    const [, id, name, rest = ''] = /^(\d+) \((.*)\) \S (.*)/s.exec(text(`${root}/${entry}/stat`)) ?? [];
    if (name === undefined) continue;
    // From the fourth field on, as proc(5) counts them: the parent, and as 14th and 15th the times.
    const fields = rest.split(' ').map(Number);
    const [parent = 0, user = 0, system = 0] = [fields[0], fields[10], fields[11]];
    found.set(Number(id), { id: Number(id), name, parent, ticks: user + system });
  }
  return found;
}

function residentOf(path: string): Resident | null {
  const status = text(path);
  const mebibytes = (field: string) => {
    const [, kibibytes] = new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status) ?? [];
    return kibibytes === undefined ? null : Math.round(Number(kibibytes) / 102.4) / 10;
  };
  const now = mebibytes('VmRSS');
  const peak = mebibytes('VmHWM');
  return now === null || peak === null ? null : { now, peak };
}

function names(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

/** Empty where the file cannot be read: processes come and go. */
function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
