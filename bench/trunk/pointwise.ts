// How much of the machine's SIMD peak the pointwise layers reach: our engine's own programs, with a clock around every
// matrix product of a pointwise convolution, and the peak measured in the same rounds.

import type { KernelBuild } from '../../src/kernels/build.ts';
import { startEngine } from '../../src/kernels/engine.ts';
import { lowerWasm } from '../../src/trunk/engine/lower.ts';
import { truncate } from '../../src/trunk/graph.ts';
import { macsOf, shapesOf } from '../../src/trunk/shapes.ts';
import { summarise } from '../measure.ts';
import { openPeak } from '../train/peak.ts';
import type { Task } from './engine.ts';
import type { engineModules } from './modules.ts';
import { PointwiseClock } from './pointwise-clock.ts';

export interface PointwiseFigures {
  readonly build: KernelBuild;
  readonly cut: string;
  /** Side of the input, px. */
  readonly size: number;
  /** Multiply-accumulates of the pointwise layers, and of all, for one image. */
  readonly macs: { readonly pointwise: number; readonly all: number };
  /** GFLOP/s. */
  readonly peak: Rate;
  readonly pointwise: Rate;
  /** Of each round's own peak, median. */
  readonly share: number;
  /** The best of each product against the best peak: what other processes took is left out. */
  readonly bestShare: number;
}

interface Rate {
  readonly median: number;
  readonly best: number;
}

/** One per build. */
export async function benchPointwise(
  { trunk, cut, images }: Task,
  modules: ReturnType<typeof engineModules>,
  { quick }: { readonly quick: boolean },
): Promise<readonly PointwiseFigures[]> {
  const macs = countMacs({ trunk, cut, images });
  const figures: PointwiseFigures[] = [];
  for (const { build, module } of modules) {
    const peak = await openPeak(build);
    const clock = new PointwiseClock();
    const lowering = lowerWasm(trunk.model, {
      cut,
      module,
      build,
      start: (made) => clock.watch(startEngine(made)),
    });
    try {
      const peaks: number[] = [];
      const rounds: (readonly number[])[] = [];
      for (let round = -3; round < (quick ? 5 : 40); round++) {
        const before = peak();
        clock.reset();
        await lowering.run(images);
        if (clock.macs < macs.pointwise)
          throw new Error(`Only ${clock.macs} of ${macs.pointwise} multiply-accumulates were met.`);
        const after = peak();
        if (round < 0) continue;
        peaks.push(Math.max(before, after));
        rounds.push(clock.spans.map(({ ms }) => ms));
      }
      const rateOf = (spans: readonly number[]) => (2 * macs.pointwise) / sum(spans) / 1e6;
      const rates = rounds.map(rateOf);
      const [first = []] = rounds;
      const best = rateOf(first.map((_, i) => Math.min(...rounds.map((spans) => spans[i] ?? Number.NaN))));
      figures.push({
        ...{ build, cut, size: images.shape[1] ?? 0, macs },
        peak: { median: summarise(peaks).median, best: Math.max(...peaks) },
        pointwise: { median: summarise(rates).median, best },
        share: summarise(rates.map((rate, i) => rate / (peaks[i] ?? Number.NaN))).median,
        bestShare: best / Math.max(...peaks),
      });
    } finally {
      lowering.dispose();
    }
  }
  return figures;
}

function countMacs({ trunk, cut, images }: Task): PointwiseFigures['macs'] {
  const graph = truncate(trunk.model.graph, cut);
  const shapes = shapesOf(graph, images.shape.slice(1));
  const counts = graph.nodes.map((node) => ({
    macs: macsOf(node, shapes),
    pointwise: node.op.kind === 'conv2d' && node.op.window.every((side) => side === 1),
  }));
  return {
    pointwise: sum(counts.map(({ macs, pointwise }) => (pointwise ? macs : 0))),
    all: sum(counts.map(({ macs }) => macs)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
