// Held-out accuracy in a light that the training pictures were not taken in: with the stored statistics, with statistics
// re-estimated on a few unlabelled frames under the head as it was, and under a head fitted on features of the training
// pictures under statistics that were re-estimated on them in the same way, which is the app's "adapt to this light".
import { GARMENTS, type LabelledImage } from '../../scripts/support/fashion.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import { applyHead, type Head } from '../../src/head/head.ts';
import { fitRidge } from '../../src/head/ridge.ts';
import { adaptStatistics } from '../../src/trunk/adapt.ts';
import { lowerInfer } from '../../src/trunk/infer.ts';
import type { TrunkModel } from '../../src/trunk/model-files.ts';
import { overlayOfStatistics, overlayWeights } from '../../src/trunk/overlay.ts';
import { accuracyOf } from '../examples.ts';
import type { Trunk } from '../load-trunk.ts';
import { draw, featuresOf, inputsOf, rowsOf, stacked } from './pictures.ts';

export const LIGHT = { size: 96, alpha: 0.5, frames: 32 } as const;
const TINT = [1, 0.75, 0.45] as const;

/** What happens to a value x in [0,1] of channel c. */
export const CONDITIONS: Readonly<Record<string, (x: number, c: number) => number>> = {
  'no change': (x) => x,
  'dark (0.25 x)': (x) => 0.25 * x,
  'low contrast (0.3 x + 0.35)': (x) => 0.3 * x + 0.35,
  [`tint (${TINT.join(', ')})`]: (x, c) => (TINT[c] ?? 1) * x,
};

export interface LightFigure {
  readonly condition: string;
  readonly seed: number;
  /** Shares of the test images. */
  readonly stored: number;
  readonly unpaired: number;
  readonly paired: number;
  /** Of re-estimating on the frames. */
  readonly seconds: number;
}

export async function measureLight(
  { model, manifest }: Trunk,
  images: { readonly train: readonly LabelledImage[]; readonly test: readonly LabelledImage[] },
  {
    perClass,
    seeds,
    say,
  }: {
    readonly perClass: number;
    readonly seeds: readonly number[];
    readonly say: (text: string) => void;
  },
): Promise<readonly LightFigure[]> {
  const { size, alpha, frames: count } = LIGHT;
  const { cut } = manifest.defaults;
  const [low, high] = manifest.input.range;
  const spec = { size, range: manifest.input.range };
  const train = stacked(await inputsOf(images.train, spec));
  const test = stacked(await inputsOf(images.test, spec));
  const labels = { train: images.train.map((i) => i.label), test: images.test.map((i) => i.label) };
  const seenIn = (condition: (x: number, c: number) => number, { data, shape }: NdArray): NdArray => ({
    data: data.map((value, i) => low + (high - low) * condition((value - low) / (high - low), i % 3)),
    shape,
  });
  const features = async (under: TrunkModel, pictures: NdArray) => {
    const trunk = lowerInfer(under, { cut });
    try {
      return (await featuresOf(trunk, batches(pictures))).data;
    } finally {
      trunk.dispose();
    }
  };
  const adapted = async (pictures: NdArray) => {
    const { statistics } = await adaptStatistics(model, batches(pictures), { to: cut, alpha });
    return overlayWeights(model, overlayOfStatistics(model, statistics));
  };
  const right = (head: Head, of: Float32Array) =>
    accuracyOf(applyHead(head, of, labels.test.length).logits, {
      ...{ features: of, labels: labels.test, classes: GARMENTS },
    });

  const figures: LightFigure[] = [];
  const storedTest = new Map<string, Float32Array>();
  for (const [name, condition] of Object.entries(CONDITIONS))
    storedTest.set(name, await features(model, seenIn(condition, test)));
  for (const seed of seeds) {
    const { drawn, left } = draw(labels.train, perClass, seed);
    const own = rowsOf(train, drawn);
    const ridge = (of: Float32Array): Head =>
      fitRidge({
        ...{ features: of, classes: GARMENTS, labels: drawn.map((row) => labels.train[row] ?? 0) },
      }).train().head;
    const usualHead = ridge(await features(model, own));
    // As many of each class as fit into the number of frames.
    const each = Math.max(1, Math.floor(count / GARMENTS.length));
    const balanced = GARMENTS.flatMap((_, label) =>
      drawn.filter((row) => labels.train[row] === label).slice(0, each),
    );
    const pairedHead = ridge(await features(await adapted(rowsOf(train, balanced)), own));
    const frames = rowsOf(train, left.slice(0, count));
    for (const [name, condition] of Object.entries(CONDITIONS)) {
      const start = performance.now();
      const light = await adapted(seenIn(condition, frames));
      const seconds = (performance.now() - start) / 1000;
      const inLight = await features(light, seenIn(condition, test));
      const figure = {
        ...{ condition: name, seed, seconds },
        stored: right(usualHead, storedTest.get(name) ?? inLight),
        unpaired: right(usualHead, inLight),
        paired: right(pairedHead, inLight),
      };
      figures.push(figure);
      const percent = [figure.stored, figure.unpaired, figure.paired].map((x) => (100 * x).toFixed(1));
      say(`seed ${seed}, ${name}: stored ${percent[0]}, unpaired ${percent[1]}, paired ${percent[2]} %`);
    }
  }
  return figures;
}

function batches(pictures: NdArray): readonly NdArray[] {
  const BATCH = 16;
  const n = pictures.shape[0] ?? 0;
  return Array.from({ length: Math.ceil(n / BATCH) }, (_, i) =>
    rowsOf(
      pictures,
      Array.from({ length: Math.min(BATCH, n - i * BATCH) }, (_, j) => i * BATCH + j),
    ),
  );
}
