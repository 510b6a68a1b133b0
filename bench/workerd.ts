// The trunk in workerd on our engine and on tfjs's WASM backend, folded by our lowering and as tfjs-layers loads it, in Workers
// that differ in nothing else: from a start to the first prediction, and CPU time of the whole process for each prediction after that.
import { rmSync } from 'node:fs';
import * as v from 'valibot';
import { startWorker, type WorkerProcess } from '../scripts/support/worker-process.ts';
import { type Phase, readServerTiming } from '../src/client/server-timing.ts';
import { interleave, relativeError, type Summary, speedup, summarise } from './measure.ts';
import { workerdCpu } from './memory.ts';
import type { makeRequests, WorkerRequest } from './requests.ts';
import { table } from './table.ts';

const STATE = '.cache/bench-workerd';
const SIZE = 224;
/**
 * Predictions in one request. The kernel counts CPU time in steps of 10 ms, and what `wrangler dev` does for a request
 * takes as long as a prediction.
 */
const TIMES = 20;
/** Predictions after which V8 has compiled the engines for good. */
const WARMUP = 200;
/** Share of the greatest feature by which the engines may differ. */
const TOLERANCE = 1e-4;
const WORKERS = [
  { name: 'Topwork engine', config: 'bench/workers/engine.toml' },
  { name: 'tfjs folded (WASM)', config: 'bench/workers/tfjs.toml' },
  { name: 'tfjs-layers (WASM)', config: 'bench/workers/tfjs-layers.toml' },
] as const;

export interface WorkerdFigures {
  /** Side of the input, px. */
  readonly size: number;
  readonly first: {
    readonly request: string;
    readonly workers: readonly {
      readonly name: string;
      /** Client's, one for each start. */
      readonly ms: readonly number[];
      /** Of workerd, median; null where it cannot be read. */
      readonly cpu: number | null;
      /** The server's median ms of each phase. */
      readonly phases: Readonly<Record<string, number>>;
      /** Our engine's median against this one's: 1 for itself. */
      readonly ours: number;
    }[];
  };
  readonly warm: readonly {
    readonly request: string;
    readonly workers: readonly {
      readonly name: string;
      /** ms of each prediction. */
      readonly ms: Summary;
      /** CPU time of workerd for each, ms; null where it cannot be read. */
      readonly cpu: Summary | null;
      /** How many times as fast our engine is, median over the rounds. */
      readonly speedup: number;
    }[];
  }[];
}

export async function benchWorkerd(
  { small }: Awaited<ReturnType<typeof makeRequests>>,
  { quick }: { readonly quick: boolean },
): Promise<WorkerdFigures> {
  const requests = small
    .filter(({ init }) => init.headers['Content-Type']?.startsWith('image/'))
    .map((each) => ({ ...each, path: `${each.path}?size=${SIZE}` }));
  const [probe] = requests;
  if (probe === undefined) throw new Error('There is no request.');
  try {
    const starts = WORKERS.map((): FirstAnswer[] => []);
    const open = (at: number) => {
      const config = WORKERS[at]?.config;
      if (config === undefined) throw new Error('There is no such Worker.');
      return startWorker({ persistTo: `${STATE}/${at}`, config });
    };
    for (let start = 0; start < (quick ? 1 : 6); start++)
      for (const at of WORKERS.keys()) {
        const worker = await open(at);
        starts[at]?.push(await askFirst(worker, probe).finally(() => worker.stop()));
      }
    const workers: WorkerProcess[] = [];
    try {
      for (const at of WORKERS.keys()) {
        const worker = await open(at);
        workers.push(worker);
        starts[at]?.push(await askFirst(worker, probe));
      }
      const warm: WorkerdFigures['warm'][number][] = [];
      for (const worker of workers)
        await ask(worker, { ...probe, path: `${probe.path}&times=${quick ? TIMES : WARMUP}` });
      for (const request of requests) warm.push(await benchWarm(workers, request, quick ? 2 : 10));
      const times = starts.map((answers) => answers.map(({ ms }) => ms));
      const medians = times.map((ms) => summarise(ms).median);
      return {
        size: SIZE,
        first: {
          request: probe.name,
          workers: WORKERS.map(({ name }, i) => ({
            ...{ name, ms: times[i] ?? [], phases: mediansOf(starts[i] ?? []) },
            ...{
              cpu: medianCpu(starts[i] ?? []),
              ours: (medians[0] ?? Number.NaN) / (medians[i] ?? Number.NaN),
            },
          })),
        },
        warm,
      };
    } finally {
      for (const worker of workers) await worker.stop();
    }
  } finally {
    rmSync(STATE, { recursive: true, force: true });
  }
}

