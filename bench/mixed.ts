// Memory of the real Worker under mixed load: small and large images, features, trunk files, several at a time. Two
// measures: what V8 says of the isolate, which is what the platform's 128 MB are about, sampled while requests run; and
// the resident memory of workerd's whole process, with the local D1 and R2 and the code of V8 in it.
import { rmSync } from 'node:fs';
import { putHead } from '../scripts/support/edge-client.ts';
import { operatorSecret } from '../scripts/support/seed.ts';
import { freePort, startWorker } from '../scripts/support/worker-process.ts';
import { type Heap, type Inspector, openInspector } from './inspector.ts';
import { type Resident, workerdMemory } from './memory.ts';
import type { makeRequests, WorkerRequest } from './requests.ts';
import { table } from './table.ts';

const STATE = '.cache/bench-mixed';
const AT_ONCE = 4;

export interface MixedFigures {
  readonly at: readonly {
    readonly after: string;
    readonly requests: number;
    /** The most at any sample, and what is left after a garbage collection. */
    readonly most: Heap;
    readonly held: Heap;
    /** WASM memories, which are the same before and after: tfjs's and the decoders' heaps. */
    readonly wasm: number;
    readonly workerd: Resident | null;
  }[];
  readonly statuses: Readonly<Record<string, number>>;
}

export async function benchMixed(
  { small, large, photo }: Awaited<ReturnType<typeof makeRequests>>,
  {
    model,
    head,
    quick,
  }: { readonly model: string; readonly head: Uint8Array<ArrayBuffer>; readonly quick: boolean },
): Promise<MixedFigures> {
  rmSync(STATE, { recursive: true, force: true });
  // Kept in a file that the Worker reads when it starts.
  const secret = operatorSecret();
  const inspectorPort = await freePort();
  const worker = await startWorker({ persistTo: STATE, inspectorPort });
  const inspector = await openInspector(inspectorPort);
  try {
    await putHead(worker.origin, secret, model, head);
    const rounds = quick ? 5 : 40;
    const statuses: Record<string, number> = {};
    const at: MixedFigures['at'][number][] = [];
    for (const [after, requests] of [
      ['the start', []],
      ['small images and features', small],
      [`with ${large.name}`, [...small, large]],
      [`with ${photo.name}`, [...small, large, photo]],
    ] as const) {
      const all = Array.from({ length: rounds }, () => requests).flat();
      const most = await watch(inspector, () => askAll(worker.origin, all, statuses));
      const held = await inspector.heapCollected();
      const wasm = await inspector.wasm();
      at.push({ after, requests: all.length, most, held, wasm, workerd: workerdMemory(worker.pid) });
    }
    return { at, statuses };
  } finally {
    inspector.close();
    await worker.stop();
    rmSync(STATE, { recursive: true, force: true });
  }
}

/** The most that the isolate held while the work went on. */
async function watch(inspector: Inspector, work: () => Promise<void>): Promise<Heap> {
  let going = true;
  let most = await inspector.heap();
  const working = work().finally(() => {
    going = false;
  });
  while (going) {
    const { objects, buffers } = await inspector.heap();
    if (objects + buffers > most.objects + most.buffers) most = { objects, buffers };
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await working;
  return most;
}

async function askAll(
  origin: string,
  requests: readonly WorkerRequest[],
  statuses: Record<string, number>,
): Promise<void> {
  const left = [...requests];
  const one = async () => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const response = await fetch(`${origin}${next.path}`, { ...next.init, body: next.body });
      await response.arrayBuffer();
      const key = `${next.name}: ${response.status}`;
      statuses[key] = (statuses[key] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
}

export function printMixed({ at, statuses }: MixedFigures): string {
  const sum = ({ objects, buffers }: Heap, wasm = 0) => (objects + buffers + wasm).toFixed(0);
  return [
    table(
      ['memory, MiB, after', 'requests', 'isolate at most', 'JavaScript', 'WASM', 'held', 'workerd', 'peak'],
      at.map(({ after, requests, most, held, wasm, workerd }) => [
        ...[after, `${requests}`, sum(most, wasm), sum(most), wasm.toFixed(0), sum(held, wasm)],
        ...[workerd?.now.toFixed(0) ?? 'unknown here', workerd?.peak.toFixed(0) ?? ''],
      ]),
    ),
    `Answers: ${Object.entries(statuses)
      .map(([key, n]) => `${key} x ${n}`)
      .join(', ')}; ${AT_ONCE} at a time.`,
  ].join('\n');
}
