// Held-out accuracy of a head alone, and of layers fine-tuned with stored statistics and with those of the batch, on the
// same draws. Each fine-tuning is the app's own, with its settings.
import * as tf from '@tensorflow/tfjs';
import { GARMENTS, type LabelledImage } from '../../scripts/support/fashion.ts';
import type { NdArray } from '../../src/contract/nd-array.ts';
import type { Examples } from '../../src/head/examples.ts';
import { type Checkpoint, type FineTuned, FineTuningDiverged, fineTune } from '../../src/head/fine-tune.ts';
import { applyHead, type Head } from '../../src/head/head.ts';
import { fitRidge } from '../../src/head/ridge.ts';
import { adaptStatistics } from '../../src/trunk/adapt.ts';
import { graphAfter } from '../../src/trunk/cuts.ts';
import { truncate } from '../../src/trunk/graph.ts';
import { lowerInfer } from '../../src/trunk/infer.ts';
import { overlayOfStatistics, overlayWeights } from '../../src/trunk/overlay.ts';
import { lowerTrain, type TrainableTop } from '../../src/trunk/train.ts';
import { accuracyOf } from '../examples.ts';
import type { Trunk } from '../load-trunk.ts';
import { draw, featuresOf, inputsOf, mapsOf, rowsOf, variedInputsOf } from './pictures.ts';

/** What the app does unless told otherwise, but for the size, which 28 px pictures do not need. */
export const SETTINGS = {
  ...{ from: 'block_15_add', to: 'out_relu', size: 96, variants: 4 },
  ...{ epochs: 15, batchSize: 16, validation: 0.2, patience: 4, optimizer: 'adam' as const },
} as const;
/** Rows at once where only features are wanted. */
const BATCH = 50;

export const METHODS = {
  defaultCut: 'head only, at the default cut',
  headOnly: 'head only, at the last layer',
  start: 'head only, at the last layer, without what is held out: where fine-tuning starts',
  stored: 'fine-tuned, stored statistics, rate 1e-4 (the default)',
  storedRefitted: '… the same, ridge head fitted anew on all training images',
  plain: 'fine-tuned, stored statistics, rate 1e-4, pictures not varied',
  faster: 'fine-tuned, stored statistics, rate 1e-3',
  batch: 'fine-tuned, batch statistics, averages moved: the last epoch',
  restored: '… the best epoch by the held-out loss, which is what is kept',
  estimated: '… the last epoch, statistics re-estimated, same head',
  refitted: '… the last epoch, statistics re-estimated, ridge head fitted anew',
} as const;
export type Method = keyof typeof METHODS;

/** One method on one draw. */
export interface TuningFigure {
  readonly method: Method;
  readonly perClass: number;
  readonly seed: number;
  /** Share of the test images. */
  readonly accuracy: number;
  /** From maps at the cut to a head that can be used, s; null where it is part of another method's. */
  readonly seconds: number | null;
  /** Epochs that were run, and the one that was kept. */
  readonly epochs?: readonly [run: number, kept: number];
}

