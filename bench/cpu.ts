// The real Worker against the same trunk on tfjs's plain JavaScript backend in the same kind of Worker, in turns.
import { rmSync } from 'node:fs';
import { putHead } from '../scripts/support/edge-client.ts';
import { operatorSecret } from '../scripts/support/seed.ts';
import { startWorker } from '../scripts/support/worker-process.ts';
import { readServerTiming } from '../src/client/server-timing.ts';
import { interleave, type Summary, speedup, summarise } from './measure.ts';
import type { makeRequests } from './requests.ts';
import { table } from './table.ts';

const STATE = '.cache/bench-cpu';
const CONFIG = 'bench/workers/cpu.toml';

export interface CpuFigures {
  readonly request: string;
  readonly contenders: readonly {
    readonly name: string;
    /** Client's ms. */
    readonly ms: Summary;
    /** The server's median ms in the trunk. */
    readonly trunk: number;
  }[];
  /** How many times as fast the WASM backend is, median over the rounds. */
  readonly speedup: number;
}

export async function benchCpu(
  { small }: Awaited<ReturnType<typeof makeRequests>>,
  {
    model,
    head,
    quick,
  }: { readonly model: string; readonly head: Uint8Array<ArrayBuffer>; readonly quick: boolean },
): Promise<CpuFigures> {
  const request = small.find(({ name }) => name.startsWith('JPEG')) ?? small[0];
  rmSync(STATE, { recursive: true, force: true });
  // Kept in a file that the Worker reads when it starts.
  const secret = operatorSecret();
  const ours = await startWorker({ persistTo: STATE });
  const peer = await startWorker({ persistTo: `${STATE}-peer`, config: CONFIG }).catch(
    async (cause: unknown) => {
      await ours.stop();
      throw cause;
    },
  );
  try {
    await putHead(ours.origin, secret, model, head);
    const trunk: Record<string, number[]> = {};
    const contenders = [
      { name: 'Topwork, WASM backend', origin: ours.origin },
      { name: 'tfjs, plain JavaScript backend', origin: peer.origin },
    ].map(({ name, origin }) => ({
      name,
      run: async () => {
        const response = await fetch(`${origin}${request.path}`, { ...request.init, body: request.body });
        if (!response.ok) throw new Error(`${name} answered ${response.status}: ${await response.text()}`);
        await response.arrayBuffer();
        const phases = readServerTiming(response.headers.get('Server-Timing'));
        const ms = phases.find((phase) => phase.name === 'trunk')?.ms ?? 0;
        trunk[name] = [...(trunk[name] ?? []), ms];
      },
    }));
    const samples = await interleave(contenders, { rounds: quick ? 5 : 30, warmup: 3 });
    return {
      request: request.name,
      contenders: contenders.map(({ name }, i) => ({
        name,
        ms: summarise(samples[i] ?? []),
        trunk: summarise((trunk[name] ?? []).slice(3)).median,
      })),
      speedup: speedup(samples[0] ?? [], samples[1] ?? []),
    };
  } finally {
    await Promise.all([ours.stop(), peer.stop()]);
    for (const folder of [STATE, `${STATE}-peer`]) rmSync(folder, { recursive: true, force: true });
  }
}

export function printCpu({ request, contenders, speedup: times }: CpuFigures): string {
  return [
    table(
      [`${request} in workerd, warm`, 'median ms', 'p95', 'in the trunk'],
      contenders.map(({ name, ms, trunk }) => [
        ...[name, ms.median.toFixed(1), ms.p95.toFixed(1), trunk.toFixed(1)],
      ]),
    ),
    `The WASM backend is ${times.toFixed(1)} times as fast.`,
  ].join('\n');
}
