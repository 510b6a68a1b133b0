// What `npm run bench:train` prints.
import { speedup, summarise } from '../measure.ts';
import { table } from '../table.ts';
import type { ChromiumFigures } from './chromium.ts';
import type { EngineFigures, NodeFigures } from './node.ts';
import { BATCH, type Phases, type StepCase } from './step.ts';

const MIB = 2 ** 20;

export function printNode({ step, macs, heapBytes, engines, peaks }: NodeFigures): string {
  const own = engines[0];
  const rows = engines.map((engine) => [
    engine.name,
    ...phaseCells(engine.phases),
    own === undefined ? '' : ratio(own, engine),
    engine.ofPeak === null ? '' : `${(100 * engine.ofPeak).toFixed(0)} %`,
    engine.error.toExponential(0),
  ]);
  const peak = peaks.map(
    ({ build, best, median }) => `${build} ${best.toFixed(1)} (median ${median.toFixed(1)})`,
  );
  const gmac = (macs.forward + macs.backward) / 1e9;
  return [
    table(
      [
        title(step),
        'forward',
        'backward',
        'update',
        'step',
        'p10 to p90',
        'times ours',
        'of peak',
        'differs',
      ],
      rows,
    ),
    `${gmac.toFixed(2)} GMAC a step; peak GFLOP/s in the same rounds: ${peak.join(', ')}; WASM heap after a step ${(heapBytes / MIB).toFixed(0)} MiB`,
  ].join('\n');
}

export function printChromium({ version, v8, steps }: ChromiumFigures): string {
  const tables = steps.map(({ step, build, wasm, webgl, error }) => {
    const ratios = speedup(wasm.map(total), webgl.map(total));
    return table(
      [title(step), 'forward', 'backward', 'update', 'step', 'p10 to p90', 'times ours', 'differs'],
      [
        [`WASM, our kernels (${build})`, ...phaseCells(wasm), '1.00', ''],
        ['WebGL', ...phaseCells(webgl), ratios.toFixed(2), error.toExponential(0)],
      ],
    );
  });
  return [
    `Chromium ${version}, V8 ${v8}; WebGL: ${steps[0]?.renderer ?? 'none'}. SwiftShader is WebGL in software: a phone's GPU is another matter.`,
    ...tables,
  ].join('\n\n');
}

export const LEGEND =
  `Medians in ms of rounds in turns, batch ${BATCH}; "times ours": the median of the rounds' ratios; "of peak": convolutions forward and\n` +
  'backward against a tile whose operands stay in the first cache, by the same instructions; "differs": gradients, as a share of the largest.';

function title({ name, size }: StepCase): string {
  return `${name}, ${size} px`;
}

function total({ forward, backward, update }: Phases): number {
  return forward + backward + update;
}

function phaseCells(phases: readonly Phases[]): readonly string[] {
  const median = (of: (phase: Phases) => number) => digits(summarise(phases.map(of)).median);
  const { p10, p90 } = summarise(phases.map(total));
  return [
    ...[median((p) => p.forward), median((p) => p.backward), median((p) => p.update), median(total)],
    `${digits(p10)} to ${digits(p90)}`,
  ];
}

/** How many times as long: paired by round where there are as many, else of the medians. */
function ratio(own: EngineFigures, other: EngineFigures): string {
  const [mine, theirs] = [own.phases.map(total), other.phases.map(total)];
  const times =
    mine.length === theirs.length ? speedup(mine, theirs) : summarise(theirs).median / summarise(mine).median;
  return digits(times, 2);
}

function digits(value: number, most = 1): string {
  return value >= 1000 ? value.toFixed(0) : value.toFixed(most);
}
