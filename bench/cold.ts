// From a stopped Worker to the first prediction: each start a new process, an empty isolate and cold caches of its own
// (the file system's are warm). What is measured is what a client waits, with and without a request before.
import { rmSync } from 'node:fs';
import { putHead } from '../scripts/support/edge-client.ts';
import { operatorSecret } from '../scripts/support/seed.ts';
import { startWorker } from '../scripts/support/worker-process.ts';
import { type Phase, readServerTiming } from '../src/client/server-timing.ts';
import { summarise } from './measure.ts';
import type { makeRequests, WorkerRequest } from './requests.ts';
import { table } from './table.ts';

const STATE = '.cache/bench-cold';

export interface ColdFigures {
  readonly request: string;
  /** Client's ms of the first and the second prediction, one for each start. */
  readonly first: readonly number[];
  readonly second: readonly number[];
  /** The server's median ms of each phase of the first. */
  readonly phases: Readonly<Record<string, number>>;
}

export async function benchCold(
  { small }: Awaited<ReturnType<typeof makeRequests>>,
  {
    model,
    head,
    quick,
  }: { readonly model: string; readonly head: Uint8Array<ArrayBuffer>; readonly quick: boolean },
): Promise<readonly ColdFigures[]> {
  rmSync(STATE, { recursive: true, force: true });
  try {
    // Kept in a file that the Worker reads when it starts.
    const secret = operatorSecret();
    const seeding = await startWorker({ persistTo: STATE });
    await putHead(seeding.origin, secret, model, head).finally(() => seeding.stop());
    const figures: ColdFigures[] = [];
    for (const request of small.filter(({ body }) => body !== null)) {
      const starts: (readonly [Asked, Asked])[] = [];
      for (let i = 0; i < (quick ? 2 : 7); i++) {
        const worker = await startWorker({ persistTo: STATE });
        try {
          starts.push([await ask(worker.origin, request), await ask(worker.origin, request)]);
        } finally {
          await worker.stop();
        }
      }
      const phases = starts.flatMap(([{ phases: each }]) => each);
      figures.push({
        request: request.name,
        first: starts.map(([{ ms }]) => ms),
        second: starts.map(([, { ms }]) => ms),
        phases: Object.fromEntries(
          [...new Set(phases.map(({ name }) => name))].map((name) => [
            name,
            summarise(phases.flatMap((phase) => (phase.name === name ? [phase.ms ?? 0] : []))).median,
          ]),
        ),
      });
    }
    return figures;
  } finally {
    rmSync(STATE, { recursive: true, force: true });
  }
}

interface Asked {
  readonly ms: number;
  readonly phases: readonly Phase[];
}

async function ask(origin: string, { path, init, body }: WorkerRequest): Promise<Asked> {
  const start = performance.now();
  const response = await fetch(`${origin}${path}`, { ...init, body });
  const text = await response.text();
  const ms = performance.now() - start;
  if (!response.ok) throw new Error(`The Worker answered ${response.status}: ${text}`);
  return { ms, phases: readServerTiming(response.headers.get('Server-Timing')) };
}

export function printCold(figures: readonly ColdFigures[]): string {
  const names = [...new Set(figures.flatMap(({ phases }) => Object.keys(phases)))];
  const range = (ms: readonly number[]) => `${Math.min(...ms).toFixed(0)} to ${Math.max(...ms).toFixed(0)}`;
  return table(
    ['after a start', 'starts', 'first, median ms', 'range', 'second', ...names],
    figures.map(({ request, first, second, phases }) => [
      ...[request, `${first.length}`, summarise(first).median.toFixed(0), range(first)],
      summarise(second).median.toFixed(1),
      ...names.map((name) => phases[name]?.toFixed(0) ?? ''),
    ]),
  );
}
