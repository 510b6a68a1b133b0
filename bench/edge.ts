// Predictions by the real Worker in workerd over HTTP, one after the other: the first after a start, the next ones, and
// what workerd's process takes of memory. What is measured is what a client on the same machine waits.
import { rmSync } from 'node:fs';
import { putHead } from '../scripts/support/edge-client.ts';
import { operatorSecret } from '../scripts/support/seed.ts';
import { startWorker, type WorkerProcess } from '../scripts/support/worker-process.ts';
import { type Phase, readServerTiming } from '../src/client/server-timing.ts';
import { interleave, type Summary, summarise } from './measure.ts';
import { type Resident, workerdMemory } from './memory.ts';
import type { makeRequests, WorkerRequest } from './requests.ts';

import { table } from './table.ts';

const STATE = '.cache/bench-worker';

export interface EdgeFigures {
  /** Client's ms of the first prediction after a start, one for each start; /api/health has answered before. */
  readonly first: { readonly request: string; readonly ms: readonly number[] };
  readonly warm: readonly {
    readonly request: string;
    readonly bytes: number;
    /** Client's ms. */
    readonly ms: Summary;
    /** The server's median ms of each phase. */
    readonly phases: Readonly<Record<string, number>>;
  }[];
  /** Of workerd's whole process, MiB; null where it cannot be read. */
  readonly memory: readonly { readonly after: string; readonly workerd: Resident | null }[];
}

type Requests = Awaited<ReturnType<typeof makeRequests>>;

/** @param head what to predict with, encoded; it becomes the default head of its model */
export async function benchEdge(
  requests: Requests,
  {
    model,
    head,
    quick,
  }: { readonly model: string; readonly head: Uint8Array<ArrayBuffer>; readonly quick: boolean },
): Promise<EdgeFigures> {
  const options = { persistTo: STATE };
  const starts = quick ? 2 : 5;
  const [probe] = requests.small;
  rmSync(STATE, { recursive: true, force: true });
  try {
    const secret = operatorSecret();
    await using(await startWorker(options), ({ origin }) => putHead(origin, secret, model, head));
    const first: number[] = [];
    for (let i = 1; i < starts; i++)
      first.push(await using(await startWorker(options), ({ origin }) => timed(origin, probe)));
    const { ms, ...rest } = await using(await startWorker(options), (worker) =>
      benchStarted(worker, requests, { rounds: quick ? 10 : 100 }),
    );
    return { first: { request: probe.name, ms: [...first, ms] }, ...rest };
  } finally {
    rmSync(STATE, { recursive: true, force: true });
  }
}

/** A freshly started Worker: its first prediction, then small ones in turns, then large ones, and its memory between. */
async function benchStarted(
  { origin, pid }: WorkerProcess,
  { small, large }: Requests,
  { rounds }: { readonly rounds: number },
): Promise<Pick<EdgeFigures, 'warm' | 'memory'> & { readonly ms: number }> {
  const memory: EdgeFigures['memory'][number][] = [];
  const note = (after: string) => memory.push({ after, workerd: workerdMemory(pid) });
  note('the start');
  const ms = await timed(origin, small[0]);
  note('the first prediction');
  const warm = await benchWarm(origin, small, rounds);
  note(`${rounds} rounds of small requests`);
  warm.push(...(await benchWarm(origin, [large], Math.ceil(rounds / 4))));
  note(`${Math.ceil(rounds / 4)} times ${large.name} more`);
  return { ms, warm, memory };
}

async function benchWarm(
  origin: string,
  requests: readonly WorkerRequest[],
  rounds: number,
): Promise<EdgeFigures['warm'][number][]> {
  const phases = requests.map((): Phase[] => []);
  const contenders = requests.map((request, i) => ({
    name: request.name,
    run: async () => phases[i]?.push(...(await ask(origin, request))),
  }));
  const samples = await interleave(contenders, { rounds, warmup: 2 });
  return requests.map(({ name, body }, i) => ({
    request: name,
    bytes: body?.length ?? 0,
    ms: summarise(samples[i] ?? []),
    phases: mediansByName(phases[i] ?? []),
  }));
}

async function using<T>(worker: WorkerProcess, work: (worker: WorkerProcess) => Promise<T>): Promise<T> {
  try {
    return await work(worker);
  } finally {
    await worker.stop();
  }
}

async function timed(origin: string, request: WorkerRequest): Promise<number> {
  const start = performance.now();
  await ask(origin, request);
  return performance.now() - start;
}

async function ask(origin: string, { path, init, body }: WorkerRequest): Promise<readonly Phase[]> {
  const response = await fetch(`${origin}${path}`, { ...init, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`The Worker answered ${response.status}: ${text}`);
  return readServerTiming(response.headers.get('Server-Timing'));
}

/** The server's clock ticks in whole ms at best: a phase without a duration counts as none. */
function mediansByName(phases: readonly Phase[]): Readonly<Record<string, number>> {
  const names = [...new Set(phases.map(({ name }) => name))];
  return Object.fromEntries(
    names.map((name) => [
      name,
      summarise(phases.flatMap((phase) => (phase.name === name ? [phase.ms ?? 0] : []))).median,
    ]),
  );
}

export function printEdge({ first, warm, memory }: EdgeFigures): string {
  const { median, n } = summarise(first.ms);
  const range = `${Math.min(...first.ms).toFixed(0)} to ${Math.max(...first.ms).toFixed(0)}`;
  const names = [...new Set(warm.flatMap(({ phases }) => Object.keys(phases)))];
  const measured = names.filter((name) => warm.some(({ phases }) => (phases[name] ?? 0) > 0));
  return [
    table(
      ['workerd over HTTP, warm', 'bytes', 'median ms', 'p95', ...measured],
      warm.map(({ request, bytes, ms, phases }) => [
        request,
        `${bytes}`,
        ms.median.toFixed(1),
        ms.p95.toFixed(1),
        ...measured.map((name) => phases[name]?.toFixed(1) ?? ''),
      ]),
    ),
    `\nFirst prediction after a start (${first.request}): median ${median.toFixed(0)} ms, ${range}, of ${n} starts.\n`,
    table(
      ['memory of workerd after', 'MiB', 'peak'],
      memory.map(({ after, workerd }) => [
        after,
        workerd?.now.toFixed(0) ?? 'unknown here',
        workerd?.peak.toFixed(0) ?? '',
      ]),
    ),
  ].join('\n');
}
