// Resident memory of the workerd processes under a process, read from Linux's /proc; elsewhere nothing is known.
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
  const all = processes(root);
  const below = (candidate: number): boolean => {
    const parent = all.get(candidate)?.parent;
    return parent !== undefined && (parent === pid || below(parent));
  };
  const sizes = [...all.values()].filter(({ id, name }) => name === 'workerd' && below(id));
  return sizes
    .map(({ id }) => residentOf(`${root}/${id}/status`))
    .reduce((a, b) => ((b?.now ?? 0) > (a?.now ?? 0) ? b : a), null);
}

interface Process {
  readonly id: number;
  readonly name: string;
  readonly parent: number;
}

function processes(root: string): ReadonlyMap<number, Process> {
  const found = new Map<number, Process>();
  for (const entry of names(root)) {
    // "1234 (name) S 1230 ...", and the name may hold anything but ends at the last bracket.
    const [, id, name, parent] = /^(\d+) \((.*)\) \S (\d+)/s.exec(text(`${root}/${entry}/stat`)) ?? [];
    if (name !== undefined) found.set(Number(id), { id: Number(id), name, parent: Number(parent) });
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
