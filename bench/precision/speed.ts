// How long one image takes to the default cut with its pointwise products in floats, in words and in bytes: the same
// programs, by turns, in this process. Rounding the activations and scaling the sums are part of the products.
import { DEFAULT_TRUNK, MODELS } from '../../scripts/support/default-trunk.ts';
import { readGarments } from '../../scripts/support/fashion.ts';
import type { KernelBuild } from '../../src/kernels/build.ts';
import { lowerWasm, type WasmLowering } from '../../src/trunk/engine/lower.ts';
import { type Contender, interleave, relativeError, speedup, summarise } from '../measure.ts';
import { readTrunk } from '../read-trunk.ts';
import { toBatch } from '../trunk/contest.ts';
import { engineModules } from '../trunk/modules.ts';
import type { Arithmetic } from './layers.ts';
import { WholeNumbers } from './whole-numbers.ts';

export interface SpeedFigures {
  readonly node: string;
  readonly v8: string;
  /** Switches that V8 was started with. */
  readonly flags: readonly string[];
  readonly cut: string;
  /** px */
  readonly size: number;
  readonly contenders: readonly {
    readonly build: KernelBuild;
    /** Null: floats. */
    readonly arithmetic: Arithmetic | null;
    /** Median ms, all of it and its pointwise products alone. */
    readonly whole: number;
    readonly pointwise: number;
    /** Each round's time by that of the floats of the same build, median. */
    readonly ratio: number;
    readonly pointwiseRatio: number;
    /** Of the activation, by the floats of the same build. */
    readonly difference: number;
  }[];
}

type Figure = SpeedFigures['contenders'][number];
type Entry = Pick<Figure, 'build' | 'arithmetic' | 'difference'> & {
  readonly numbers: WholeNumbers;
  readonly lowering: WasmLowering;
};

export async function benchSpeedHere({ quick }: { readonly quick: boolean }): Promise<SpeedFigures> {
  const { model, manifest } = await readTrunk(`${MODELS}/${DEFAULT_TRUNK}`);
  const { cut } = manifest.defaults;
  const { size, range } = manifest.input;
  const images = await toBatch(
    readGarments('test', 1)
      .slice(0, 1)
      .map(({ bytes }) => bytes),
    { size, range },
  );
  const entries: Entry[] = [];
  for (const { build, module } of engineModules())
    for (const arithmetic of [null, 'sixteen', 'eight'] as const) {
      // Products of bytes are relaxed instructions.
      if (arithmetic === 'eight' && build !== 'relaxed') continue;
      const numbers = new WholeNumbers({ model, cut }, arithmetic, build);
      const lowering = lowerWasm(model, { cut, module, build, start: numbers.start });
      const { data: expected } = await lowering.run(images);
      numbers.use();
      const difference = relativeError((await lowering.run(images)).data, expected);
      entries.push({ build, arithmetic, numbers, lowering, difference });
    }
  const contenders = entries.flatMap(({ numbers, lowering }, i) =>
    [false, true].map((pointwiseOnly): Contender => {
      const run = () => {
        numbers.pointwiseOnly = pointwiseOnly;
        return lowering.run(images);
      };
      return { name: `${i} ${pointwiseOnly}`, run };
    }),
  );
  const times = await interleave(contenders, quick ? { rounds: 5, warmup: 3 } : { rounds: 60, warmup: 30 });
  const figures = entries.map(({ build, arithmetic, difference, lowering }, i): Figure => {
    lowering.dispose();
    const floats = entries.findIndex((entry) => entry.build === build && entry.arithmetic === null);
    const [whole = [], pointwise = []] = times.slice(2 * i);
    return {
      ...{ build, arithmetic, difference },
      ...{ whole: summarise(whole).median, pointwise: summarise(pointwise).median },
      ...{
        ratio: speedup(whole, times[2 * floats] ?? []),
        pointwiseRatio: speedup(pointwise, times[2 * floats + 1] ?? []),
      },
    };
  });
  const { node, v8 } = process.versions;
  return { node, v8, flags: process.execArgv, cut, size, contenders: figures };
}
