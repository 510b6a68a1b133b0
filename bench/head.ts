// Heads on real images: how well and how fast ridge regression and Teachable Machine's recipe do, each on its own layer
// and on the other's, by the number of training examples; ridge in plain arithmetic and by our kernels, the recipe by
// tfjs-layers' fit, by our descent on tfjs and by our kernels; what the size of the trunk's input is worth; and what one
// example more costs.
import { readFileSync } from 'node:fs';
import { KERNELS } from '../scripts/support/build-kernels.ts';
import { lowerTrunk } from '../scripts/support/engine.ts';
import { GARMENTS, type LabelledImage, readGarments } from '../scripts/support/fashion.ts';
import type { Pooling } from '../src/contract/manifest.ts';
import { type Algebra, PLAIN_ALGEBRA } from '../src/head/algebra.ts';
import type { StartDescent } from '../src/head/descent.ts';
import type { Examples } from '../src/head/examples.ts';
import { applyHead } from '../src/head/head.ts';
import { fitRidge } from '../src/head/ridge.ts';
import { wasmAlgebra } from '../src/head/ridge-wasm.ts';
import { trainSoftmax } from '../src/head/softmax.ts';
import { startDescent } from '../src/head/softmax-descent.ts';
import { TEACHABLE_MACHINE } from '../src/head/softmax-options.ts';
import { wasmDescent } from '../src/head/softmax-wasm.ts';
import { finishTraining } from '../src/head/trainer.ts';
import { chooseBuild } from '../src/kernels/build.ts';
import { type AddingFigures, benchAdding, printAdding } from './adding.ts';
import { accuracyOf, drawExamples, type Extracted, extractExamples, randomFrom } from './examples.ts';
import type { Trunk } from './load-trunk.ts';
import { meanAndError, summarise } from './measure.ts';
import { trainRecipe } from './recipe.ts';
import { table } from './table.ts';

const SIZES = [96, 160, 224];
const PER_CLASS = [10, 50, 100];
const SIZES_PER_CLASS = 50;

/** A head's figures over several draws of training examples. */
interface Score {
  readonly draws: number;
  /** Share of the test images that it names rightly: mean of the draws and the mean's standard error. */
  readonly accuracy: { readonly mean: number; readonly error: number | null };
  /** Median ms from features to a head that can be used. */
  readonly fitMs: number;
}

export interface HeadFigures {
  readonly testImages: number;
  readonly size: number;
  readonly heads: readonly (Score & {
    readonly head: string;
    readonly cut: string;
    readonly perClass: number;
  })[];
  readonly inputs: readonly (Score & {
    readonly cut: string;
    readonly pooling: Pooling;
    readonly size: number;
    readonly perClass: number;
    /** From the encoded image to features, ms an image. */
    readonly featureMs: number;
  })[];
  /** On the default cut. */
  readonly adding: readonly AddingFigures[];
}

/** Fits on some examples; gives what turns features [n,d] into outputs [n,k]. */
type Fit = (train: Examples, seed: number) => Promise<(features: Float32Array, n: number) => Float64Array>;

/** Penalty chosen, held-out predictions made, calibrated: all that a phone waits for. */
const ridgeBy =
  (algebra: () => Algebra): Fit =>
  async (train) => {
    const { head } = fitRidge(train, { algebra: algebra() }).train();
    return (features, n) => applyHead(head, features, n).logits;
  };
const ridge = ridgeBy(() => PLAIN_ALGEBRA);
const recipe: Fit = async (train, seed) => {
  const head = await trainRecipe(train, { seed });
  return (features) => {
    const outputs = head.predict(features);
    head.dispose();
    return outputs;
  };
};

/** As the app trains it, by `start`; every example is trained on, as in `recipe`. */
const softmax =
  (start: () => StartDescent): Fit =>
  async (train, seed) => {
    const options = { ...TEACHABLE_MACHINE, validation: 0, seed, start: start() };
    const { head } = await finishTraining(trainSoftmax(train, options));
    return (features, n) => applyHead(head, features, n).logits;
  };
const algebraKernels = () => wasmAlgebra(moduleOf('algebra-simd'));
const kernels = () => wasmDescent(moduleOf(`descent-${chooseBuild()}`));
const moduleOf = (name: string) => new WebAssembly.Module(readFileSync(`${KERNELS}/${name}.wasm`));

interface Data {
  readonly cut: string;
  readonly size: number;
  readonly featureMs: number;
  readonly train: Extracted['byPooling'];
  readonly test: Extracted['byPooling'];
}

export async function benchHead(trunk: Trunk, { quick }: { readonly quick: boolean }): Promise<HeadFigures> {
  const { defaults, cuts } = trunk.manifest;
  const images = {
    train: readGarments('train', quick ? 20 : 100),
    test: readGarments('test', quick ? 20 : 100),
  };
  const sizes = quick ? [defaults.size] : [...new Set([...SIZES, defaults.size])];
  const places = [...new Set([defaults.cut, cuts.at(-1)?.layer ?? defaults.cut])];
  const all = await featuresOf(
    trunk,
    images,
    sizes.flatMap((size) => places.map((cut) => ({ cut, size }))),
  );

  const defaultSize = all.filter(({ size }) => size === defaults.size);
  return {
    testImages: images.test.length,
    size: defaults.size,
    heads: await compareHeads(defaultSize, quick),
    inputs: await compareInputs(all, quick),
    adding: await compareAdding(defaultSize, quick),
  };
}

/** One example more on the default cut, the first. */
async function compareAdding([data]: readonly Data[], quick: boolean): Promise<HeadFigures['adding']> {
  if (data === undefined) return [];
  const figures: AddingFigures[] = [];
  for (const perClass of quick ? [10] : PER_CLASS) {
    const options = { perClass, rounds: quick ? 3 : 9, algebra: algebraKernels() };
    figures.push(await benchAdding(data.train['1x1'], options));
  }
  return figures;
}

