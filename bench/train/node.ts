// Training steps in Node: our kernels in both builds, gradients composed of tfjs's own ops on its WASM backend, and tfjs's
// plain JavaScript backend, in turns; before anything is timed, all must give the same gradients.
import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { KERNELS } from '../../scripts/support/build-kernels.ts';
import { chooseBuild, type KernelBuild } from '../../src/kernels/build.ts';
import { heapOf } from '../../src/kernels/heap.ts';
import { registerWasmTrainingKernels } from '../../src/kernels/register.ts';
import type { TrunkModel } from '../../src/trunk/model-files.ts';
import { relativeError, summarise } from '../measure.ts';
import { composeKernels, type KernelSet, takeKernels, useKernels } from './composed.ts';
import { openPeak } from './peak.ts';
import { CASES, type Macs, openStep, type Phases, type StepCase, type TrainStep } from './step.ts';

/** Share of the largest gradient of a variable by which two engines may differ. */
const TOLERANCE = 1e-3;
/** Of tfjs's plain JavaScript backend, which takes minutes. */
const CPU_STEPS = 2;

export interface EngineFigures {
  readonly name: string;
  /** ms of each round. */
  readonly phases: readonly Phases[];
  /** Greatest difference of a gradient from those of the first engine, as a share of the variable's largest. */
  readonly error: number;
  /** Of the machine's peak with this build's instructions, median of the rounds; null where it has no build. */
  readonly ofPeak: number | null;
}

export interface NodeFigures {
  readonly step: StepCase;
  readonly macs: Macs;
  /** tfjs's heap after the first steps; it grows and never shrinks, and the cases go from small to large. */
  readonly heapBytes: number;
  readonly engines: readonly EngineFigures[];
  /** GFLOP/s, best and median of the rounds. */
  readonly peaks: readonly { readonly build: KernelBuild; readonly best: number; readonly median: number }[];
}

export async function benchNode(
  model: TrunkModel,
  { quick, say }: { readonly quick: boolean; readonly say: (text: string) => void },
): Promise<readonly NodeFigures[]> {
  const builds: readonly KernelBuild[] = chooseBuild() === 'relaxed' ? ['relaxed', 'simd'] : ['simd'];
  const peaks = await Promise.all(builds.map(async (build) => ({ build, measure: await openPeak(build) })));
  const stock = takeKernels();
  const sets: { readonly name: string; readonly set: KernelSet; readonly build: KernelBuild | null }[] = [];
  for (const build of builds) {
    useKernels(stock);
    await registerWasmTrainingKernels({
      build,
      compile: (name) =>
        new WebAssembly.Module(new Uint8Array(readFileSync(`${KERNELS}/training-${name}.wasm`))),
    });
    const instructions = build === 'relaxed' ? 'relaxed SIMD' : 'plain SIMD';
    sets.push({ name: `our kernels, ${instructions}`, set: takeKernels(), build });
  }
  useKernels(stock);
  composeKernels();
  sets.push({ name: "composed of tfjs's own ops", set: takeKernels(), build: null });

  const cases = quick ? CASES.slice(0, 1) : CASES;
  const heaps: number[] = [];
  const first = sets[0];
  if (first === undefined) throw new Error('There are no kernels.');
  for (const each of cases) {
    useKernels(first.set);
    const step = openStep(model, each);
    await step.run();
    await step.run();
    heaps.push(heapOf(tf.backend()).buffer.byteLength);
    step.dispose();
  }

  const figures: NodeFigures[] = [];
  for (const [at, each] of cases.entries()) {
    say(`${each.name}, ${each.size} px`);
    const rounds = quick ? 3 : 20;
    const engines = sets.map((of) => {
      useKernels(of.set);
      return { ...of, step: openStep(model, each), phases: [] as Phases[], shares: [] as number[] };
    });
    const rates = peaks.map((): number[] => []);
    let reference: readonly Float32Array[] = [];
    const errors: number[] = [];
    for (const { set, step, name } of engines) {
      useKernels(set);
      const gradients = await step.gradients();
      if (errors.length === 0) reference = gradients;
      errors.push(compare(name, gradients, reference));
    }
    for (let round = -2; round < rounds; round++) {
      const now = peaks.map(({ measure }) => measure());
      for (const { set, step, phases, shares, build } of engines) {
        useKernels(set);
        const taken = await step.run();
        if (round < 0) continue;
        phases.push(taken);
        const peak = now[peaks.findIndex((p) => p.build === build)];
        if (peak !== undefined) shares.push(rateOf(step.macs, taken) / peak);
      }
      if (round >= 0)
        now.forEach((rate, i) => {
          rates[i]?.push(rate);
        });
    }
    const macs = engines[0]?.step.macs ?? { forward: 0, backward: 0 };
    for (const { step } of engines) step.dispose();
    const cpu = at === 0 && !quick ? [await onCpu(model, each, reference)] : [];
    figures.push({
      ...{ step: each, macs, heapBytes: heaps[at] ?? 0 },
      engines: [
        ...engines.map(({ name, phases, shares }, i) => ({
          ...{ name, phases, error: errors[i] ?? Number.NaN },
          ofPeak: shares.length === 0 ? null : summarise(shares).median,
        })),
        ...cpu,
      ],
      peaks: peaks.map(({ build }, i) => {
        const all = rates[i] ?? [];
        return { build, best: Math.max(...all), median: summarise(all).median };
      }),
    });
  }
  return figures;
}

/** GFLOP/s of the convolutions, over forward and backward. */
function rateOf({ forward, backward }: Macs, taken: Phases): number {
  return (2 * (forward + backward)) / (taken.forward + taken.backward) / 1e6;
}

async function onCpu(
  model: TrunkModel,
  each: StepCase,
  reference: readonly Float32Array[],
): Promise<EngineFigures> {
  const name = "tfjs's cpu backend";
  await tf.setBackend('cpu');
  let step: TrainStep | undefined;
  try {
    step = openStep(model, each);
    const error = compare(name, await step.gradients(), reference);
    const phases: Phases[] = [];
    for (let i = 0; i < CPU_STEPS; i++) phases.push(await step.run());
    return { name, phases, error, ofPeak: null };
  } finally {
    step?.dispose();
    await tf.setBackend('wasm');
  }
}

/** @throws Error when they are not the same: then nothing is timed */
function compare(
  name: string,
  gradients: readonly Float32Array[],
  reference: readonly Float32Array[],
): number {
  const error = Math.max(...reference.map((expected, i) => relativeError(gradients[i] ?? [], expected)));
  if (!(error <= TOLERANCE)) throw new Error(`The gradients of ${name} differ by ${error}.`);
  return error;
}
