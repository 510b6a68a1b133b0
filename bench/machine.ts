// What the figures were taken on.
import { cpus, loadavg, platform, totalmem } from 'node:os';

export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly platform: string;
  readonly node: string;
  readonly v8: string;
  /** Processes waiting for a core, mean of the last minute: figures taken under load are slower. */
  readonly load: number;
}

export function describeMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memoryGiB: round(totalmem() / 2 ** 30),
    platform: `${platform()} ${process.arch}`,
    node: process.versions.node,
    v8: process.versions.v8,
    load: round(loadavg()[0] ?? 0),
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
