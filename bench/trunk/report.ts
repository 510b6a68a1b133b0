// The comparison of engines as text.
import { table } from '../table.ts';
import type { ChromiumFigures } from './chromium.ts';
import type { CaseFigures } from './contest.ts';
import type { NodeFigures } from './node.ts';

/** @param figures null where there was no such Node */
export function printNode(figures: NodeFigures | null): string {
  if (figures === null) return 'No other Node is at hand: skipped.';
  const { machine, base, cases } = figures;
  return `Node ${machine.node}, V8 ${machine.v8}, one thread, load ${machine.load}\n${printCases(base, cases)}`;
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
