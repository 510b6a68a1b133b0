// A head for another light: statistics re-estimated on unlabelled frames, and a head fitted on features of the photos
// under statistics that were re-estimated on the photos in the same way. A head that was fitted under other statistics
// than it is used with loses more than the light took.
import type { Digest } from '../../../src/contract/ids.ts';
import type { NdArray } from '../../../src/contract/nd-array.ts';
import { joinRows } from '../../../src/head/examples.ts';
import { applyHead } from '../../../src/head/head.ts';
import { fitRidge } from '../../../src/head/ridge.ts';
import { decodeInput } from '../../../src/image/decode.ts';
import { type Adaptation, adaptStatistics } from '../../../src/trunk/adapt.ts';
import { digestStatistics, isBatchNorm, readStatistics } from '../../../src/trunk/batch-norm.ts';
import type { TrunkModel } from '../../../src/trunk/model-files.ts';
import { overlayOfStatistics, overlayWeights, type WeightOverlay } from '../../../src/trunk/overlay.ts';
import { DeviceError } from '../../failure.ts';
import type { ExampleId, FeatureSpace } from '../../storage/schema.ts';
import { algebraHere } from '../backends/kernels-or.ts';
import { codecs } from '../codecs.ts';
import {
  type Adapted,
  type LightAnswer,
  MAX_LIGHT_FRAMES,
  MIN_LIGHT_FRAMES,
  type StepsDone,
} from '../deeper.ts';
import { labelled } from '../labelled.ts';
import type { Calls } from '../protocol.ts';
import { defaultRecipe, type FeatureRecipe, featureSpaceOf } from '../recipe.ts';
import type { Job } from '../scheduler.ts';
import { describeTrained } from '../trained.ts';
import type { TrainingSet } from '../trainer.ts';
import { type LoadedHead, loadHead, type Runner, type Trunk } from '../trunk.ts';
import { inOrder, pause, spread, type Work } from './work.ts';

/** Fewest classes that the frames must show; where there are only two, both. */
const MIN_CLASSES = 3;

/** Features by their space, which names the statistics that they were made with, so that the next light finds them. */
export type FeatureCache = Map<FeatureSpace, Map<ExampleId, Float32Array>>;

/** What a head answers to a frame. */
type Answer = LightAnswer['before'];

/** @throws AppError `aborted`, `head_not_ready`; DeviceError `light_too_few_frames`, `light_too_few_classes` */
export async function* adaptJob(
  trunk: Trunk,
  { set, photos, frames, alpha, head: given }: Calls['adapt']['ask'],
  cache: FeatureCache,
  work: Work<StepsDone>,
): Job<Adapted> {
  if (frames.length < MIN_LIGHT_FRAMES) throw new DeviceError('light_too_few_frames');
  const start = performance.now();
  const { manifest } = trunk;
  const answering = await loadHead(trunk, given);
  const { recipe, tuned } = baseOf(trunk, answering);
  const model = overlayWeights(trunk.model, tuned);
  const ordered = inOrder(set, photos);
  const of = 2 * frames.length + 2 * manifest.batchNorm.length + photos.length;
  let done = 0;
  const advance = async () => {
    work.say({ done: Math.min(of, ++done), of });
    await pause(work);
  };

  const before: Answer[] = [];
  yield* withRunner(trunk, answering.overlay, answering.metadata.cut, async function* (runner) {
    for (const frame of frames) {
      before.push(await answer(runner, answering, frame));
      await advance();
      yield;
    }
  });
  const seen = new Set(before.map(({ score }) => score.label));
  if (seen.size < Math.min(MIN_CLASSES, answering.head.labels.length))
    throw new DeviceError('light_too_few_classes', { detail: [...seen].join(', ') });

  const estimate = async (pictures: readonly ArrayBuffer[]): Promise<Adaptation> => {
    const images: NdArray[] = [];
    for (const picture of pictures) images.push(await inputOf(picture, recipe));
    return adaptStatistics(model, images, {
      ...{ to: recipe.cut, alpha, signal: work.signal },
      onLayer: advance,
    });
  };
  const usual = await estimate(
    representatives(
      set,
      ordered.map(({ data }) => data),
    ),
  );
  yield;
  const light = await estimate(spread(frames, MAX_LIGHT_FRAMES));
  yield;

  const paired = new Map([...tuned, ...overlayOfStatistics(trunk.model, usual.statistics)]);
  const space = featureSpaceOf({ ...manifest, statistics: await digestOf(trunk.model, paired) }, recipe);
  const known = cache.get(space) ?? new Map<ExampleId, Float32Array>();
  cache.set(space, known);
  yield* withRunner(trunk, paired, recipe.cut, async function* (runner) {
    for (const { id, data } of ordered) {
      if (!known.has(id)) known.set(id, await featuresOf(runner, recipe, data));
      await advance();
      yield;
    }
  });
  const features = joinRows(ordered.map(({ id }) => known.get(id) ?? new Float32Array()));
  const fitted = fitRidge({ ...labelled(set), features }, { algebra: await algebraHere() }).train();
  yield;

  const overlay = new Map([...tuned, ...overlayOfStatistics(trunk.model, light.statistics)]);
  const trained = await describeTrained(
    fitted,
    set,
    manifest,
    { fitMs: performance.now() - start, outlook: null },
    {
      ...{ recipe, overlay, statistics: await digestOf(trunk.model, overlay) },
      adaptation: { images: Math.min(frames.length, MAX_LIGHT_FRAMES), alpha },
    },
  );
  const made = await loadHead(trunk, { data: trained.data, classes: trained.classes });
  const answers: LightAnswer[] = [];
  yield* withRunner(trunk, overlay, recipe.cut, async function* (runner) {
    for (const [i, frame] of frames.entries()) {
      const first = before[i];
      if (first !== undefined) answers.push({ before: first, after: await answer(runner, made, frame) });
      await advance();
      yield;
    }
  });
  return {
    trained: { ...trained, adapted: true },
    ...{ frames: answers, drift: light.drift, usual: usual.drift },
  };
}