async function benchWarm(
  workers: readonly WorkerProcess[],
  request: WorkerRequest,
  rounds: number,
): Promise<WorkerdFigures['warm'][number]> {
  const [first, ...others] = await Promise.all(workers.map((worker) => ask(worker, request)));
  for (const other of others) {
    const error = relativeError(other.features, first?.features ?? []);
    if (!(error <= TOLERANCE)) throw new Error(`The Workers' answers differ by ${error}: nothing was timed.`);
  }
  const cpu = workers.map((): number[] => []);
  const contenders = workers.map((worker, i) => ({
    name: String(i),
    async run() {
      const before = workerdCpu(worker.pid);
      await ask(worker, { ...request, path: `${request.path}&times=${TIMES}` });
      const after = workerdCpu(worker.pid);
      if (before !== null && after !== null) cpu[i]?.push((after - before) / TIMES);
    },
  }));
  const batches = await interleave(contenders, { rounds, warmup: 1 });
  const samples = batches.map((ms) => ms.map((each) => each / TIMES));
  return {
    request: request.name,
    workers: WORKERS.map(({ name }, i) => {
      const [, ...kept] = cpu[i] ?? [];
      return {
        ...{ name, ms: summarise(samples[i] ?? []), cpu: kept.length === 0 ? null : summarise(kept) },
        speedup: speedup(samples[0] ?? [], samples[i] ?? []),
      };
    }),
  };
}

interface Answer {
  readonly features: readonly number[];
  /** Client's. */
  readonly ms: number;
  readonly phases: readonly Phase[];
}

async function ask({ origin }: WorkerProcess, { path, init, body }: WorkerRequest): Promise<Answer> {
  const start = performance.now();
  const response = await fetch(`${origin}${path}`, { ...init, body });
  const text = await response.text();
  const ms = performance.now() - start;
  if (!response.ok) throw new Error(`The Worker answered ${response.status}: ${text}`);
  return {
    features: v.parse(v.array(v.number()), JSON.parse(text)),
    ...{ ms, phases: readServerTiming(response.headers.get('Server-Timing')) },
  };
}

interface FirstAnswer extends Answer {
  readonly cpu: number | null;
}

async function askFirst(worker: WorkerProcess, request: WorkerRequest): Promise<FirstAnswer> {
  const before = workerdCpu(worker.pid);
  const answer = await ask(worker, request);
  const after = workerdCpu(worker.pid);
  return { ...answer, cpu: before === null || after === null ? null : after - before };
}

function medianCpu(answers: readonly FirstAnswer[]): number | null {
  const known = answers.flatMap(({ cpu }) => (cpu === null ? [] : [cpu]));
  return known.length === 0 ? null : summarise(known).median;
}

function mediansOf(answers: readonly Answer[]): Readonly<Record<string, number>> {
  const phases = answers.flatMap((answer) => answer.phases);
  const of = (name: string) => phases.flatMap((phase) => (phase.name === name ? [phase.ms ?? 0] : []));
  return Object.fromEntries(
    [...new Set(phases.map(({ name }) => name))].map((name) => [name, summarise(of(name)).median]),
  );
}

export function printWorkerd({ size, first, warm }: WorkerdFigures): string {
  const cell = (ms: Summary | null) => ms?.median.toFixed(1) ?? 'unknown here';
  const names = [...new Set(first.workers.flatMap(({ phases }) => Object.keys(phases)))];
  return [
    table(
      [
        `workerd, ${size} px, to the default cut`,
        'engine',
        'median ms',
        'p10 to p90',
        'CPU ms',
        'times ours',
      ],
      warm.flatMap(({ request, workers }) =>
        workers.map(({ name, ms, cpu, speedup: times }) => [
          ...[request, name, cell(ms), `${ms.p10.toFixed(1)} to ${ms.p90.toFixed(1)}`, cell(cpu)],
          times.toFixed(2),
        ]),
      ),
    ),
    '',
    table(
      [`first after a start: ${first.request}`, 'starts', 'median ms', 'range', 'CPU ms', ...names, 'ours'],
      first.workers.map(({ name, ms, cpu, phases, ours }) => [
        ...[name, `${ms.length}`, summarise(ms).median.toFixed(0)],
        `${Math.min(...ms).toFixed(0)} to ${Math.max(...ms).toFixed(0)}`,
        cpu?.toFixed(0) ?? 'unknown here',
        ...names.map((phase) => phases[phase]?.toFixed(0) ?? ''),
        `${ours.toFixed(2)} of it`,
      ]),
    ),
  ].join('\n');
}
