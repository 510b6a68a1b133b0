// The comparison of engines as text.
import { table } from '../table.ts';
import type { ChromiumFigures } from './chromium.ts';
import type { CaseFigures } from './contest.ts';
import type { MemoryFigures } from './memory.ts';
import type { NodeFigures } from './node.ts';
import type { PointwiseFigures } from './pointwise.ts';

/** @param figures null where there was no such Node */
export function printNode(figures: NodeFigures | null): string {
  if (figures === null) return 'No other Node is at hand: skipped.';
  const { machine, memory, pointwise, base, cases } = figures;
  return [
    `Node ${machine.node}, V8 ${machine.v8}, one thread, load ${machine.load}`,
    ...[printCases(base, cases), printPointwise(pointwise), printMemory(memory)],
  ].join('\n');
}

export function printChromium({ version, v8, renderer, base, cases }: ChromiumFigures): string {
  return `Chromium ${version}, V8 ${v8}, one thread; WebGL by ${renderer}\n${printCases(base, cases)}`;
}

/** @param base name of the engine that the ratios are told of */
function printCases(base: string, cases: readonly CaseFigures[]): string {
  return cases
    .map(({ cut, size, batch, engines }) => {
      const counted = engines.some(({ cpu }) => cpu !== null);
      return table(
        [
          `to ${cut}, ${size} px, ${batch === 1 ? 'one image' : `${batch} images`}`,
          ...['median ms', 'p10 to p90', `times ${base}`],
          ...(counted ? ['CPU ms', 'times by CPU'] : []),
          'difference',
        ],
        engines.map(({ name, ms, speedup, cpu, error }) => [
          ...[name, ms.median.toFixed(2), `${ms.p10.toFixed(2)} to ${ms.p90.toFixed(2)}`, speedup.toFixed(2)],
          ...(cpu === null ? [] : [cpu.ms.median.toFixed(2), cpu.speedup.toFixed(2)]),
          error.toExponential(1),
        ]),
      );
    })
    .join('\n\n');
}

function printPointwise(figures: readonly PointwiseFigures[]): string {
  const rate = ({ median, best }: PointwiseFigures['peak']) => `${median.toFixed(1)} (${best.toFixed(1)})`;
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  const [first] = figures;
  return [
    '',
    table(
      [`pointwise layers, ${first?.size} px`, 'GFLOP/s (best)', 'SIMD peak (best)', 'share', 'of bests'],
      figures.map(({ build, peak, pointwise, share, bestShare }) => [
        build === 'relaxed' ? 'relaxed SIMD' : 'SIMD128',
        ...[rate(pointwise), rate(peak), percent(share), percent(bestShare)],
      ]),
    ),
    `${percent((first?.macs.pointwise ?? 0) / (first?.macs.all ?? 1))} of the ${first?.macs.all} multiply-accumulates are theirs.`,
  ].join('\n');
}

function printMemory({ cut, size, weights, arena, tfjsHeap }: MemoryFigures): string {
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `\nMemory to ${cut}, ${size} px: ours ${mib(weights)} of packed weights and an arena of ${mib(arena)}; tfjs's heap ${mib(tfjsHeap)}.`;
}