/** What the new head builds on: the trunk as it is, or the layers that the answering head was fine-tuned with. */
function baseOf(
  { manifest, model }: Trunk,
  { metadata, overlay }: LoadedHead,
): { readonly recipe: FeatureRecipe; readonly tuned: WeightOverlay } {
  const { tuning, adaptation, cut, pooling, preprocessing } = metadata;
  if (tuning === undefined) return { recipe: defaultRecipe(manifest), tuned: new Map() };
  const recipe = { cut, pooling, preprocessing };
  if (adaptation === undefined) return { recipe, tuned: overlay };
  // Statistics of another light are no start for this one.
  const statistics = new Set(
    model.graph.nodes
      .filter(isBatchNorm)
      .flatMap(({ weights }) => [weights.movingMean, weights.movingVariance]),
  );
  return { recipe, tuned: new Map([...overlay].filter(([name]) => !statistics.has(name))) };
}

async function* withRunner(
  trunk: Trunk,
  overlay: WeightOverlay,
  cut: string,
  job: (runner: Runner) => AsyncGenerator<void, void, void>,
): AsyncGenerator<void, void, void> {
  const runner = trunk.withWeights(overlay, cut);
  try {
    yield* job(runner);
  } finally {
    runner.dispose();
  }
}

async function answer(
  runner: Runner,
  { head, metadata, classes }: LoadedHead,
  picture: ArrayBuffer,
): Promise<Answer> {
  const { probabilities, rejection } = applyHead(head, await featuresOf(runner, metadata, picture), 1);
  const best = probabilities.indexOf(probabilities.reduce((a, b) => Math.max(a, b), 0));
  return {
    score: { class: classes[best] ?? null, label: head.labels[best] ?? '', score: probabilities[best] ?? 0 },
    rejected: (rejection[0] ?? 0) > (head.calibration.rejectAbove ?? Number.POSITIVE_INFINITY),
  };
}

async function featuresOf(
  runner: Runner,
  recipe: FeatureRecipe,
  picture: ArrayBuffer,
): Promise<Float32Array> {
  return (await runner.features(await inputOf(picture, recipe), recipe.pooling)).data;
}

async function inputOf(
  picture: ArrayBuffer,
  { preprocessing }: Pick<FeatureRecipe, 'preprocessing'>,
): Promise<NdArray> {
  const { size } = preprocessing;
  return {
    data: await decodeInput(new Uint8Array(picture), codecs, preprocessing),
    shape: [1, size, size, 3],
  };
}

/** As many photos as frames count at most, the same number of each class as far as there are. */
function representatives(
  { classes, examples }: TrainingSet,
  photos: readonly ArrayBuffer[],
): readonly ArrayBuffer[] {
  const each = Math.max(1, Math.floor(MAX_LIGHT_FRAMES / classes.length));
  return classes.flatMap(({ id }) =>
    spread(
      photos.filter((_, i) => examples[i]?.class === id),
      each,
    ),
  );
}

function digestOf(model: TrunkModel, overlay: WeightOverlay): Promise<Digest> {
  return digestStatistics(readStatistics(overlayWeights(model, overlay)));
}
