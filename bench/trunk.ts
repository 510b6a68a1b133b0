// Trunk latency: one image, one thread, to the default cut and to the trunk's end, at three sizes. Before anything is
// timed, every engine must give the same numbers.
import { readFile } from 'node:fs/promises';
import { SAMPLE } from '../scripts/support/fashion.ts';
import { toImages } from '../scripts/support/features.ts';
import { interleave, relativeError, type Summary, speedup, summarise } from './measure.ts';
import type { Trunk } from './read-trunk.ts';
import { table } from './table.ts';
import { channelsFirst, openPeers, type Peer } from './trunk-peers.ts';

const SIZES = [96, 160, 224];
const TOLERANCE = 1e-4;

export interface TrunkFigures {
  readonly cut: string;
  readonly size: number;
  readonly engines: readonly {
    readonly name: string;
    readonly ms: Summary;
    /** Times as fast as tfjs-layers, median of the rounds' ratios. */
    readonly speedup: number;
    /** Greatest difference from the first engine's activation, over its greatest value. */
    readonly error: number;
  }[];
}

/** @throws Error when an engine's numbers are not the others' */
export async function benchTrunk(
  trunk: Trunk,
  { quick }: { readonly quick: boolean },
): Promise<readonly TrunkFigures[]> {
  const { defaults, input, cuts: places } = trunk.manifest;
  const sample = new Uint8Array(await readFile(SAMPLE));
  const cuts = [...new Set([defaults.cut, places.at(-1)?.layer ?? ''])];
  const rounds = quick ? 8 : 60;
  const figures: TrunkFigures[] = [];
  for (const cut of cuts)
    for (const size of SIZES) {
      const image = await toImages([sample], { size, range: input.range });
      const peers = await openPeers(trunk, { cut, image });
      try {
        const errors = await compareAnswers(peers, places.find(({ layer }) => layer === cut)?.dim ?? 1);
        const samples = await interleave(peers, { rounds, warmup: 3 });
        const layers = samples[1] ?? [];
        figures.push({
          cut,
          size,
          engines: peers.map(({ name }, i) => ({
            name,
            ms: summarise(samples[i] ?? []),
            speedup: speedup(samples[i] ?? [], layers),
            error: errors[i] ?? Number.NaN,
          })),
        });
      } finally {
        for (const peer of peers) await peer.dispose();
      }
    }
  return figures;
}

async function compareAnswers(peers: readonly Peer[], channels: number): Promise<readonly number[]> {
  const [own, ...others] = peers;
  const reference = (await own?.run()) ?? new Float32Array();
  const planes = channelsFirst(reference, channels);
  const errors = [0];
  for (const peer of others) {
    const error = relativeError(await peer.run(), peer.channelsFirst ? planes : reference);
    if (!(error <= TOLERANCE))
      throw new Error(
        `${peer.name} differs by ${error} from ${own?.name}, more than ${TOLERANCE}: nothing was timed.`,
      );
    errors.push(error);
  }
  return errors;
}

export function printTrunk(figures: readonly TrunkFigures[]): string {
  return figures
    .map(({ cut, size, engines }) =>
      table(
        [`to ${cut}, ${size} px`, 'median ms', 'p10 to p90', 'times tfjs-layers', 'difference'],
        engines.map(({ name, ms, speedup, error }) => [
          name,
          ms.median.toFixed(2),
          `${ms.p10.toFixed(2)} to ${ms.p90.toFixed(2)}`,
          speedup.toFixed(2),
          error.toExponential(1),
        ]),
      ),
    )
    .join('\n\n');
}