async function compareHeads(all: readonly Data[], quick: boolean): Promise<HeadFigures['heads']> {
  const contenders = all.flatMap(({ cut, train, test }) => {
    const data = { cut, train: train['1x1'], test: test['1x1'] };
    return [
      { head: 'ridge', fit: ridge, ...data },
      { head: 'ridge, our kernels', fit: ridgeBy(algebraKernels), ...data },
      { head: "Teachable Machine's recipe", fit: recipe, ...data },
      { head: 'the recipe, our descent on tfjs', fit: softmax(() => startDescent), ...data },
      { head: 'the recipe, our kernels', fit: softmax(kernels), ...data },
    ];
  });
  const figures: HeadFigures['heads'][number][] = [];
  for (const perClass of quick ? [10] : PER_CLASS) {
    const scores = await score(contenders, { perClass, draws: quick ? 2 : 5 });
    figures.push(...scores.map(({ of: { head, cut }, ...rest }) => ({ head, cut, perClass, ...rest })));
  }
  return figures;
}

async function compareInputs(all: readonly Data[], quick: boolean): Promise<HeadFigures['inputs']> {
  const contenders = all.flatMap(({ train, test, ...data }) =>
    (['1x1', '2x2'] as const).map((pooling) => ({
      ...data,
      pooling,
      fit: ridge,
      train: train[pooling],
      test: test[pooling],
    })),
  );
  const perClass = quick ? 10 : SIZES_PER_CLASS;
  const scores = await score(contenders, { perClass, draws: quick ? 2 : 10 });
  return scores.map(({ of: { cut, size, pooling, featureMs }, ...rest }) => ({
    ...{ cut, size, pooling, featureMs, perClass },
    ...rest,
  }));
}

interface Images {
  readonly train: readonly LabelledImage[];
  readonly test: readonly LabelledImage[];
}

async function featuresOf(
  { model, manifest }: Trunk,
  { train, test }: Images,
  configurations: readonly { readonly cut: string; readonly size: number }[],
): Promise<readonly Data[]> {
  const extractors = configurations.map(({ cut, size }) => ({
    trunk: lowerTrunk(model, { cut }),
    preprocessing: { size, range: manifest.input.range },
  }));
  const ofTrain = await extractExamples(extractors, train);
  const ofTest = await extractExamples(extractors, test);
  for (const { trunk } of extractors) trunk.dispose();
  return configurations.flatMap((configuration, i) => {
    const [a, b] = [ofTrain[i], ofTest[i]];
    if (a === undefined || b === undefined) return [];
    const featureMs = summarise([...a.ms, ...b.ms]).median;
    return [{ ...configuration, featureMs, train: a.byPooling, test: b.byPooling }];
  });
}

/** Every contender gets the same draws, one after the other. */
async function score<T extends { readonly fit: Fit; readonly train: Examples; readonly test: Examples }>(
  contenders: readonly T[],
  { perClass, draws }: { readonly perClass: number; readonly draws: number },
): Promise<readonly (Score & { readonly of: T })[]> {
  const results = contenders.map((of) => ({ of, accuracies: [] as number[], ms: [] as number[] }));
  for (let draw = 1; draw <= draws; draw++)
    for (const { of, accuracies, ms } of results) {
      const drawn = drawExamples(of.train, { perClass, rng: randomFrom(draw) });
      const start = performance.now();
      const apply = await of.fit(drawn, draw);
      ms.push(performance.now() - start);
      accuracies.push(accuracyOf(apply(of.test.features, of.test.labels.length), of.test));
    }
  return results.map(({ of, accuracies, ms }) => ({
    of,
    draws,
    accuracy: meanAndError(accuracies),
    fitMs: summarise(ms).median,
  }));
}

export function printHead({ heads, inputs, adding, size, testImages }: HeadFigures): string {
  const percent = ({ mean, error }: Score['accuracy']) =>
    `${(100 * mean).toFixed(1)} ± ${error === null ? '?' : (100 * error).toFixed(1)}`;
  // sqrt(p (1 - p) / n) at p = 0.8
  const testError = 100 * Math.sqrt((0.8 * 0.2) / testImages);
  const names = [...new Set(heads.map(({ head, cut }) => `${head}, ${cut}`))];
  const counts = [...new Set(heads.map(({ perClass }) => perClass))];
  return [
    table(
      [
        `${GARMENTS.length} classes, ${size} px, accuracy in % and fit in ms`,
        ...counts.flatMap((n) => [`${n} a class`, 'ms']),
      ],
      names.map((name) => [
        name,
        ...counts.flatMap((n) => {
          const found = heads.find((row) => `${row.head}, ${row.cut}` === name && row.perClass === n);
          return found === undefined ? ['', ''] : [percent(found.accuracy), found.fitMs.toFixed(0)];
        }),
      ]),
    ),
    '',
    table(
      [`ridge, ${inputs[0]?.perClass} a class`, 'pooling', 'input px', 'accuracy %', 'features ms', 'fit ms'],
      inputs.map((row) => [
        row.cut,
        row.pooling,
        `${row.size}`,
        percent(row.accuracy),
        row.featureMs.toFixed(1),
        row.fitMs.toFixed(0),
      ]),
    ),
    '',
    'Mean over random draws of the training images ± its standard error (where a draw takes all of them, only the',
    `recipe still varies); the ${testImages} test images alone add ± ${testError.toFixed(1)}.`,
    '',
    printAdding(adding),
  ].join('\n');
}
