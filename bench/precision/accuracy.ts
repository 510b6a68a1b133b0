// What products in whole numbers cost in accuracy: features of the committed images by the engine with its pointwise
// products in words and in bytes, read by heads that were trained on features in floats, as a phone's would be, and by
// heads trained on the same features that they are tested on.
import { GARMENTS, readGarments } from '../../scripts/support/fashion.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import { argMax } from '../../src/head/evaluate.ts';
import { applyHead, type Head } from '../../src/head/head.ts';
import { fitRidge } from '../../src/head/ridge.ts';
import { lowerWasm } from '../../src/trunk/engine/lower.ts';
import { draw, featuresOf, inputsOf, rowsOf } from '../accuracy/pictures.ts';
import type { Trunk } from '../load-trunk.ts';
import { engineModules } from '../trunk/modules.ts';
import type { Arithmetic } from './layers.ts';
import { WholeNumbers } from './whole-numbers.ts';

/** Training images, spread over the classes, that the steps are calibrated on. */
const CALIBRATED = 50;

export interface PrecisionFigure {
  readonly arithmetic: Arithmetic;
  /** px */
  readonly size: number;
  readonly perClass: number;
  readonly seed: number;
  /** Shares of the test images named rightly. */
  readonly floats: number;
  /** Head trained on features in floats. */
  readonly mixed: number;
  /** Head trained on features in whole numbers. */
  readonly both: number;
  /** Share of the test images that the same head names differently. */
  readonly flips: number;
  /** Length of the features' difference by their length, over all test images. */
  readonly distance: number;
}

export async function measurePrecision(
  { model, manifest }: Trunk,
  {
    sizes,
    quick,
    say,
  }: { readonly sizes: readonly number[]; readonly quick: boolean; readonly say: (text: string) => void },
): Promise<readonly PrecisionFigure[]> {
  const { cut, pooling } = manifest.defaults;
  const [engine] = engineModules();
  if (engine?.build !== 'relaxed') throw new Error('Products of bytes need relaxed SIMD.');
  const pictures = {
    train: readGarments('train', quick ? 10 : 100),
    test: readGarments('test', quick ? 5 : 100),
  };
  const labels = { train: pictures.train.map((i) => i.label), test: pictures.test.map((i) => i.label) };
  const figures: PrecisionFigure[] = [];
  for (const size of sizes) {
    const spec = { size, range: manifest.input.range };
    const inputs = { train: await inputsOf(pictures.train, spec), test: await inputsOf(pictures.test, spec) };
    const plain = lowerWasm(model, { cut, ...engine });
    const floats = {
      train: await featuresOf(plain, inputs.train, pooling),
      test: await featuresOf(plain, inputs.test, pooling),
    };
    plain.dispose();
    const named = (head: Head, { data, shape: [n = 0] }: NdArray): readonly number[] => {
      const { logits } = applyHead(head, data, n);
      const k = GARMENTS.length;
      return labels.test.map((_, row) => argMax(logits.subarray(row * k, (row + 1) * k)));
    };
    const share = (isOne: (row: number) => boolean) =>
      labels.test.filter((_, row) => isOne(row)).length / labels.test.length;
    for (const arithmetic of ['sixteen', 'eight'] as const) {
      const numbers = new WholeNumbers({ model, cut }, arithmetic, 'relaxed');
      const lowering = lowerWasm(model, { cut, ...engine, start: numbers.start });
      const every = Math.max(1, Math.floor(pictures.train.length / CALIBRATED));
      const shown = await inputsOf(
        pictures.train.filter((_, i) => i % every === 0),
        spec,
      );
      await featuresOf(lowering, shown, pooling);
      numbers.use();
      const whole = {
        train: await featuresOf(lowering, inputs.train, pooling),
        test: await featuresOf(lowering, inputs.test, pooling),
      };
      lowering.dispose();
      for (const perClass of quick ? [5] : [10, 50])
        for (const seed of quick ? [1] : [1, 2, 3]) {
          const { drawn } = draw(labels.train, perClass, seed);
          const fit = (features: NdArray): Head =>
            fitRidge({
              features: rowsOf(features, drawn).data,
              labels: drawn.map((row) => labels.train[row] ?? 0),
              classes: GARMENTS,
            }).train().head;
          const head = fit(floats.train);
          const [before, after, own] = [
            named(head, floats.test),
            named(head, whole.test),
            named(fit(whole.train), whole.test),
          ];
          figures.push({
            ...{ arithmetic, size, perClass, seed },
            floats: share((row) => before[row] === labels.test[row]),
            mixed: share((row) => after[row] === labels.test[row]),
            both: share((row) => own[row] === labels.test[row]),
            flips: share((row) => before[row] !== after[row]),
            distance: distanceOf(whole.test.data, floats.test.data),
          });
        }
      say(`${size} px, ${arithmetic}: done.`);
    }
  }
  return figures;
}

function distanceOf(a: Float32Array, b: Float32Array): number {
  let [difference, length] = [0, 0];
  b.forEach((value, i) => {
    difference += ((a[i] ?? Number.NaN) - value) ** 2;
    length += value ** 2;
  });
  return Math.sqrt(difference / length);
}
