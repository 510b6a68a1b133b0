// The same trunk on several engines in one process, in turns. Before anything is timed, all must give the same numbers.
// Runs in Node and in a page alike.
import type { ModelManifest } from '../../src/contract/manifest.ts';
import { decodeInput } from '../../src/image/decode.ts';
import { interleave, relativeError, type Summary, speedup, summarise } from '../measure.ts';
import { channelsFirst, type Engine, type Ready, type Task } from './engine.ts';

/** Rounds that are not kept. */
const WARMUP = 3;
/** Share of the activation's greatest value by which two engines may differ. */
const TOLERANCE = 1e-4;
const SIZES = [224, 160, 96];
const BATCHES = [1, 8];

export interface Case {
  readonly cut: string;
  /** Side of the input, px. */
  readonly size: number;
  readonly batch: number;
  readonly rounds: number;
}

export interface CaseFigures extends Case {
  readonly engines: readonly {
    readonly name: string;
    readonly ms: Summary;
    /** Times as fast as the engine compared with, median of the rounds' ratios. */
    readonly speedup: number;
    /** The same of the process's CPU time, which other processes disturb less; null where it cannot be read. */
    readonly cpu: { readonly ms: Summary; readonly speedup: number } | null;
    /** Greatest difference from the first engine's activation, over its greatest value. */
    readonly error: number;
  }[];
}

/** To the default cut and to the end, at each size (the smallest when it is quick), for one image and for eight. */
export function casesOf({ defaults, cuts }: ModelManifest, { quick }: { readonly quick: boolean }): Case[] {
  const ends = [...new Set([defaults.cut, cuts.at(-1)?.layer ?? defaults.cut])];
  return ends.flatMap((cut) =>
    BATCHES.flatMap((batch) =>
      (quick ? SIZES.slice(-1) : SIZES).map((size) => ({
        ...{ cut, size, batch },
        rounds: quick ? 4 : batch === 1 ? 40 : 10,
      })),
    ),
  );
}

/**
 * @param pictures PNG files, at least as many as the batch is large
 * @param base the engine of the others' speedups
 * @param cpuClock ms of CPU time that this process has taken
 * @throws Error when an engine's numbers are not the first one's
 */
export async function contest(
  engines: readonly Engine[],
  base: Engine,
  trunk: Task['trunk'],
  pictures: readonly Uint8Array[],
  each: Case,
  cpuClock?: () => number,
): Promise<CaseFigures> {
  const { cut, size, batch, rounds } = each;
  const images = await toBatch(pictures.slice(0, batch), { size, range: trunk.manifest.input.range });
  const channels = trunk.manifest.cuts.find(({ layer }) => layer === cut)?.dim ?? 1;
  const ready: (Ready & Pick<Engine, 'name' | 'channelsFirst'>)[] = [];
  try {
    for (const engine of engines) {
      const { run, dispose } = await engine.prepare({ trunk, cut, images });
      ready.push({ ...engine, run, dispose });
    }
    const errors = await compareAnswers(ready, channels, batch);
    const cpu = ready.map((): number[] => []);
    const contenders = ready.map(({ name, run }, i) => ({
      name,
      async run() {
        const start = cpuClock?.() ?? 0;
        await run();
        if (cpuClock !== undefined) cpu[i]?.push(cpuClock() - start);
      },
    }));
    const samples = await interleave(contenders, { rounds, warmup: WARMUP });
    const figuresOf = (all: readonly (readonly number[])[], i: number) => ({
      ms: summarise(all[i] ?? []),
      speedup: speedup(all[i] ?? [], all[engines.indexOf(base)] ?? []),
    });
    const kept = cpu.map((ms) => ms.slice(WARMUP));
    return {
      ...each,
      engines: ready.map(({ name }, i) => ({
        name,
        ...figuresOf(samples, i),
        cpu: cpuClock === undefined ? null : figuresOf(kept, i),
        error: errors[i] ?? Number.NaN,
      })),
    };
  } finally {
    for (const { dispose } of ready) await dispose();
  }
}

async function compareAnswers(
  ready: readonly (Ready & Pick<Engine, 'name' | 'channelsFirst'>)[],
  channels: number,
  batch: number,
): Promise<readonly number[]> {
  const [first, ...others] = ready;
  const reference = (await first?.run()) ?? new Float32Array();
  const planes = channelsFirst(reference, channels, batch);
  const errors = [0];
  for (const other of others) {
    const error = relativeError(await other.run(), other.channelsFirst ? planes : reference);
    if (!(error <= TOLERANCE))
      throw new Error(
        `${other.name} differs by ${error} from ${first?.name}, more than ${TOLERANCE}: nothing was timed.`,
      );
    errors.push(error);
  }
  return errors;
}

/** @returns [n,size,size,3] */
export async function toBatch(
  pictures: readonly Uint8Array[],
  spec: { readonly size: number; readonly range: readonly [number, number] },
): Promise<Task['images']> {
  const { size } = spec;
  const stride = size * size * 3;
  const data = new Float32Array(pictures.length * stride);
  for (const [i, bytes] of pictures.entries())
    await decodeInput(bytes, PNG_ONLY, spec, { out: data.subarray(i * stride, (i + 1) * stride) });
  return { data, shape: [pictures.length, size, size, 3] };
}

const PNG_ONLY = {
  webp: () => Promise.reject(new Error('The pictures of the benchmark are PNG.')),
};