export async function measureTuning(
  { model, manifest }: Trunk,
  images: { readonly train: readonly LabelledImage[]; readonly test: readonly LabelledImage[] },
  {
    perClass: counts,
    seeds,
    say,
  }: {
    readonly perClass: readonly number[];
    readonly seeds: readonly number[];
    readonly say: (text: string) => void;
  },
): Promise<readonly TuningFigure[]> {
  const { from, to, size, variants } = SETTINGS;
  const spec = { size, range: manifest.input.range };
  const inputs = { train: await inputsOf(images.train, spec), test: await inputsOf(images.test, spec) };
  const lower = lowerInfer(model, { cut: from });
  const atCut = lowerInfer(model, { cut: manifest.defaults.cut });
  const testMaps = await mapsOf(lower, inputs.test);
  const trainMaps = [await mapsOf(lower, inputs.train)];
  for (let variant = 1; variant < variants; variant++)
    trainMaps.push(await mapsOf(lower, await variedInputsOf(images.train, spec, variant)));
  const cutFeatures = {
    train: (await featuresOf(atCut, inputs.train)).data,
    test: (await featuresOf(atCut, inputs.test)).data,
  };
  lower.dispose();
  atCut.dispose();
  say(`${images.train.length} and ${images.test.length} pictures through the frozen layers.`);

  const labels = { train: images.train.map((i) => i.label), test: images.test.map((i) => i.label) };
  const right = (head: Head, features: Float32Array) =>
    accuracyOf(applyHead(head, features, labels.test.length).logits, {
      ...{ features, labels: labels.test, classes: GARMENTS },
    });
  const figures: TuningFigure[] = [];
  for (const perClass of counts)
    for (const seed of seeds) {
      const { drawn } = draw(labels.train, perClass, seed);
      const label = drawn.map((row) => labels.train[row] ?? 0);
      const add = (
        method: Method,
        accuracy: number,
        seconds: number | null,
        epochs?: readonly [number, number],
      ) => {
        figures.push({
          method,
          perClass,
          seed,
          accuracy,
          seconds,
          ...(epochs === undefined ? {} : { epochs }),
        });
        say(`${perClass} a class, seed ${seed}, ${METHODS[method]}: ${(100 * accuracy).toFixed(1)} %`);
      };
      const ridge = (features: Float32Array): Head =>
        fitRidge({ features, labels: label, classes: GARMENTS }).train().head;
      const d = cutFeatures.train.length / labels.train.length;
      const started = performance.now();
      const own = ridge(rowsOf({ data: cutFeatures.train, shape: [labels.train.length, d] }, drawn).data);
      add('defaultCut', right(own, cutFeatures.test), since(started));

      const maps = trainMaps.map((all) => rowsOf(all, drawn));
      const tune = (options: {
        readonly learningRate: number;
        readonly training: boolean;
        readonly variants?: number;
      }) => tuneOnce(model, maps.slice(0, options.variants), { ...options, labels: label, seed });

      await withTop(model, async (top) => {
        const start = performance.now();
        const head = ridge(topFeatures(top, maps[0] ?? testMaps));
        add('headOnly', right(head, topFeatures(top, testMaps)), since(start));
      });
      for (const [method, learningRate, varied] of [
        ['stored', 1e-4, variants],
        ['plain', 1e-4, 1],
        ['faster', 1e-3, variants],
      ] as const) {
        const start = performance.now();
        const { top, tuned, run, first } = await tune({ learningRate, training: false, variants: varied });
        const seconds = since(start);
        if (method === 'stored')
          await withTop(model, async (before) => {
            const head = { ...tuned.head, layers: [first.current.dense] };
            add('start', right(head, topFeatures(before, testMaps)), null);
          });
        const features = topFeatures(top, testMaps);
        add(method, right(tuned.head, features), seconds, [run, tuned.bestEpoch]);
        if (method === 'stored')
          add('storedRefitted', right(ridge(topFeatures(top, maps[0] ?? testMaps)), features), null);
        top.dispose();
      }
      const start = performance.now();
      const { top, tuned, run, last } = await tune({ learningRate: 1e-4, training: true });
      const seconds = since(start);
      add('restored', right(tuned.head, topFeatures(top, testMaps)), null, [run, tuned.bestEpoch]);
      top.assign(last.current.top);
      const head = { ...tuned.head, layers: [last.current.dense] };
      add('batch', right(head, topFeatures(top, testMaps)), seconds, [run, run]);
      await reEstimate(top, maps[0] ?? testMaps);
      const features = topFeatures(top, testMaps);
      add('estimated', right(head, features), null);
      add('refitted', right(ridge(topFeatures(top, maps[0] ?? testMaps)), features), null);
      top.dispose();
    }
  return figures;

  /** Statistics of the layers above the cut, estimated anew on these maps with the weights as they are. */
  async function reEstimate(top: TrainableTop, maps: NdArray): Promise<void> {
    const shapes = new Map(top.describe().map(({ name, shape }) => [name, shape]));
    const overlay = [...top.weights()].map(
      ([name, data]) => [name, { data, shape: shapes.get(name) ?? [] }] as const,
    );
    const { weights } = overlayWeights(model, new Map(overlay));
    const upper = { graph: graphAfter(truncate(model.graph, to), from), weights };
    const { statistics } = await adaptStatistics(upper, batchesOf(maps), { to, alpha: 1 });
    const estimated = overlayOfStatistics(upper, statistics);
    top.assign(new Map([...estimated].map(([name, { data }]) => [name, data])));
  }
}

interface Tuned {
  /** With the weights that were kept; caller disposes. */
  readonly top: TrainableTop;
  readonly tuned: FineTuned;
  /** Before the first epoch, and after the last. */
  readonly first: Checkpoint;
  readonly last: Checkpoint;
  readonly run: number;
}

async function tuneOnce(
  model: Trunk['model'],
  maps: readonly NdArray[],
  options: {
    readonly labels: readonly number[];
    readonly seed: number;
    readonly learningRate: number;
    readonly training: boolean;
  },
): Promise<Tuned> {
  const { from, to, size: _size, variants: _variants, ...settings } = SETTINGS;
  const { labels, seed, learningRate, training } = options;
  const top = lowerTrain(model, { from, to, seed });
  const input: Omit<Examples, 'features'> = { labels, classes: GARMENTS };
  const steps = fineTune(
    top,
    {
      ...input,
      variants: maps.length,
      activations: async (rows, variant) =>
        rowsOf(maps[variant] ?? { data: new Float32Array(), shape: [0] }, rows),
    },
    { ...settings, learningRate, seed, batchNorm: { trainable: true, training } },
  );
  let first: Checkpoint | undefined;
  let last: Checkpoint | undefined;
  let tuned: FineTuned | undefined;
  let run = 0;
  try {
    while (tuned === undefined) {
      const step = await steps.next();
      if (step.done === true) tuned = step.value;
      else {
        last = await step.value.checkpoint();
        first ??= last;
        run = step.value.epoch;
      }
    }
  } catch (error) {
    if (!(error instanceof FineTuningDiverged)) throw error;
    tuned = error.lastGood;
  }
  if (first === undefined || last === undefined) throw new Error('The fine-tuning ended before it began.');
  return { top, tuned, first, last, run };
}

async function withTop(model: Trunk['model'], use: (top: TrainableTop) => Promise<void>): Promise<void> {
  const top = lowerTrain(model, { from: SETTINGS.from, to: SETTINGS.to });
  try {
    await use(top);
  } finally {
    top.dispose();
  }
}

/** @returns [n,d] */
function topFeatures(top: TrainableTop, maps: NdArray): Float32Array {
  const parts = batchesOf(maps).map(({ data, shape }) =>
    tf.tidy(() => {
      const [n = 0, h = 0, w = 0, c = 0] = shape;
      const y = top.call(tf.tensor4d(data, [n, h, w, c]), { training: false });
      return Float32Array.from(tf.mean(y, [1, 2]).dataSync());
    }),
  );
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function batchesOf(maps: NdArray): readonly NdArray[] {
  const n = maps.shape[0] ?? 0;
  return Array.from({ length: Math.ceil(n / BATCH) }, (_, i) =>
    rowsOf(
      maps,
      Array.from({ length: Math.min(BATCH, n - i * BATCH) }, (_, j) => i * BATCH + j),
    ),
  );
}

function since(start: number): number {
  return (performance.now() - start) / 1000;
}
