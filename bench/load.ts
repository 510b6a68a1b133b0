// Throughput and tail latency of the real Worker under load, 1 to 64 connections on the loopback, and the CPU time of
// workerd for each request. The load generator shares the cores with the Worker, and so takes from what is measured.
import { rmSync } from 'node:fs';
import autocannon from 'autocannon';
import { putHead } from '../scripts/support/edge-client.ts';
import { operatorSecret } from '../scripts/support/seed.ts';
import { startWorker } from '../scripts/support/worker-process.ts';
import { workerdCpu } from './memory.ts';
import type { makeRequests, WorkerRequest } from './requests.ts';
import { table } from './table.ts';

const STATE = '.cache/bench-load';
const CONNECTIONS = [1, 4, 16, 64];

/** One request over and over on so many connections. */
export interface LoadFigures {
  readonly request: string;
  readonly connections: number;
  readonly perSecond: number;
  /** ms at the client */
  readonly latency: {
    readonly p50: number;
    readonly p90: number;
    readonly p99: number;
    readonly max: number;
  };
  /** Answers that were no success, and connections that failed. */
  readonly failures: number;
  /** CPU time of workerd for each request, ms, with what the platform does around the Worker; null: unknown here. */
  readonly cpuMs: number | null;
}

export async function benchLoad(
  { small }: Awaited<ReturnType<typeof makeRequests>>,
  {
    model,
    head,
    quick,
  }: { readonly model: string; readonly head: Uint8Array<ArrayBuffer>; readonly quick: boolean },
): Promise<readonly LoadFigures[]> {
  rmSync(STATE, { recursive: true, force: true });
  // Kept in a file that the Worker reads when it starts.
  const secret = operatorSecret();
  const worker = await startWorker({ persistTo: STATE });
  try {
    await putHead(worker.origin, secret, model, head);
    const seconds = quick ? 2 : 8;
    const figures: LoadFigures[] = [];
    for (const request of small) {
      await shoot(worker, request, 1, 1);
      for (const connections of CONNECTIONS) figures.push(await shoot(worker, request, connections, seconds));
    }
    return figures;
  } finally {
    await worker.stop();
    rmSync(STATE, { recursive: true, force: true });
  }
}

async function shoot(
  { origin, pid }: { readonly origin: string; readonly pid: number },
  { name, path, init, body }: WorkerRequest,
  connections: number,
  duration: number,
): Promise<LoadFigures> {
  const before = workerdCpu(pid);
  const result = await autocannon({
    ...{ url: `${origin}${path}`, connections, duration, ...init },
    ...(body === null ? {} : { body: Buffer.from(body) }),
  });
  const after = workerdCpu(pid);
  const { total } = result.requests;
  const { p50, p90, p99, max } = result.latency;
  return {
    ...{ request: name, connections, perSecond: total / result.duration, latency: { p50, p90, p99, max } },
    failures: result.non2xx + result.errors + result.timeouts,
    cpuMs: before === null || after === null ? null : (after - before) / total,
  };
}

export function printLoad(figures: readonly LoadFigures[]): string {
  return table(
    ['under load', 'connections', 'a second', 'p50 ms', 'p90', 'p99', 'max', 'failures', 'CPU ms each'],
    figures.map(({ request, connections, perSecond, latency, failures, cpuMs }) => [
      ...[request, `${connections}`, perSecond.toFixed(perSecond < 100 ? 1 : 0)],
      ...[latency.p50, latency.p90, latency.p99, latency.max].map((ms) => ms.toFixed(0)),
      ...[`${failures}`, cpuMs?.toFixed(2) ?? 'unknown here'],
    ]),
  );
}
